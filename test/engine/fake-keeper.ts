/** A keeper of a few lines: it takes what it finds, and does as the file `conf` says. */

/** `refuse` in `conf` is refused as a daemon's checker would; `sick` is taken and never healthy. */
export const FAKE_KEEPER = `#!/bin/sh
good=null
trap 'exit 0' TERM
echo "started as $(id -u)"
while :; do
  now=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  hash=$(readlink /release/current)
  refused=null healthy=true
  if grep -q refuse /release/current/conf; then
    refused="{\\"release\\":\\"$hash\\",\\"message\\":\\"conf line 1: no such setting: refuse\\"}"
  else
    good="\\"$hash\\""
  fi
  if grep -q sick /release/current/conf; then
    healthy=false
    echo "cannot reach the moon"
  fi
  cat > /var/lib/keeper/state.json.new <<END
{"release":$good,"refused":$refused,"status":"running","healthy":$healthy,"at":"$now","checks":[]}
END
  mv /var/lib/keeper/state.json.new /var/lib/keeper/state.json
  sleep 0.2 & wait
done
`;

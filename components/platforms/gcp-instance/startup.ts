/**
 * What Google's guest agent runs at each start of an instance. Its images of Debian come without cloud-init, which reads the user
 * data that make a machine ready, here as on any other cloud: so the first start puts it there, and the second one has it.
 *
 * Source: https://cloud.google.com/compute/docs/instances/startup-scripts/linux
 */
export const STARTUP_SCRIPT = `#!/bin/sh
set -eu
if command -v cloud-init >/dev/null; then exit 0; fi
export DEBIAN_FRONTEND=noninteractive
# The network may come a little later than the agent.
for try in 1 2 3 4 5 6; do
  if apt-get update && apt-get install --yes --no-install-recommends cloud-init; then
    # The network stays as Google's image has set it up, for both families.
    echo 'network: {config: disabled}' >/etc/cloud/cloud.cfg.d/99-mailkeep.cfg
    systemctl reboot
    exit 0
  fi
  sleep 10
done
echo "cloud-init could not be installed, so this machine was not made ready" >&2
exit 1
`;

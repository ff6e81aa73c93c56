/**
 * The first connection to a machine that has just been made, or that is to have another host key.
 *
 * Its user data gave it a key pair to show now, and now only: others can read user data. Over this verified connection it
 * gets the host key that it is known by from then on; a later one it gets over a connection that the last one has verified. A
 * machine that has the key already is left as it is.
 */
import { setTimeout as pause } from "node:timers/promises";
import { cancellation } from "./cancellation.ts";
import type { Log } from "./engine.ts";
import { CommandError } from "./host.ts";
import type { MachineInputs } from "./machine-inputs.ts";
import type { Reach } from "./reach.ts";
import { OtherHostKeyError } from "./ssh-client.ts";

/** Nothing else of the machine's keys is left, and cloud-init, which would bring the first one back, has ended. */
const REPLACE = `
if command -v cloud-init >/dev/null; then cloud-init status --wait >/dev/null || true; fi
umask 077
cat > /etc/ssh/mailkeep-host-key
ssh-keygen -y -f /etc/ssh/mailkeep-host-key > /etc/ssh/mailkeep-host-key.pub
find /etc/ssh -maxdepth 1 -name 'ssh_host_*' -delete
mv -T /etc/ssh/mailkeep-host-key /etc/ssh/ssh_host_ed25519_key
mv -T /etc/ssh/mailkeep-host-key.pub /etc/ssh/ssh_host_ed25519_key.pub
chmod 0644 /etc/ssh/ssh_host_ed25519_key.pub
pid=$(cat /run/sshd.pid 2>/dev/null) && kill -HUP "$pid" || systemctl restart ssh
`;
const REPLACE_SECONDS = 1200;

/**
 * Machines of Google's images begin with keys of their own, and are started anew with those of their user data. No faster than
 * this: Debian's sshd refuses for a while who comes and goes too often (`PerSourcePenalties`, sshd_config(5)).
 */
const RETRY_MS = 5000;

/**
 * @param known the key that it shows until then; without it the machine is new, and may show others until it has read its user data
 * @param patienceSeconds how long it may take until it answers, and a new one until it shows the right key
 * @param retryMs between two tries @default a few seconds
 */
export async function giveHostKey(
  reach: Reach,
  inputs: MachineInputs,
  known: string | undefined,
  patienceSeconds: number,
  log: Log,
  retryMs = RETRY_MS,
): Promise<void> {
  const { connection, firstContact: first } = inputs;
  if (first === undefined) return;
  const deadline = Date.now() + patienceSeconds * 1000;
  for (;;) {
    if (await showsKey(() => reach(connection, patienceSeconds, () => Promise.resolve()))) return;
    log.status("giving the machine its host key");
    try {
      // It may show its key before it lets anybody in but root, pam_nologin(8).
      await reach({ ...connection, hostKey: known ?? first.hostKey }, patienceSeconds, async (host) => {
        const options = { input: ensureLineEnd(first.privateKey), timeoutSeconds: REPLACE_SECONDS };
        const finished = await host.run(["sh", "-ec", REPLACE], options);
        if (finished.code !== 0) throw new CommandError(host, "giving the machine its host key", finished);
      });
      return;
    } catch (error) {
      const mayChange = error instanceof OtherHostKeyError && known === undefined;
      if (!mayChange || Date.now() >= deadline || cancellation.aborted) throw error;
    }
    log.status("waiting for the machine to read its user data");
    await pause(retryMs);
  }
}

async function showsKey(connecting: () => Promise<void>): Promise<boolean> {
  try {
    await connecting();
    return true;
  } catch (error) {
    if (error instanceof OtherHostKeyError) return false;
    throw error;
  }
}

function ensureLineEnd(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

/** Who may log in to a machine that mailkeep makes: those whom the settings name, whoever was let in when it was made. */
import { concat, type Text } from "../plan/text.ts";
import { HEAD, type MachineFile } from "./machine-file.ts";

const KEYS = "/etc/ssh/mailkeep_authorized_keys";

/**
 * The one file of keys that the SSH server reads. What cloud-init, a cloud's agent or a person has put into a user's own
 * `~/.ssh/authorized_keys` opens nothing.
 *
 * @param keys public keys in OpenSSH's form, each in one line
 */
export function authorizedKeysFiles(keys: readonly Text[]): MachineFile[] {
  return [
    {
      path: KEYS,
      content: concat(HEAD, ...keys.map((key) => concat(key, "\n"))),
      check: ["ssh-keygen", "-l", "-f", KEYS],
      // It is read at each login.
      apply: ["true"],
    },
    {
      path: "/etc/ssh/sshd_config.d/01-mailkeep-keys.conf",
      content: `${HEAD}AuthorizedKeysFile ${KEYS}\n`,
      check: ["sh", "-c", "mkdir -p /run/sshd && sshd -t"],
      apply: ["systemctl", "reload-or-restart", "ssh"],
    },
  ];
}

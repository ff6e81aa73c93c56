import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quoted } from "../../../providers/compose/ssh-host.ts";
import { isPassing, sshSentence } from "../../../providers/compose/ssh-sentences.ts";

const TO = { address: "203.0.113.7", port: 22, user: "mailkeep" };
const KEY = "ssh-ed25519 AAAAC3";

// What OpenSSH's client said, as seen.
test.each([
  ["Host key verification failed.", "shows another SSH host key than the one it must have"],
  ["No ED25519 host key is known for 203.0.113.7 and you have requested strict checking.", "another SSH host key"],
  ["mailkeep@203.0.113.7: Permission denied (publickey).", "does not let the user mailkeep in with this stack's key"],
  ["ssh: connect to host 203.0.113.7 port 22: Connection refused", "does not answer to SSH"],
  ["ssh: connect to host 203.0.113.7 port 22: Connection timed out", "(`sshFrom`)"],
  ["ssh: Could not resolve hostname far.test: Name or service not known", "does not resolve"],
  ["spawn ssh ENOENT", "install it (Debian: openssh-client)"],
  ["Load key: invalid format", "Connecting to 203.0.113.7 by SSH failed:\n  Load key: invalid format"],
])("%s", (said, sentence) => expect(sshSentence(said, TO, KEY)).toContain(sentence));

test("who is not let in is shown the line to add", () => {
  expect(sshSentence("Permission denied (publickey).", TO, KEY)).toContain(`~mailkeep/.ssh/authorized_keys`);
  expect(sshSentence("Permission denied (publickey).", TO, KEY)).toContain(`\n  ${KEY}`);
});

test("another port is named", () => {
  expect(sshSentence("Connection refused", { ...TO, port: 2222 }, KEY)).toContain("203.0.113.7, port 2222");
});

test.each([
  ["ssh: connect to host a port 22: Connection refused", true],
  ["kex_exchange_identification: Connection closed by remote host", true],
  ["Connection timed out during banner exchange", true],
  ["Permission denied (publickey).", false],
  ["Host key verification failed.\nConnection closed", false],
])("whether trying again may help after: %s", (said, again) => expect(isPassing(said)).toBe(again));

test("any words reach the far side's shell as they are", () => {
  const words = fc.array(
    fc.string({ unit: "grapheme" }).filter((word) => !word.includes("\0")),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(words, (list) => {
      const printed = execFileSync("sh", ["-c", `printf '%s\\0' ${quoted(list)}`], { encoding: "utf8" });
      expect(printed.split("\0").slice(0, -1)).toEqual(list);
    }),
    { numRuns: 40 },
  );
});

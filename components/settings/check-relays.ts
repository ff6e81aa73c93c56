/** Rules about relays, and about passwords for them. */
import type { Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";

/** Problems with each relay, then with passwords that belong to none. */
export function checkRelays(settings: Settings): Problem[] {
  return [...settings.relays.flatMap((_, index) => relay(settings, index)), ...strangePasswords(settings)];
}

/** Where TLS is there from the start. */
const WRAPPED_PORT = 465;

function relay({ relays, relayPasswords }: Settings, index: number): Problem[] {
  const one = relays[index];
  if (one === undefined) return [];
  const path = `relays[${index}]`;
  const { name, host, port, tls, user, senders } = one;
  const named = relays.findIndex((other) => other.name === name);
  const placed = relays.findIndex((other) => other.host === host && other.port === port);
  const hasPassword = Object.hasOwn(relayPasswords, name);
  const problem = (key: string, got: string, wanted: string, fix: string): Problem => ({
    path: `${path}.${key}`,
    got,
    wanted,
    fix,
  });
  return [
    ...(named === index
      ? []
      : [problem("name", `${name}, which relays[${named}] has too`, "a name of its own", "rename one of the two")]),
    ...(placed === index
      ? []
      : [
          problem(
            "host",
            `${host}:${port}, which relays[${placed}] has too`,
            "each server once",
            "take one of the two out",
          ),
        ]),
    ...(port === WRAPPED_PORT
      ? [problem("port", "465, where TLS is there from the start", "a port with STARTTLS", "587 is the usual one")]
      : []),
    ...(senders.addresses.length + senders.includes.length > 0
      ? []
      : [
          problem(
            "senders",
            "neither addresses nor includes",
            "where its mail leaves from, or SPF would not cover it",
            "its operator's documents name an SPF record to include",
          ),
        ]),
    ...(user !== undefined && tls === "none"
      ? [problem("tls", "none, with a login", "TLS where a password is sent", "write verified, or required")]
      : []),
    ...(user !== undefined && !hasPassword
      ? [
          problem(
            "user",
            `${user} without a password`,
            `a password under relayPasswords.${name}`,
            `pulumi config set --secret --path 'mailkeep:relayPasswords.${name}'`,
          ),
        ]
      : []),
  ];
}

function strangePasswords({ relays, relayPasswords }: Settings): Problem[] {
  return Object.keys(relayPasswords)
    .filter((name) => !relays.some((one) => one.name === name && one.user !== undefined))
    .map((name) => ({
      path: `relayPasswords["${name}"]`,
      got: "a password for a relay without a user",
      wanted: "the name of a relay that has one",
      fix: `add a user to the relay ${name}, or take the password out`,
    }));
}

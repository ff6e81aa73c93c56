/** Passwords of machine accounts: made up, or known by a hash in the settings. */
import type { Settings } from "../settings/schema.ts";
import type { Ref } from "./text.ts";

type Accounts = Pick<Settings, "machines" | "passwordHashes">;

/** Name of a made-up password; each generation is another one. */
export function machinePassword({ login, generation }: Settings["machines"][number]): string {
  return generation === 1 ? `machine/${login}` : `machine/${login}/${generation}`;
}

/** Accounts whose password is made up: those without a hash. */
export function madeUpAccounts({ machines, passwordHashes }: Accounts): Settings["machines"] {
  return machines.filter(({ login }) => passwordHashes[login] === undefined);
}

/** Where the hash of an account's password comes from. */
export function passwordHashRef(settings: Accounts): (login: string) => Ref {
  const madeUp = new Map(madeUpAccounts(settings).map((machine) => [machine.login, machinePassword(machine)]));
  return (login) => {
    const password = madeUp.get(login);
    return password === undefined ? { ref: "passwordHash", address: login } : { ref: "passwordCrypt", password };
  };
}

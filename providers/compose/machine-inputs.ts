/** The inputs of a machine, and what makes them wrong. */
import { z } from "zod";
import { connection, failuresOf } from "./inputs.ts";
import type { InputFailure } from "./protocol.ts";
import { isObject, secret } from "./values.ts";
import type { PlainObject } from "./values.ts";

const file = z.strictObject({
  path: z.string().regex(/^(\/[A-Za-z0-9._@+-]+)+$/, "must be an absolute path"),
  content: z.string(),
  /** Judges the file where it lies. The old one is put back when it fails. */
  check: z.array(z.string()).min(1).exactOptional(),
  /** Has the machine take the file. */
  apply: z.array(z.string()).min(1),
});

const schema = z.strictObject({
  /** Tells this machine from one that is made in its place. */
  machine: z.string(),
  connection,
  /** How a machine that has just been made is known, and the host key that it is then given. */
  firstContact: z
    .strictObject({
      hostKey: z.string(),
      /** In OpenSSH's format; its public half is the connection's `hostKey`. Secret. */
      privateKey: z.string(),
    })
    .exactOptional(),
  /** Debian's packages that must be there. */
  packages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, "must be the name of a package")),
  files: z.array(file),
});

export type MachineInputs = z.infer<typeof schema>;
export type MachineFile = z.infer<typeof file>;

export function checkMachine(given: PlainObject): { inputs: PlainObject; failures: InputFailure[] } {
  const parsed = schema.safeParse(given);
  return { inputs: markKeys(given), failures: parsed.success ? [] : failuresOf(parsed.error, given) };
}

/** Takes the inputs out of what the engine keeps, which has outputs beside them. */
export function parseMachine(values: PlainObject): MachineInputs {
  return schema.parse(Object.fromEntries(Object.entries(values).filter(([key]) => key in schema.shape)));
}

/** Marks the private keys. */
export function markKeys(values: PlainObject): PlainObject {
  return marked(marked(values, "connection", "identity"), "firstContact", "privateKey");
}

function marked(values: PlainObject, group: string, key: string): PlainObject {
  const inner = values[group];
  if (!isObject(inner) || inner[key] === undefined) return values;
  return { ...values, [group]: { ...inner, [key]: secret(inner[key]) } };
}

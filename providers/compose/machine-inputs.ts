/** The inputs of a machine, and what makes them wrong. */
import { z } from "zod";
import { connection, failuresOf } from "./inputs.ts";
import type { InputFailure } from "./protocol.ts";
import { isList, isObject, secret } from "./values.ts";
import type { Plain, PlainObject } from "./values.ts";

const file = z.strictObject({
  path: z.string().regex(/^(\/[A-Za-z0-9._@+-]+)+$/, "must be an absolute path"),
  content: z.string(),
  /** User who alone may read it: its content is a secret. Without one everybody may, and it is root's. */
  owner: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "must be the name of a user")
    .exactOptional(),
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

/** A machine's inputs, once they are known to be right. */
export type MachineInputs = z.infer<typeof schema>;
/** One of its files. */
export type MachineFile = z.infer<typeof file>;

/** Finds all that is wrong with inputs, and marks those that are secret. */
export function checkMachine(given: PlainObject): { inputs: PlainObject; failures: InputFailure[] } {
  const parsed = schema.safeParse(given);
  return { inputs: markKeys(given), failures: parsed.success ? [] : failuresOf(parsed.error, given) };
}

/** Takes the inputs out of what the engine keeps, which has outputs beside them. */
export function parseMachine(values: PlainObject): MachineInputs {
  return schema.parse(Object.fromEntries(Object.entries(values).filter(([key]) => key in schema.shape)));
}

/** Marks the private keys, and what is in files that have an owner. */
export function markKeys(values: PlainObject): PlainObject {
  const { files } = values;
  const withFiles = isList(files) ? { ...values, files: files.map(markFile) } : values;
  return marked(marked(withFiles, "connection", "identity"), "firstContact", "privateKey");
}

function markFile(one: Plain): Plain {
  if (!isObject(one) || one["owner"] === undefined || one["content"] === undefined) return one;
  return { ...one, content: secret(one["content"]) };
}

/** Texts that nobody may see in a message. */
export function secretsOf({ connection, firstContact, files }: MachineInputs): readonly string[] {
  const contents = files.flatMap(({ owner, content }) => (owner === undefined ? [] : [content]));
  return [connection.identity, ...(firstContact === undefined ? [] : [firstContact.privateKey]), ...contents];
}

function marked(values: PlainObject, group: string, key: string): PlainObject {
  const inner = values[group];
  if (!isObject(inner) || inner[key] === undefined) return values;
  return { ...values, [group]: { ...inner, [key]: secret(inner[key]) } };
}

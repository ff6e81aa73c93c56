/** What couchmail is told: `config.json`, `directory.json` and `token.sha256` in one folder. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { checkDirectory } from "../../../components/directory/check.ts";
import { directoryFileSchema } from "../../../components/directory/schema.ts";
import type { DirectoryFile } from "../../../components/directory/schema.ts";
import { sentences } from "./sentences.ts";

const port = z.int().min(0).max(65535);

/** Content of `config.json`. */
export const configSchema = z.strictObject({
  /** Name of this site. */
  site: z.string().min(1),
  /** Address that every port listens on. */
  listen: z.union([z.ipv4(), z.ipv6()]),
  ports: z.strictObject({ domain: port, mailbox: port, alias: port, sender: port, http: port }),
  /** Folder of the database. */
  data: z.string().startsWith("/"),
  /** Characters that begin an address extension. */
  delimiter: z.string().max(8),
  /** Where mailboxes lie in Dovecot's container, and who owns them. */
  mailHome: z.string().startsWith("/"),
});

/** Content of `config.json`, checked. */
export type Config = z.infer<typeof configSchema>;

/** All that is read from the folder. */
export interface Configuration {
  readonly config: Config;
  readonly directory: DirectoryFile;
  /** SHA-256 of the REST interface's token. */
  readonly tokenSha256: Buffer;
}

/** The files are not as they must be; the message says what to change, and holds no hash. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/**
 * Reads and checks everything.
 *
 * @throws ConfigurationError with one sentence a fault.
 */
export async function readConfiguration(folder: string): Promise<Configuration> {
  const config = await readJson(join(folder, "config.json"), configSchema);
  const directory = await readJson(join(folder, "directory.json"), directoryFileSchema);
  const problems = checkDirectory(directory, config.delimiter);
  if (problems.length > 0) {
    const lines = problems.map((p) => `${p.path}: found ${p.got}; wanted ${p.wanted}. To do: ${p.fix}.`);
    throw new ConfigurationError(`${join(folder, "directory.json")} is not sound.\n${lines.join("\n")}`);
  }
  return { config, directory, tokenSha256: await readToken(join(folder, "token.sha256")) };
}

async function readJson<Shape extends z.ZodType>(path: string, schema: Shape): Promise<z.infer<Shape>> {
  const parsed = schema.safeParse(parseJson(path, await readText(path)));
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(`${path} is not as it must be.\n${sentences(parsed.error).join("\n")}`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which holds hashes.
    throw new ConfigurationError(`${path} is no JSON. It is written by the release; apply the release again.`);
  }
}

async function readToken(path: string): Promise<Buffer> {
  const text = (await readText(path)).trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  throw new ConfigurationError(`${path} is no SHA-256 in hexadecimal: 64 digits are wanted.`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
    throw new ConfigurationError(`${path} cannot be read (${reason}).`);
  }
}

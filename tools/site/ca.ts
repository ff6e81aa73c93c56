/** The CA certificates that a stack's certificates chain to, where everybody's programs do not have them. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { z } from "zod";
import { PORT } from "../../components/plan/ports.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { WORLD_ADDRESS } from "../../components/world/addresses.ts";
import { fail } from "../console.ts";
import { stackFolder } from "../paths.ts";
import { isLocal } from "../stack/local.ts";
import { engine } from "../stack/pulumi.ts";

/** Where the bundle lies. */
export function caFile(stack: string): string {
  return join(stackFolder(stack), "ca.pem");
}

/**
 * What is to be believed so that the sites are: the bundle of a local stack, or the authority of a stack that issues its
 * certificates by itself. Undefined where the sites' authority is a public one.
 *
 * @throws SentenceError where the stack has never been up
 */
export async function authorities(stack: string, { acme }: Pick<Settings, "acme">): Promise<string | undefined> {
  if (isLocal(stack)) {
    return await readFile(caFile(stack), "utf8").catch(() => fail("There is no CA certificate yet: run `npm run up`."));
  }
  if (acme.directory !== "private") return undefined;
  const pulumi = await engine([]);
  const outputs: unknown = JSON.parse(await pulumi.ask(["stack", "output", "--stack", stack, "--json"]));
  return (
    outputsSchema.safeParse(outputs).data?.privateCa ??
    fail(`${stack} has no authority yet: \`npm run up -- ${stack}\` makes it.`)
  );
}

const outputsSchema = z.looseObject({ privateCa: z.string() });

function privateCaFile(stack: string): string {
  return join(stackFolder(stack), "private-ca.pem");
}

/** Remembers the private CA, so that the bundle can be kept fresh without the engine. */
export async function savePrivateCa(stack: string, pem: string): Promise<void> {
  await mkdir(stackFolder(stack), { recursive: true, mode: 0o700 });
  await writeFile(privateCaFile(stack), pem);
}

/** What the bundle of a local stack follows from. */
type Local = Pick<Settings, "acme" | "infrastructureDomain">;

/** Brings the bundle up to date where that can be done: a stack that is down, or only half up, leaves it as it is. */
export async function keepCaFresh(stack: string, settings: Local): Promise<void> {
  const privateCa = await readFile(privateCaFile(stack), "utf8").catch(() => undefined);
  if (privateCa !== undefined) await refreshCa(stack, settings, privateCa).catch(() => undefined);
}

/**
 * Asks Pebble for its root and adds it to the bundle. It makes a new one at each start, while certificates from the one
 * before stay in use, so the bundle keeps both. The private CA is in it only where it issues all certificates: else it vouches
 * for interim ones, which nobody is to believe.
 *
 * @param privateCa PEM of the CA that Pebble's own HTTPS certificate is from.
 */
export async function refreshCa(stack: string, settings: Local, privateCa: string): Promise<void> {
  const root = await fetchRoot(`acme.${settings.infrastructureDomain}`, privateCa);
  const path = caFile(stack);
  const before = await readFile(path, "utf8").catch(() => "");
  const others = certificatesIn(before).filter((one) => one !== privateCa.trim());
  const own = settings.acme.directory === "private" ? [privateCa.trim()] : [];
  const bundle = [...new Set([...others, root.trim(), ...own])].map((one) => `${one}\n`).join("");
  if (bundle === before) return;
  await mkdir(stackFolder(stack), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, bundle);
  await rename(`${path}.new`, path);
}

function certificatesIn(bundle: string): string[] {
  return bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function fetchRoot(servername: string, ca: string): Promise<string> {
  const options = {
    host: WORLD_ADDRESS.pebble.v4,
    port: PORT.acmeManagement,
    path: "/roots/0",
    servername,
    ca,
    timeout: 5000,
  };
  return new Promise((resolve, reject) => {
    const asked = request(options, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () =>
        answer.statusCode === 200 ? resolve(text) : reject(new Error(`Pebble answered ${answer.statusCode}.`)),
      );
    });
    asked.on("timeout", () => asked.destroy(new Error("Pebble did not answer within 5 seconds.")));
    asked.on("error", reject);
    asked.end();
  });
}

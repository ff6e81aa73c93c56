/** The CA certificates that the local world's certificates chain to. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { PORT } from "../../components/plan/ports.ts";
import { WORLD_ADDRESS } from "../../components/world/addresses.ts";
import { stackFolder } from "../paths.ts";

/** Where the bundle lies. */
export function caFile(stack: string): string {
  return join(stackFolder(stack), "ca.pem");
}

function privateCaFile(stack: string): string {
  return join(stackFolder(stack), "private-ca.pem");
}

/** Remembers the private CA, so that the bundle can be kept fresh without the engine. */
export async function savePrivateCa(stack: string, pem: string): Promise<void> {
  await mkdir(stackFolder(stack), { recursive: true, mode: 0o700 });
  await writeFile(privateCaFile(stack), pem);
}

/** Brings the bundle up to date where that can be done: a stack that is down, or only half up, leaves it as it is. */
export async function keepCaFresh(stack: string, acmeHostname: string): Promise<void> {
  const privateCa = await readFile(privateCaFile(stack), "utf8").catch(() => undefined);
  if (privateCa !== undefined) await refreshCa(stack, acmeHostname, privateCa).catch(() => undefined);
}

/**
 * Asks Pebble for its root and adds it to the bundle. It makes a new one at each start, while certificates from the one
 * before stay in use, so the bundle keeps both.
 *
 * @param privateCa PEM of the CA that Pebble's own HTTPS certificate is from.
 */
export async function refreshCa(stack: string, acmeHostname: string, privateCa: string): Promise<void> {
  const root = (await fetchRoot(acmeHostname, privateCa)).trim();
  const path = caFile(stack);
  const bundle = await readFile(path, "utf8").catch(() => "");
  if (bundle.includes(root)) return;
  await mkdir(stackFolder(stack), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, `${bundle}${root}\n`);
  await rename(`${path}.new`, path);
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

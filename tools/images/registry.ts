/** Whether a registry is there, asked before anything is built for it. */
import { fail } from "../console.ts";

const ANSWER_MS = 15_000;

/** What says that nobody is there. All else, such as a certificate that Node.js does not know, is for Docker to judge. */
const NOBODY =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

/**
 * Asks the registry for its version (the distribution specification's `end-1`).
 *
 * @param registry with the folder in it, such as `registry.example.org/mailkeep`
 * @throws SentenceError when it does not answer as a registry
 */
export async function askRegistry(registry: string): Promise<void> {
  const host = registry.split("/")[0] ?? registry;
  const nothing = "Nothing was built or pushed.";
  const answer = await fetch(versionAddress(host), {
    signal: AbortSignal.timeout(ANSWER_MS),
    redirect: "manual",
  }).catch((error: unknown) => {
    const code = error instanceof Error && error.name === "TimeoutError" ? "ETIMEDOUT" : codeOf(error);
    if (!NOBODY.test(code)) return undefined;
    return fail(
      `The registry ${host} does not answer (${code}): see \`images.registry\` in the settings, and that it runs and is reached from here. ${nothing}`,
    );
  });
  if (answer === undefined || answer.ok || answer.status === 401) return;
  const what = answer.status >= 500 ? "is out of order" : "is no registry of images";
  fail(`${host} ${what}: it answers ${answer.status} at /v2/. See \`images.registry\` in the settings. ${nothing}`);
}

/** Docker, too, speaks plain HTTP to registries on the loopback alone. */
export function versionAddress(host: string): string {
  if (host === "docker.io") return "https://registry-1.docker.io/v2/";
  return `${/^(localhost|127\.[0-9.]+)(:|$)/.test(host) ? "http" : "https"}://${host}/v2/`;
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}

/** The directory's REST interface, as an administrator reaches it. */
import { z } from "zod";
import { plan } from "../../components/plan/plan.ts";
import { PORT } from "../../components/plan/ports.ts";
import { engine } from "../../tools/stack/pulumi.ts";
import { stackSettings } from "../../tools/stack/settings.ts";

export interface Rest {
  readonly base: string;
  readonly call: (method: string, path: string, body?: object) => Promise<Response>;
}

/** The interface on the first site's own network, with the token that the stack keeps. */
export async function rest(stack: string): Promise<Rest> {
  const pulumi = await engine(["docker", "compose"]);
  const shown = await pulumi.ask(["stack", "output", "--stack", stack, "--json", "--show-secrets"]);
  const { directoryToken } = z.looseObject({ directoryToken: z.string() }).parse(JSON.parse(shown));
  const base = `http://${await couchmailAddress(stack)}:${PORT.directoryHttp}/api/v1`;
  const headers = { authorization: `Bearer ${directoryToken}`, "content-type": "application/json" };
  return {
    base,
    call: (method, path, body) =>
      fetch(`${base}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  };
}

async function couchmailAddress(stack: string): Promise<string> {
  const [site] = plan(stack, await stackSettings(stack, true)).sites;
  const network = site?.workloads.find(({ name }) => name === "couchmail")?.network;
  const address = network?.kind === "own" ? network.attach[0]?.address : undefined;
  if (address === undefined) throw new Error("couchmail has no address");
  return address;
}

/** Sites on machines of their own: their addresses, as the engine knows them, and what their keepers say there. */
import { directoryThere } from "../../components/release/names.ts";
import type { SitePlan } from "../../components/plan/types.ts";
import type { Text } from "../../components/plan/text.ts";
import type { Host } from "../../providers/compose/host.ts";
import { layout } from "../../providers/compose/layout.ts";
import { hostsOf, type Reach } from "../../providers/compose/reach.ts";
import type { Known } from "../preflight/known.ts";
import { healthOf, type WorkloadHealth } from "./state.ts";

/** A machine that is up answers at once. */
const PATIENCE_SECONDS = 10;

/** What the keepers of a site say, or why nobody could be asked; and what is wrong with the Docker there, if anything is. */
export type Heard =
  | { readonly workloads: readonly WorkloadHealth[]; readonly silent: null; readonly docker: string | null }
  | { readonly workloads: readonly []; readonly silent: string; readonly docker: null };

const NO_DOCKER =
  "Docker does not answer there. What runs goes on, but nothing is started again and no update gets there: see `systemctl status docker`.";

/** Asks the keepers at a site's own machine. */
export async function hear(
  stack: string,
  site: Pick<SitePlan, "name" | "workloads">,
  { connections }: Pick<Known, "connections">,
  reach: Reach = hostsOf(process.env),
): Promise<Heard> {
  const connection = connections.get(site.name);
  if (connection === undefined) return { workloads: [], silent: "it has not been brought up yet.", docker: null };
  const { stateFile } = layout(`${directoryThere(stack)}/${site.name}`);
  const names = site.workloads.map(({ name }) => name);
  try {
    return await reach(connection, PATIENCE_SECONDS, async (host) => {
      const nowMs = await clockOf(host);
      const files = await host.readFiles(names.map(stateFile));
      const { code } = await host.run([...host.docker, "version"]);
      return {
        workloads: names.map((name) => healthOf(name, files.get(stateFile(name)), nowMs)),
        silent: null,
        docker: code === 0 ? null : NO_DOCKER,
      };
    });
  } catch (error) {
    return { workloads: [], silent: error instanceof Error ? error.message : String(error), docker: null };
  }
}

/** Keepers are silent or not by their own machine's clock. */
async function clockOf(host: Host): Promise<number> {
  const { code, stdout } = await host.run(["date", "+%s"]);
  return code === 0 ? Number(stdout.trim()) * 1000 : Date.now();
}

/** The addresses of a site; empty and null where nobody has told them yet. */
export function addressesOf(
  { name, ingress }: Pick<SitePlan, "name" | "ingress">,
  { addresses }: Pick<Known, "addresses">,
): { readonly address: string; readonly address6: string | null } {
  const known = addresses.get(name) ?? [];
  return {
    address: plain(ingress.v4) ?? known.find((one) => !one.includes(":")) ?? "",
    address6: plain(ingress.v6) ?? known.find((one) => one.includes(":")) ?? null,
  };
}

/** A text without a reference, which is known before anything is made. */
function plain(text: Text | undefined): string | undefined {
  return typeof text === "string" ? text : undefined;
}

/** Docker where a site's containers are: on this machine, or on the site's own. */
import { hostsOf, type Reach } from "../../providers/compose/reach.ts";
import { fail } from "../console.ts";
import { knownOf } from "../preflight/known.ts";
import { isLocal } from "../stack/local.ts";
import type { Engine } from "../stack/pulumi.ts";
import { docker, type Docker } from "./docker.ts";

/** A machine that is up answers at once. */
const PATIENCE_SECONDS = 20;

/**
 * Does some work with the Docker of a site.
 *
 * @throws SentenceError where the stack's state knows no way to the site's machine
 */
export async function withDockerAt<T>(
  { stack, site, pulumi }: { readonly stack: string; readonly site: string; readonly pulumi: Pick<Engine, "ask"> },
  work: (docker: Docker) => Promise<T>,
  reach: Reach = hostsOf(process.env),
): Promise<T> {
  if (isLocal(stack)) return work(docker);
  const connection = (await knownOf(stack, pulumi)).connections.get(site);
  if (connection === undefined)
    return fail(`The state of ${stack} knows no machine of ${site}: run \`npm run up -- ${stack}\` first.`);
  return reach(connection, PATIENCE_SECONDS, (host) =>
    work(async (...args) => {
      const { code, stdout, stderr } = await host.run([...host.docker, ...args]);
      return code === 0 ? stdout : fail(`On ${host.name} Docker does not do what it is asked: ${stderr.trim()}`);
    }),
  );
}

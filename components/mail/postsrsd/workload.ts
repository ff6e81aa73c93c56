/** The container that rewrites senders. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { CONF } from "../../plan/workload.ts";
import type { KeeperCheck, Workload } from "../../plan/workload.ts";
import { postsrsdCommand, renderPostsrsd } from "./render.ts";

/** Where there is a Postfix there are forwards, or bounces to their senders. */
export function rewritesSenders({ roles }: Pick<SiteContext, "roles">): boolean {
  return roles.includes("mx") || roles.includes("submission");
}

/** Pure: what a site runs to rewrite the senders of what it forwards, and to read such addresses in bounces. */
export function postsrsdWorkload(site: Pick<SiteContext, "network" | "srs" | "domains">): Workload {
  const address = site.network.address.postsrsd;
  return {
    name: "postsrsd",
    image: "postsrsd",
    uid: UID.postsrsd,
    network: {
      kind: "own",
      attach: [{ network: site.network.name, address, address6: undefined }],
      resolver: undefined,
    },
    files: renderPostsrsd(site.srs),
    keeper: {
      command: postsrsdCommand({ domain: site.srs.domain, address, ownDomains: site.domains }),
      // It starts without a secret as well, and nobody could then send a bounce back.
      check: [["grep", "-q", "[^[:space:]]", `${CONF}/secrets`]],
      reload: { restart: true },
      probe: {
        intervalSeconds: 2,
        timeoutSeconds: 2,
        failures: 2,
        startSeconds: 10,
        checks: [
          question("rewrite", `${address}:${PORT.srsForward}`),
          question("read", `${address}:${PORT.srsReverse}`),
        ],
      },
      stopSeconds: 2,
      listen: `${address}:${PORT.keeper}`,
    },
    volumes: [],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 32, pids: 128 },
    publish: [],
    sysctls: {},
  };
}

/** A question without an address in it: the answer is no, and says that the service works. */
const question = (name: string, address: string): KeeperCheck => ({
  kind: "dialog",
  name,
  address,
  steps: [{ send: "get readiness" }, { expect: "^500 " }],
});

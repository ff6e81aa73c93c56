/** A small release with everything in it. */
import type { ReleaseInputs } from "../../../providers/compose/inputs.ts";

export const release: ReleaseInputs = {
  project: "mailkeep-local-alpha",
  directory: "/srv/mailkeep/alpha",
  networks: { site: { name: "mailkeep-local-site-alpha" } },
  volumes: { queue: { name: "mailkeep-local-alpha-queue", kind: "mail", uid: 0, mode: "0755" } },
  workloads: {
    net: {
      uid: 2000,
      service: { image: "keeper:1", networks: { site: null } },
      files: { "keeper.json": "{}" },
      secretFiles: {},
    },
    mx: {
      uid: 0,
      service: {
        image: "postfix:1",
        network_mode: "service:net",
        environment: { PRICE: "$5" },
        labels: { "mailkeep.site": "alpha" },
        volumes: [{ type: "volume", source: "queue", target: "/var/spool/postfix", read_only: false }],
      },
      files: { "main.cf": "a = b\n", "maps/x": "1\n" },
      secretFiles: { "site.key": "secret text" },
    },
  },
  waitSeconds: 120,
};

type Workload = ReleaseInputs["workloads"][string];

/** The release with a change in its workload `mx`. */
export function withMx(change: (mx: Workload) => Workload): ReleaseInputs {
  const { mx, ...others } = release.workloads;
  if (mx === undefined) throw new Error("the fixture has no mx");
  return { ...release, workloads: { ...others, mx: change(mx) } };
}

/** Cases for the rules about containers. */
import { inService, nothing } from "../../support/slips.ts";
import { UNKNOWN } from "../../support/policy.ts";
import type { RuleCases } from "../../support/rule-cases.ts";

type Service = Readonly<Record<string, unknown>>;

const PRODUCTION = { stack: "production" } as const;
const DIGEST = `@sha256:${"0a".repeat(32)}`;

const edge = (service: Service) => inService("alpha", "edge", service);
const unknown = (key: string) => [edge({ [key]: UNKNOWN })] as const;

export const cases: Readonly<Record<string, RuleCases>> = {
  "require-image-digest": {
    refuses: [
      [
        "a tag",
        edge({ image: "registry.example/haproxy:3" }),
        "mailkeep-test-alpha, workload edge: its image is registry.example/haproxy:3, which may change under its name",
        PRODUCTION,
      ],
      ["half a digest", edge({ image: "haproxy@sha256:0a0a" }), "its image is haproxy@sha256:0a0a", PRODUCTION],
      ["half an id", edge({ image: "sha256:0a0a" }), "its image is sha256:0a0a", PRODUCTION],
      [
        "an id that is a tag",
        edge({ image: `haproxy:${DIGEST.slice(1)}` }),
        "its image is haproxy:sha256:",
        PRODUCTION,
      ],
      ["no image", edge({ image: undefined }), "its image is not named", PRODUCTION],
      [
        "a tag in a stack that is only called like a local one",
        edge({ image: "x:1" }),
        "its image is x:1",
        { stack: "localhost" },
      ],
    ],
    accepts: [
      ["a tag beside the digest", edge({ image: `haproxy:3${DIGEST}` }), PRODUCTION],
      ["an id", edge({ image: DIGEST.slice(1) }), PRODUCTION],
      ["a tag in a local stack", edge({ image: "mailkeep/haproxy:3" }), { stack: "local-test" }],
      ["a tag in a stack that is listed", edge({ image: "x:1" }), { stack: "lab", config: { byTag: ["lab"] } }],
    ],
    unknown: [edge({ image: UNKNOWN }), PRODUCTION],
  },
  "disallow-root-workload": {
    refuses: [
      [
        "root",
        edge({ user: "0:0" }),
        "workload edge: its user is 0:0, which is root; only mx, submission, dovecot, outside may start so.",
      ],
      ["the group of root", edge({ user: "2001:0" }), "its user is 2001:0, which is root"],
      ["a user of the image's own choice", edge({ user: undefined }), "it names no user"],
      ["root's group by name", edge({ user: "2001:root" }), "its user is 2001:root, a name that only the image knows"],
      ["a name", edge({ user: "haproxy" }), "its user is haproxy, a name that only the image knows"],
      ["the group that may use Docker", edge({ group_add: ["docker"] }), "group_add has docker, a group with power"],
      ["root where it is listed no more", nothing, "workload mx: its user is 0:0", { config: { exceptions: [] } }],
    ],
    accepts: [
      ["one number for both", edge({ user: "2001" })],
      ["root where it is listed", edge({ user: "0:0" }), { config: { exceptions: ["mx", "edge"] } }],
    ],
    unknown: unknown("user"),
  },
  "require-read-only-root": {
    refuses: [
      [
        "a root that can be written to",
        edge({ read_only: false }),
        "workload edge: its root file system can be written to",
      ],
      ["no word of it", edge({ read_only: undefined }), "its root file system can be written to"],
      [
        "a folder in memory without a size",
        edge({ tmpfs: ["/run:mode=0755"] }),
        "its folder /run:mode=0755 in memory has no size",
      ],
      ["a single folder without a size", edge({ tmpfs: "/run" }), "its folder /run in memory has no size"],
      ["a size that is none", edge({ tmpfs: ["/run:size=0"] }), "its folder /run:size=0 in memory has no size"],
    ],
    unknown: unknown("read_only"),
  },
  "require-dropped-capabilities": {
    refuses: [
      ["Docker's defaults", edge({ cap_drop: undefined }), "workload edge: it keeps Docker's default capabilities"],
      ["some of them", edge({ cap_drop: ["NET_RAW"] }), "it keeps Docker's default capabilities"],
      [
        "a capability for what is not root",
        edge({ cap_add: ["SETUID"] }),
        "it does not start as root and yet adds SETUID",
      ],
      [
        "a capability for whom only looks like root",
        edge({ user: "02001:02001", cap_add: ["SETUID"] }),
        "it does not start as root and yet adds SETUID",
      ],
    ],
    accepts: [
      ["low ports for what is not root", edge({ cap_add: ["NET_BIND_SERVICE"] })],
      ["the same in another form", edge({ cap_drop: ["all"], cap_add: ["CAP_NET_BIND_SERVICE"] })],
      ["what is listed", edge({ cap_add: ["NET_RAW"] }), { config: { capabilities: ["NET_RAW"] } }],
    ],
    unknown: unknown("cap_drop"),
  },
  "require-no-new-privileges": {
    refuses: [
      [
        "nothing",
        edge({ security_opt: undefined }),
        "workload edge: its security_opt is empty; add no-new-privileges:true.",
      ],
      [
        "the contrary",
        edge({ security_opt: ["no-new-privileges:false"] }),
        "its security_opt is no-new-privileges:false",
      ],
      [
        "both",
        edge({ security_opt: ["no-new-privileges:true", "no-new-privileges:false"] }),
        "its security_opt is no-new-privileges:true, no-new-privileges:false",
      ],
    ],
    accepts: [["the short form", edge({ security_opt: ["no-new-privileges"] })]],
    unknown: unknown("security_opt"),
  },
  "require-limits": {
    refuses: [
      [
        "no limit of memory",
        edge({ mem_limit: undefined }),
        "workload edge: its mem_limit is not set; set one of at most 4096m.",
      ],
      ["none by a zero", edge({ mem_limit: "0" }), "its mem_limit is 0"],
      [
        "more than is allowed",
        edge({ mem_limit: "8g", memswap_limit: "8g" }),
        "its mem_limit is 8g; set one of at most 4096m.",
      ],
      ["swap", edge({ memswap_limit: "128m" }), "its memswap_limit is 128m, so it swaps; set it to 64m too."],
      ["swap by default", edge({ memswap_limit: undefined }), "its memswap_limit is not set, so it swaps"],
      ["no limit of processes", edge({ pids_limit: undefined }), "its pids_limit is not set"],
      ["none by minus one", edge({ pids_limit: -1 }), "its pids_limit is -1"],
      [
        "more processes than are allowed",
        edge({ pids_limit: 200 }),
        "its pids_limit is 200; set one of at most 100.",
        { config: { pids: 100 } },
      ],
      ["no limit of open files", edge({ ulimits: undefined }), "its ulimits.nofile is not set"],
      [
        "Debian's",
        edge({ ulimits: { nofile: 2 ** 30 } }),
        "its ulimits.nofile is 1073741824; set one of at most 65536.",
      ],
      [
        "one that a process can lift",
        edge({ ulimits: { nofile: { soft: 1024, hard: -1 } } }),
        "its ulimits.nofile is -1",
      ],
    ],
    accepts: [
      ["the same in another unit", edge({ mem_limit: "64mb", memswap_limit: 67_108_864 })],
      ["a soft limit beside the hard one", edge({ ulimits: { nofile: { soft: 1024, hard: 4096 } } })],
    ],
    unknown: unknown("mem_limit"),
  },
  "require-health-check": {
    refuses: [
      ["none", edge({ healthcheck: undefined }), "workload edge: its health check is not set"],
      ["one that is switched off", edge({ healthcheck: { disable: true } }), "its health check is switched off"],
      ["NONE", edge({ healthcheck: { test: ["NONE"] } }), "its health check is NONE"],
      ["one that says yes to anything", edge({ healthcheck: { test: ["CMD", "/bin/true"] } }), "is CMD /bin/true"],
      ["the same for the shell", edge({ healthcheck: { test: "exit 0" } }), "its health check is exit 0"],
    ],
    accepts: [["a line for the shell", edge({ healthcheck: { test: "/keeper healthy" } })]],
    unknown: unknown("healthcheck"),
  },
  "require-restart-policy": {
    refuses: [
      ["none", edge({ restart: undefined }), "workload edge: its restart is not set; set it to always."],
      ["no", edge({ restart: "no" }), "its restart is no"],
      ["a limited number of times", edge({ restart: "on-failure:3" }), "its restart is on-failure:3"],
    ],
    accepts: [["unless it was stopped", edge({ restart: "unless-stopped" })]],
    unknown: unknown("restart"),
  },
};

/** A server of somebody's own in the local world: Debian 13 with a mail program, as a container. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { networkName } from "../../components/release/names.ts";
import { INTERNET, WORLD_ADDRESS } from "../../components/world/addresses.ts";
import { withBuildNetwork } from "../../tools/offline/build-network.ts";
import { prepare } from "../../tools/offline/index.ts";
import { run } from "../../tools/offline/run.ts";
import { docker, dockerWithInput } from "./system.ts";

/** What each kind is installed with. Debian has one mail server on a machine at most. */
const PACKAGES = {
  postfix: "postfix libsasl2-modules msmtp cron",
  nullmailer: "nullmailer",
} as const;

/** nullmailer's daemon ends at once without this pipe, by which it is woken. systemd-tmpfiles makes it where there is one. */
const TRIGGER = "/var/spool/nullmailer/trigger";

/** As systemd would start it, where there is one. */
const START = {
  postfix: "postconf -e maillog_file=/var/log/mail.log && postfix start && cron",
  nullmailer: `rm -f ${TRIGGER} && mkfifo -m 0622 ${TRIGGER} && chown mail:root ${TRIGGER} &&
    (setsid setpriv --reuid mail --regid mail --clear-groups nullmailer-send > /var/log/mail.log 2>&1 < /dev/null &)`,
} as const;

export interface OtherHost {
  /** Output of a shell command of root's. */
  readonly sh: (command: string, input?: string) => Promise<string>;
  /** Gives it its configuration, by the script that `host-mail` prints. */
  readonly configure: (script: string) => Promise<void>;
  readonly start: () => Promise<void>;
  /** Takes its cable out, or puts it in again. */
  readonly connected: (yes: boolean) => Promise<void>;
  readonly log: () => Promise<string>;
  readonly remove: () => Promise<void>;
}

export async function makeOtherHost(stack: string, kind: keyof typeof PACKAGES, name: string): Promise<OtherHost> {
  const container = `mailkeep-${stack}-other-${kind}`;
  const network = networkName(stack, "world", { name: INTERNET.name, kind: "owned" });
  const image = await imageOf(kind);
  await docker("rm", "--force", container);
  // It asks the world's name server itself, like a host elsewhere that asks a resolver.
  const place = ["--network", network, "--hostname", name.split(".")[0] ?? name, "--dns", WORLD_ADDRESS.knot.v4];
  const options = ["--detach", "--init", "--label", "mailkeep.test=host", "--name", container, ...place];
  await docker("run", ...options, image, "sleep", "infinity");
  const sh = (command: string, input = ""): Promise<string> =>
    dockerWithInput(input, "exec", "--interactive", container, "sh", "-c", command);
  return {
    sh,
    configure: async (script) => {
      await sh("sh -s", script);
    },
    start: async () => {
      await sh(START[kind]);
    },
    connected: async (yes) => {
      await docker("network", yes ? "connect" : "disconnect", network, container);
    },
    log: () => sh("cat /var/log/mail.log"),
    remove: async () => {
      await docker("rm", "--force", container);
    },
  };
}

/** One that is there already is taken. */
async function imageOf(kind: keyof typeof PACKAGES): Promise<string> {
  const { baseImage } = await prepare({ needs: ["docker", "baseImage"] });
  if (baseImage === undefined) throw new Error("There is no base image.");
  const dockerfile = `FROM ${baseImage.tag}
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\
  ca-certificates ${PACKAGES[kind]} && rm -rf /var/lib/apt/lists/*
`;
  const hash = createHash("sha256").update(`${baseImage.id}\n${dockerfile}`).digest("hex").slice(0, 12);
  const tag = `mailkeep-test/${kind}-host:${hash}`;
  if ((await docker("images", "--quiet", tag)).trim() !== "") return tag;
  const folder = await mkdtemp(join(tmpdir(), "mailkeep-host-"));
  try {
    await writeFile(join(folder, "Dockerfile"), dockerfile);
    await withBuildNetwork(run, (network) => docker("build", "--quiet", ...network, "--tag", tag, folder));
    return tag;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

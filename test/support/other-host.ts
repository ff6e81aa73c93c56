/** A server of somebody's own in the local world: Debian 13 with a mail program, as a container. */
import { networkName } from "../../components/release/names.ts";
import { INTERNET, WORLD_ADDRESS } from "../../components/world/addresses.ts";
import { imageOnce } from "./image-once.ts";
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

function imageOf(kind: keyof typeof PACKAGES): Promise<string> {
  const steps = `RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\
  ca-certificates ${PACKAGES[kind]} && rm -rf /var/lib/apt/lists/*
`;
  return imageOnce({ name: `${kind}-host`, steps });
}

/** What filters make of messages: the site's own, and rspamd as its package sets it up. */
import { z } from "zod";
import { networkName } from "../../components/release/names.ts";
import { containerOf, docker, dockerWithInput, until } from "./system.ts";

/** Delivered as spam, or not at all. All other actions let a message pass into the inbox, at once or at the second try. */
const SPAM_ACTIONS = ["add header", "rewrite subject", "reject"];

const verdictSchema = z
  .looseObject({
    action: z.string(),
    score: z.number(),
    symbols: z.record(z.string(), z.looseObject({ score: z.number() })),
  })
  .transform(({ action, score, symbols }) => ({
    side: SPAM_ACTIONS.includes(action) ? ("spam" as const) : ("ham" as const),
    action,
    score,
    /** What counts for or against it, and how much. */
    findings: new Map(
      Object.entries(symbols).flatMap(([name, symbol]): [string, number][] =>
        Math.abs(symbol.score) >= 0.01 ? [[name, symbol.score]] : [],
      ),
    ),
  }));

export type Verdict = z.output<typeof verdictSchema>;

/** Who hands a message over. */
export interface Envelope {
  readonly from: string;
  readonly to: string;
  readonly helo: string;
  readonly ip: string;
  /** Name that the address leads to and that leads back to it; `unknown` where there is none. */
  readonly hostname: string;
}

/** One message a line of the input, as base64: each becomes a file, and all are looked at in their order. */
const SCAN = `
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
n=0
while read -r line; do n=$((n + 1)); echo "$line" | base64 -d > "$n"; done
rspamc --max-requests 1 --compact --json "$@" symbols $(seq "$n")
`;

/** Asks a container's filter about messages, one after the other. */
export async function scan(container: string, envelope: Envelope, messages: readonly string[]): Promise<Verdict[]> {
  const { from, to, helo, ip, hostname } = envelope;
  const said = [`--from=${from}`, `--rcpt=${to}`, `--helo=${helo}`, `--ip=${ip}`, `--hostname=${hostname}`];
  const lines = messages.map((message) => Buffer.from(message).toString("base64")).join("\n");
  const output = await dockerWithInput(
    `${lines}\n`,
    ...["exec", "--interactive", container, "sh", "-euc", SCAN, "scan", ...said],
  );
  const verdicts = output.trim().split("\n");
  if (verdicts.length !== messages.length) {
    throw new Error(
      `The filter gave ${verdicts.length} answers about ${messages.length} messages: ${output.slice(0, 400)}`,
    );
  }
  return verdicts.map((line) => verdictSchema.parse(JSON.parse(line)));
}

/** Without what mailkeep adds to the package's rules. */
const PACKAGED = `
mkdir -p /run/rspamd /var/log/rspamd
chown _rspamd /run/rspamd /var/log/rspamd
exec rspamd -f -u _rspamd -g _rspamd -c /etc/rspamd/rspamd.conf
`;

/**
 * Starts the filter of a site's image a second time on the site's network, with the package's configuration.
 *
 * @returns its container, which the caller removes
 */
export async function startPackagedFilter(stack: string, site: string, resolver: string): Promise<string> {
  const own = await containerOf(stack, site, "rspamd");
  const image = (await docker("inspect", "--format", "{{.Config.Image}}", own)).trim();
  const container = `mailkeep-${stack}-packaged-filter`;
  await docker("rm", "--force", container);
  const network = networkName(stack, site, { name: "site", kind: "owned" });
  const place = ["--network", network, "--dns", resolver, "--user", "0", "--tmpfs", "/etc/rspamd/lua.local.d"];
  const labels = ["--label", "mailkeep.test=filter", "--name", container];
  await docker("run", "--detach", ...labels, ...place, "--entrypoint", "sh", image, "-euc", PACKAGED);
  // Its rules are there before their expressions are compiled, and give the same verdicts.
  const answers = async (): Promise<boolean> =>
    await docker("exec", container, "rspamc", "stat").then(
      () => true,
      () => false,
    );
  await until("the packaged filter answers", answers, 60_000);
  return container;
}

/** The resolver believes a signed record, and not one that was altered afterwards (RFC 4035 section 5). */
import { mkdtemp, rm, writeFile, chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { renderUnbound } from "../../components/mail/unbound/render.ts";
import { resolveText } from "../../components/plan/text.ts";
import { HOME } from "../../tools/paths.ts";
import { readImages } from "../../tools/images/index.ts";
import { containerOf, docker, fixture, until, type Fixture } from "../support/system.ts";

const NETWORK = "mailkeep-test-dnssec";
const LABEL = ["--label", "mailkeep.test=dnssec"];
const [SERVER, RESOLVER, ASKER] = ["10.78.0.2", "10.78.0.53", "10.78.0.4"];
let on: Fixture;
let folder: string;

beforeAll(async () => {
  on = await fixture();
  folder = await mkdtemp(join(HOME, "dnssec-"));
  await chmod(folder, 0o755);
  await docker("network", "create", ...LABEL, "--subnet", "10.78.0.0/24", NETWORK);
});

afterAll(async () => {
  const left = (await docker("ps", "--all", "--quiet", "--filter", "label=mailkeep.test=dnssec")).trim();
  if (left !== "") await docker("rm", "--force", ...left.split("\n"));
  await docker("network", "rm", NETWORK);
  await rm(folder, { recursive: true });
});

it("the stack's resolver answers for a signed zone with a validated address", async () => {
  const outside = await containerOf(on.stack, "world", "outside");
  // From the site's side: the resolver serves nobody else.
  const unbound = await containerOf(on.stack, on.site.name, "unbound");
  const answer = await digIn(unbound, outside, on.site.hostname);
  expect(answer).toMatch(/flags:[^;]* ad[; ]/);
  expect(answer).toContain(on.site.address);
});

it("an altered record is a failure, its unaltered neighbour is not", { timeout: 120_000 }, async () => {
  const images = await readImages();
  const [knot, unbound] = [images.knot?.tag ?? "", images.unbound?.tag ?? ""];
  await writeFile(join(folder, "altered.test.zone"), ZONE);
  await writeFile(join(folder, "serve.sh"), SERVE);
  const server = (
    await docker(
      "run",
      "--detach",
      ...LABEL,
      "--network",
      NETWORK,
      "--ip",
      SERVER,
      "--sysctl",
      "net.ipv4.ip_unprivileged_port_start=0",
      "--volume",
      `${folder}:/test:ro`,
      "--entrypoint",
      "/bin/sh",
      knot,
      "/test/serve.sh",
    )
  ).trim();
  await until("the zone is served", async () => (await docker("logs", server)).includes("ANCHOR"), 30_000);
  const anchor = /ANCHOR (.*)/.exec(await docker("logs", server))?.[1] ?? "";
  const stubZones = [{ zone: "altered.test", server: SERVER, signingKey: "altered" }];
  const config = renderUnbound({ address: RESOLVER, subnet: "10.78.0.0/24", outgoingAddress: RESOLVER, stubZones });
  await writeFile(
    join(folder, "unbound.conf"),
    resolveText(config, () => anchor),
  );
  const resolver = (
    await docker(
      "run",
      "--detach",
      ...LABEL,
      "--network",
      NETWORK,
      "--ip",
      RESOLVER,
      "--sysctl",
      "net.ipv4.ip_unprivileged_port_start=0",
      "--tmpfs",
      "/run:mode=1777",
      "--volume",
      `${folder}:/test:ro`,
      "--entrypoint",
      "/usr/sbin/unbound",
      unbound,
      "-d",
      "-p",
      "-c",
      "/test/unbound.conf",
    )
  ).trim();
  const outside = (
    await docker("inspect", "--format", "{{.Config.Image}}", await containerOf(on.stack, "world", "outside"))
  ).trim();
  const ask = (name: string): Promise<string> =>
    docker(
      "run",
      "--rm",
      ...LABEL,
      "--network",
      NETWORK,
      "--ip",
      ASKER,
      "--entrypoint",
      "dig",
      outside,
      `@${RESOLVER}`,
      name,
      "A",
      "+dnssec",
      "+time=2",
      "+tries=1",
    );
  await until("the resolver answers", async () => (await ask("good.altered.test")).includes("NOERROR"), 30_000).catch(
    async (error: unknown) => {
      throw new Error(`${String(error)}: ${await docker("logs", resolver)}`);
    },
  );
  expect(await ask("good.altered.test")).toMatch(/flags:[^;]* ad[; ]/);
  expect(await ask("bad.altered.test")).toContain("SERVFAIL");
});

/** Asks from inside the resolver's network, with the foreign server's tools. */
async function digIn(network: string, tools: string, name: string): Promise<string> {
  const image = (await docker("inspect", "--format", "{{.Config.Image}}", tools)).trim();
  return docker(
    "run",
    "--rm",
    ...LABEL,
    "--network",
    `container:${network}`,
    "--entrypoint",
    "dig",
    image,
    "@127.0.0.1",
    name,
    "A",
    "+dnssec",
  );
}

const ZONE = `$ORIGIN altered.test.
@ 300 IN SOA ns hostmaster 1 3600 600 1209600 60
@ 300 IN NS ns
ns 300 IN A ${SERVER}
good 300 IN A 192.0.2.1
bad 300 IN A 192.0.2.2
`;

/** Signs the zone, alters one record after that, and serves it as it is. */
const SERVE = `set -eu
mkdir -p /tmp/kasp /tmp/signed
cat >/tmp/sign.conf <<'END'
database:
  storage: /tmp/kasp
policy:
  - id: one
    algorithm: ecdsap256sha256
    single-type-signing: on
zone:
  - domain: altered.test
    file: /test/altered.test.zone
    dnssec-signing: on
    dnssec-policy: one
END
kzonesign --config /tmp/sign.conf --outdir /tmp/signed altered.test
sed -i '/^bad[.]/s/192[.]0[.]2[.]2/192.0.2.3/' /tmp/signed/altered.test.zone
cat >/tmp/serve.conf <<'END'
server:
  listen: ${SERVER}@53
  rundir: /tmp
database:
  storage: /tmp/database
zone:
  - domain: altered.test
    storage: /tmp/signed
    file: altered.test.zone
END
knotd --config /tmp/serve.conf &
echo "ANCHOR $(sed -n 's/.*[[:space:]]DNSKEY[[:space:]]*\\(257.*\\)/\\1/p' /tmp/signed/altered.test.zone | head -n 1)"
wait
`;

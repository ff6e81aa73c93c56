/**
 * A site's key of the link and the authority that vouches for the sites are changed, step by step, while mail flows over the link.
 *
 * The stack is left with the next ones. To go back would take as long again and show nothing more.
 */
import type { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { beforeAll, expect, it } from "vitest";
import { PORT } from "../../components/plan/ports.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { run as rotate } from "../../tools/commands/rotate.ts";
import { engine } from "../../tools/stack/pulumi.ts";
import { stackSettings } from "../../tools/stack/settings.ts";
import { linkGreeting } from "../support/link-client.ts";
import { linkCredentials, type LinkCredentials } from "../support/link-credentials.ts";
import { startLoad, tally } from "../support/load.ts";
import { sitesFixture, type SitesFixture } from "../support/sites.ts";
import { mark, until, untilHealthy } from "../support/system.ts";

const SITES = ["alpha", "bravo", "charlie"] as const;
const PATIENCE_MS = 60_000;
const EVERY_MS = 500;

let on: SitesFixture;

beforeAll(async () => {
  on = await sitesFixture();
  await untilHealthy(on.stack);
});

it("they change while mail flows over the link, and not a message is lost, doubled or given back", async () => {
  const before = await credentials();
  const { link, linkAuthority: authority } = (await stackSettings(on.stack)).rotation;
  const number = link["bravo"] ?? 1;
  const ann = on.user("ann@home.test");
  const load = startLoad(on.stack, mark(), ann.address, EVERY_MS);

  const first = await certificates();
  await step("link", "--site", "bravo");
  expect((await rotation()).link).toMatchObject({ bravo: number + 1 });
  await until("bravo shows a new key", async () => !sameKey(await shown("bravo"), first.bravo), PATIENCE_MS);
  for (const site of ["alpha", "charlie"] as const) expect(sameKey(await shown(site), first[site])).toBe(true);

  await step("ca");
  const next = authority.signs + 1;
  expect((await rotation()).linkAuthority).toEqual({ signs: authority.signs, believed: [next] });
  await step("ca", "--now");
  expect((await rotation()).linkAuthority).toEqual({ signs: next, believed: [authority.signs] });
  for (const site of SITES) {
    const another = async (): Promise<boolean> => (await shown(site)).issuer !== first[site].issuer;
    await until(`${site} shows a certificate of the next authority`, another, PATIENCE_MS);
  }
  expect(await greetingOfAlpha(before)).toMatch(/^said: 220 /);
  await step("ca", "--now");
  expect((await rotation()).linkAuthority).toEqual({ signs: next, believed: [] });
  const refused = async (): Promise<boolean> => (await greetingOfAlpha(before)).startsWith("ended");
  await until("alpha lets nobody in with a certificate of the last authority", refused, PATIENCE_MS);
  expect(await greetingOfAlpha(await credentials())).toMatch(/^said: 220 /);

  const accepted = await load.stop();
  expect(accepted).toBeGreaterThan(20);
  expect(await tally(on.stack, load, accepted, ann, await on.access("alpha"), 3 * PATIENCE_MS)).toMatchObject({
    accepted,
    delivered: accepted,
    lost: [],
    doubled: [],
    bounced: 0,
  });
  await untilHealthy(on.stack);
}, 900_000);

async function step(kind: string, ...flags: readonly string[]): Promise<void> {
  expect(await rotate([kind, on.stack, ...flags])).toBe(0);
}

async function rotation(): Promise<Settings["rotation"]> {
  return (await stackSettings(on.stack)).rotation;
}

async function credentials(): Promise<LinkCredentials> {
  return linkCredentials(on.stack, await engine(["docker", "compose"]), await stackSettings(on.stack));
}

/** To bravo, with what it proved itself with at some time. Whom alpha is vouched for by is not looked at. */
function greetingOfAlpha({ end }: LinkCredentials): Promise<string> {
  return linkGreeting(on.site("alpha"), "lmtp", { ...end("bravo"), rejectUnauthorized: false });
}

async function certificates(): Promise<Readonly<Record<(typeof SITES)[number], X509Certificate>>> {
  const [alpha, bravo, charlie] = await Promise.all([shown("alpha"), shown("bravo"), shown("charlie")]);
  return { alpha, bravo, charlie };
}

function sameKey(one: X509Certificate, other: X509Certificate): boolean {
  return one.publicKey.equals(other.publicKey);
}

/** What a site's end of the link shows to whoever asks. */
function shown(site: string): Promise<X509Certificate> {
  const { address, hostname } = on.site(site);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address,
      port: PORT.link,
      servername: `lmtp.${hostname}`,
      rejectUnauthorized: false,
    });
    socket.setTimeout(10_000, () => socket.destroy(new Error(`${site} is silent for 10 s`)));
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate === undefined) reject(new Error(`${site} shows no certificate`));
      else resolve(certificate);
    });
  });
}

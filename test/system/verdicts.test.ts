/** On which side the site's filter puts mail: what makes it faster must not move any of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { siteAddresses } from "../../components/plan/site-network.ts";
import { WORLD_ADDRESS } from "../../components/world/addresses.ts";
import { CORPUS, ENVELOPE } from "../support/corpus.ts";
import { scan, startPackagedFilter, type Envelope, type Verdict } from "../support/filters.ts";
import { containerOf, docker, fixture } from "../support/system.ts";
import { build, TRAITS } from "../support/traits.ts";

const HONEST: Envelope = { ...ENVELOPE, ip: WORLD_ADDRESS.outside.v4, hostname: ENVELOPE.helo };

/** How mail may be handed over. */
const ENVELOPES: Readonly<Record<string, Envelope>> = {
  "by an honest server": HONEST,
  "by a client without a reverse name": { ...HONEST, hostname: "unknown" },
  "by a client that greets with its bare address": { ...HONEST, helo: "198.51.100.4" },
  "by a client that greets without a domain": { ...HONEST, helo: "localhost" },
  "by a client with the name of an access line": {
    ...HONEST,
    hostname: "198-51-100-4.dynamic.outside.test",
    helo: "198-51-100-4.dynamic.outside.test",
  },
  "by a sender whose domain leads nowhere": { ...HONEST, from: "somebody@nowhere.invalid" },
  "as a bounce": { ...HONEST, from: "" },
};

/** Where mailkeep is stricter than the package, and means to be: no other finding may put a message on the side of spam. */
const STRICTER = ["PROGRAM_ATTACHED", "DISGUISED_PROGRAM", "DMARC_POLICY_REJECT", "DMARC_POLICY_QUARANTINE"];

let own: string;
let packaged: string | undefined;

beforeAll(async () => {
  const { stack, site } = await fixture();
  own = await containerOf(stack, site.name, "rspamd");
  packaged = await startPackagedFilter(stack, site.name, siteAddresses(0).unbound);
}, 120_000);

afterAll(async () => {
  if (packaged !== undefined) await docker("rm", "--force", packaged);
});

describe("the filter", () => {
  it.each(CORPUS)("takes $name for $side", async ({ side, message }) => {
    expect((await scan(own, HONEST, [message]))[0]).toMatchObject({ side });
  });

  it.each(Object.entries(ENVELOPES))(
    "loses no verdict and no finding of rspamd as packaged on what may be odd about a message handed over %s",
    { timeout: 120_000 },
    async (_, envelope) => {
      const messages = envelope === HONEST ? [...singles(), ...pairs(), ...corpus()] : [...singles(), ...corpus()];
      const texts = messages.map(({ text }) => text);
      const [ours, theirs] = await Promise.all([scan(own, envelope, texts), scan(packaged ?? "", envelope, texts)]);
      expect(theirs.filter(({ side }) => side === "spam").length).toBeGreaterThan(3);
      expect(messages.flatMap(({ name }, index) => losses(name, ours[index], theirs[index]))).toEqual([]);
    },
  );
});

interface Made {
  readonly name: string;
  readonly text: string;
}

function singles(): Made[] {
  return [
    { name: "nothing odd", text: build() },
    ...Object.entries(TRAITS).map(([name, trait]) => ({ name, text: build(trait) })),
  ];
}

function pairs(): Made[] {
  const traits = Object.entries(TRAITS);
  return traits.flatMap(([first, one], index) =>
    traits.slice(index + 1).map(([second, other]) => ({ name: `${first}, ${second}`, text: build(one, other) })),
  );
}

const corpus = (): Made[] => CORPUS.map(({ name, message }) => ({ name, text: message }));

/** What rspamd as packaged finds in a message and mailkeep's does not, and where they take it for something else. */
function losses(name: string, ours: Verdict | undefined, theirs: Verdict | undefined): unknown[] {
  if (ours === undefined || theirs === undefined) return [{ name, problem: "no verdict" }];
  const lost = [...theirs.findings].filter(([finding, score]) => (ours.findings.get(finding) ?? 0) < score - 0.01);
  const stricter = STRICTER.some((finding) => ours.findings.has(finding));
  const agree = ours.side === theirs.side || (ours.side === "spam" && stricter);
  return lost.length === 0 && agree ? [] : [{ name, lost, ours: ours.action, theirs: theirs.action }];
}

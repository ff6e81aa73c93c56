/** The same plan through every provider's adapter is the same record sets. */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { relativeName } from "../../../components/dns/digitalocean.ts";
import { managedZoneName } from "../../../components/dns/google.ts";
import { publishZones, type ToDo } from "../../../components/dns/publish.ts";
import { recordLines } from "../../../components/dns/zone-file.ts";
import { singles } from "../../../components/dns/single.ts";
import { formatTxt } from "../../../components/dns/txt.ts";
import type { PublishedZone } from "../../../components/plan/published.ts";
import type { Ref } from "../../../components/plan/text.ts";
import { deploy, valueOf, type Seen } from "../../support/mocks.ts";
import { zoneAt } from "./zone.fixture.ts";

/** As long as a real DKIM key of 2048 bits, so that it is cut. */
const known = (ref: Ref): string => ("key" in ref ? `${ref.ref}/${ref.key}/`.padEnd(392, "A") : ref.ref);
const resolve = (ref: Ref): pulumi.Output<string> => pulumi.output(known(ref));

const wanted = (zone: PublishedZone): readonly string[] => recordLines(zone.records, known).toSorted();

function put(zone: PublishedZone): Promise<{ result: ToDo; resources: Seen[] }> {
  return deploy(() => publishZones({ published: { zones: [zone], elsewhere: [] }, resolve }));
}

const line = (name: string, ttl: number, type: string, data: string): string => `${name}. ${ttl} IN ${type} ${data}`;
const absolute = (host: string): string => (host === "." ? "." : `${host}.`);

const cloudflare = z.object({
  zoneId: z.literal("abc"),
  name: z.string(),
  type: z.string(),
  ttl: z.number(),
  proxied: z.literal(false),
  content: z.string().optional(),
  priority: z.number().optional(),
  data: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

/** A Cloudflare record's inputs as a line of a zone file. */
function fromCloudflare(inputs: unknown): string {
  const { name, type, ttl, content = "", priority, data = {} } = cloudflare.parse(inputs);
  const fields = (...names: readonly string[]): string => names.map((field) => String(data[field])).join(" ");
  const texts: Readonly<Record<string, () => string>> = {
    MX: () => `${String(priority)} ${absolute(content)}`,
    TXT: () => content,
    TLSA: () => fields("usage", "selector", "matchingType", "certificate"),
    CAA: () => `${fields("flags", "tag")} "${fields("value")}"`,
    SRV: () => `${fields("priority", "weight", "port")} ${absolute(fields("target"))}`,
    CNAME: () => absolute(content),
  };
  return line(name, ttl, type, texts[type]?.() ?? content);
}

const digitalocean = z.object({
  domain: z.string(),
  name: z.string(),
  type: z.enum(["A", "AAAA", "CNAME", "MX", "NS", "SRV", "TXT"]),
  ttl: z.number(),
  value: z.string().min(1),
  priority: z.number().optional(),
  weight: z.number().optional(),
  port: z.number().min(1).optional(),
});

function fromDigitalOcean(inputs: unknown): string {
  const { domain, name, type, ttl, value, priority, weight, port } = digitalocean.parse(inputs);
  const host = name === "@" ? domain : `${name}.${domain}`;
  const before = type === "MX" ? [priority] : type === "SRV" ? [priority, weight, port] : [];
  return line(host, ttl, type, [...before, type === "TXT" ? formatTxt(value) : value].join(" "));
}

const google = z.object({
  project: z.literal("post"),
  managedZone: z.literal("mailkeep-mailkeep--test"),
  name: z.string(),
  type: z.string(),
  ttl: z.number(),
  rrdatas: z.array(z.string()).min(1),
});

function fromGoogle(inputs: unknown): readonly string[] {
  const { name, type, ttl, rrdatas } = google.parse(inputs);
  return rrdatas.map((data) => line(name.slice(0, -1), ttl, type, data));
}

const byHand = z.object({
  zone: z.literal("mailkeep.test"),
  records: z.record(z.string(), z.object({ ttlSeconds: z.number(), data: z.array(z.string()).min(1) })),
});

function fromHand(inputs: unknown): readonly string[] {
  return Object.entries(byHand.parse(inputs).records).flatMap(([key, { ttlSeconds, data }]) => {
    const [name = "", type = ""] = key.split(" ");
    return data.map((one) => line(name, ttlSeconds, type, one));
  });
}

const records = (resources: readonly Seen[]): readonly Seen[] =>
  resources.filter(({ type }) => /:(DnsRecord|RecordSet)$/.test(type));

describe("the zone of the sites, with addresses, keys, policies and services,", () => {
  it("is whole at Cloudflare, and never proxied", async () => {
    const zone = zoneAt("cloudflare");
    const { resources } = await put(zone);
    expect(
      records(resources)
        .map(({ inputs }) => fromCloudflare(inputs))
        .toSorted(),
    ).toEqual(wanted(zone));
    expect(records(resources).every(({ inputs }) => inputs["proxied"] === false)).toBe(true);
  });

  it("is whole in Google Cloud DNS, in a signed zone", async () => {
    const zone = zoneAt("google");
    const { resources } = await put(zone);
    expect(
      records(resources)
        .flatMap(({ inputs }) => fromGoogle(inputs))
        .toSorted(),
    ).toEqual(wanted(zone));
    expect(resources.find(({ type }) => type === "gcp:dns/managedZone:ManagedZone")?.inputs).toMatchObject({
      project: "post",
      dnsName: "mailkeep.test.",
      dnssecConfig: { state: "on", nonExistence: "nsec3" },
    });
  });

  it("is at DigitalOcean without what that cannot hold", async () => {
    const zone = zoneAt("digitalocean");
    const { resources } = await put(zone);
    expect(
      records(resources)
        .map(({ inputs }) => fromDigitalOcean(inputs))
        .toSorted(),
    ).toEqual(wanted(zone));
    const all = recordLines(zoneAt("cloudflare").records, known);
    const left = all.filter((one) => !wanted(zone).includes(one));
    expect(left.length).toBeGreaterThan(0);
    for (const one of left) expect(one).toMatch(/ IN (TLSA|CAA) | IN SRV 0 0 0 \.$/);
  });

  it("is printed for those who keep it by hand", async () => {
    const zone = zoneAt("print");
    const { result, resources } = await put(zone);
    const output = result.print["mailkeep.test"];
    if (output === undefined) throw new Error("Nothing is printed.");
    const { zoneFile, table } = await valueOf(output);
    expect(zoneFile.trimEnd().split("\n").slice(1).toSorted()).toEqual(wanted(zone));
    const rows = table.trimEnd().split("\n");
    const cells = rows.map((row) => row.split(/ +/));
    expect(
      cells
        .map(([name = "", type = "", ttl = "", ...data]) => line(name, Number(ttl), type, data.join(" ")))
        .toSorted(),
    ).toEqual(wanted(zone));
    // And the state has it, for previews and policies to see.
    expect(resources.map(({ type }) => type)).toEqual(["ledger:index:ZoneByHand"]);
    expect(resources.flatMap(({ inputs }) => fromHand(inputs)).toSorted()).toEqual(wanted(zone));
  });
});

it.each(["cloudflare", "google"] as const)("a parked domain is whole at %s: its MX is the root", async (provider) => {
  const { resources } = await put({ ...zoneAt(provider, "parked.test"), name: "mailkeep.test" });
  const lines = records(resources).flatMap(({ inputs }) =>
    provider === "google" ? fromGoogle(inputs) : [fromCloudflare(inputs)],
  );
  expect(lines).toContain("parked.test. 3600 IN MX 0 .");
});

it("what DigitalOcean cannot hold is an error, should it ever come so far", async () => {
  const zone = { ...zoneAt("cloudflare"), provider: "digitalocean" as const };
  await expect(put(zone)).rejects.toThrow(/DigitalOcean cannot hold .* TLSA/);
});

it("a preview shows every record", async () => {
  const zone = zoneAt("cloudflare");
  const program = (): ToDo => publishZones({ published: { zones: [zone], elsewhere: [] }, resolve });
  const { resources } = await deploy(program, { preview: true });
  expect(records(resources)).toHaveLength(wanted(zone).length);
});

describe("the name of a record", () => {
  const all = zoneAt("cloudflare").records.flatMap(singles);

  it("is its own", () => {
    const names = all.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("stays when a policy's text changes, and moves with an address", () => {
    const names = all.map(({ name }) => name);
    for (const name of [
      "mailkeep.test TXT",
      "_dmarc.mailkeep.test TXT",
      "mail.mailkeep.test A 198.51.100.12",
      "_25._tcp.bravo.mailkeep.test TLSA site/bravo/3",
      "mailkeep.test MX alpha.mailkeep.test",
      "alpha.mailkeep.test CAA issue",
      "_imaps._tcp.mailkeep.test SRV",
    ])
      expect(names).toContain(name);
  });
});

it("names are relative to their zone at DigitalOcean, and letters, digits and hyphens at Google", () => {
  expect(relativeName("a.b.home.test", "home.test")).toBe("a.b");
  expect(relativeName("home.test", "home.test")).toBe("@");
  expect(managedZoneName("4home.test")).toBe("mailkeep-4home--test");
  expect(managedZoneName(`${"a".repeat(60)}.test`)).toMatch(/^mailkeep-a{45}-[\da-f]{8}$/);
});

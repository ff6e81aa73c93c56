/** The clouds' stand-ins tell, replace and refuse as official plugins and clouds do. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloud } from "../../support/clouds/cloud.ts";
import { CLOUD_KINDS } from "../../support/clouds/kinds.ts";
import { ledgerIn } from "../../support/clouds/ledger.ts";
import { shapesOf } from "../../support/clouds/sdk-types.ts";

const urn = (type: string, name: string): string => `urn:pulumi:production::mailkeep::${type}::${name}`;
const VPC = "digitalocean:index/vpc:Vpc";
const DISK = "gcp:compute/disk:Disk";
const VOLUME = "digitalocean:index/volume:Volume";
const ATTACHMENT = "digitalocean:index/volumeAttachment:VolumeAttachment";
const INSTANCE = "gcp:compute/instance:Instance";
const RECORD = "digitalocean:index/dnsRecord:DnsRecord";

describe("a cloud's stand-in", () => {
  let folder: string;
  let provider: ReturnType<typeof cloud>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mk-cloud-"));
    provider = cloud("1.0.0", shapesOf(Object.keys(CLOUD_KINDS)), undefined, ledgerIn(folder));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const diff = (type: string, olds: object, news: object) => provider.diff("id", urn(type, "x"), olds, news);
  const create = (type: string, inputs: object) => provider.create(urn(type, "x"), inputs);

  it("has what was given a name deleted before it is made anew, and nothing else", async () => {
    const network = { name: "mailkeep-a", region: "fra1" };
    expect(await diff(VPC, network, { ...network, region: "ams3" })).toMatchObject({
      replaces: ["region"],
      deleteBeforeReplace: true,
    });
    expect(await diff(VPC, network, { ...network, name: "mailkeep-b" })).toMatchObject({
      changes: true,
      replaces: [],
      deleteBeforeReplace: false,
    });
    const attached = { dropletId: 1, volumeId: "v" };
    expect(await diff(ATTACHMENT, attached, { ...attached, dropletId: 2 })).toMatchObject({
      replaces: ["dropletId"],
      deleteBeforeReplace: false,
    });
  });

  it("makes a smaller disk anew at Google, and refuses it at DigitalOcean", async () => {
    const disk = { name: "d", zone: "z", size: 20 };
    expect(await diff(DISK, disk, { ...disk, size: 10 })).toMatchObject({ replaces: ["size"] });
    expect(await diff(DISK, disk, { ...disk, size: 30 })).toMatchObject({ changes: true, replaces: [] });
    await expect(diff(VOLUME, { ...disk, region: "r" }, { ...disk, region: "r", size: 10 })).rejects.toThrow("shrunk");
  });

  it("makes an instance anew for another IPv6 address, and not for another spelling of it", async () => {
    const at = (externalIpv6: string) => ({
      name: "i",
      networkInterfaces: [{ ipv6AccessConfigs: [{ externalIpv6, networkTier: "PREMIUM" }] }],
    });
    expect(await diff(INSTANCE, at("2001:db8::1"), at("2001:db8::2"))).toMatchObject({
      replaces: ["networkInterfaces"],
    });
    expect(await diff(INSTANCE, at("2001:db8:0:0:0:0:0:1"), at("2001:db8::1"))).toMatchObject({ replaces: [] });
  });

  it("has a name once, until what has it is gone", async () => {
    const network = { name: "mailkeep-c", region: "fra1" };
    await create(VPC, network);
    await expect(create(VPC, network)).rejects.toThrow(
      "409 There is a digitalocean:index/vpc:Vpc called mailkeep-c already.",
    );
    await provider.delete("id", urn(VPC, "x"), network);
    await expect(create(VPC, network)).resolves.toMatchObject({ outs: network });
  });

  it("attaches a volume to one droplet", async () => {
    await create(ATTACHMENT, { dropletId: 1, volumeId: "v" });
    await expect(create(ATTACHMENT, { dropletId: 2, volumeId: "v" })).rejects.toThrow("422 The volume is attached");
  });

  it.each([
    ["a name without its dot", { type: "MX", name: "@", value: "mx.example" }, { name: "@", value: "mx.example." }],
    ["a name with it", { type: "CNAME", name: "w", value: "Web.example." }, { name: "w", value: "web.example." }],
    [
      "a whole name for its own",
      { type: "A", name: "w.club.example.", value: "192.0.2.1" },
      { name: "w", value: "192.0.2.1" },
    ],
    ["the zone itself", { type: "A", name: "club.example.", value: "192.0.2.1" }, { name: "@" }],
    ["an address with zeros", { type: "AAAA", name: "w", value: "2001:DB8:0::1" }, { value: "2001:db8::1" }],
    ["a text", { type: "TXT", name: "w", value: "v=spf1 -all." }, { value: "v=spf1 -all." }],
  ])("tells %s as DigitalOcean does", async (_, inputs, told) => {
    expect((await create(RECORD, { domain: "club.example", ...inputs })).outs).toMatchObject(told);
  });
});

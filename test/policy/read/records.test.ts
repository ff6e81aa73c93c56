import { describe, expect, it } from "vitest";
import { recordsOf } from "../../../policy/read/records.ts";

const KEY = "A".repeat(300);

/** The same records, as each provider's SDK names their properties. */
const EXPECTED = [
  { owner: "example.org", type: "MX", value: "mx.example.net", preference: 10, proxied: false },
  { owner: "example.org", type: "TXT", value: `v=DKIM1; p=${KEY}`, proxied: false },
  { owner: "mx.example.org", type: "AAAA", value: "2001:db8::1", proxied: false },
  { owner: "old.example.org", type: "CNAME", value: "mx.example.org", proxied: false },
  { owner: "_imaps._tcp.example.org", type: "SRV", value: "0 1 993 mail.example.net", proxied: false },
];

/** Types that not every provider's zone can hold. */
const FURTHER = [
  { owner: "mx.example.org", type: "CAA", value: "0 issue ca.example; validationmethods=dns-01", proxied: false },
  { owner: "_imap._tcp.example.org", type: "SRV", value: "0 0 0 ", proxied: false },
  { owner: "parked.example.org", type: "MX", value: "", preference: 0, proxied: false },
];

describe("the same records, whoever serves them", () => {
  it("come from a zone file", () => {
    const zone = `$ORIGIN example.org.
; a comment; with "quotes"
@ 3600 IN MX 10 mx.example.net.
  3600 IN TXT ( "v=DKIM1; p=${KEY.slice(0, 200)}"
                "${KEY.slice(200)}" )
mx IN 60 AAAA 2001:DB8::1 ; a comment
old CNAME mx
_imaps._tcp SRV 0 1 993 mail.example.net.
mx CAA 0 issue "ca.example; validationmethods=dns-01"
_imap._tcp SRV 0 0 0 .
parked MX 0 .
`;
    const workloads = { knot: { service: {}, files: { "zones/example.org.zone": zone, "knot.conf": "x" } } };
    expect(recordsOf([{ type: "compose:index:Release", name: "world", props: { workloads } }])).toEqual([
      ...EXPECTED,
      ...FURTHER,
    ]);
  });

  it("come from Cloudflare", () => {
    const records = [
      { name: "example.org", type: "MX", content: "mx.example.net", priority: 10 },
      { name: "example.org", type: "TXT", content: `"v=DKIM1; p=${KEY.slice(0, 200)}" "${KEY.slice(200)}"` },
      { name: "mx.example.org", type: "AAAA", content: "2001:db8::1", proxied: false },
      { name: "old.example.org", type: "CNAME", content: "mx.example.org" },
      {
        name: "_imaps._tcp.example.org",
        type: "SRV",
        data: { priority: 0, weight: 1, port: 993, target: "mail.example.net" },
      },
      {
        name: "mx.example.org",
        type: "CAA",
        data: { flags: 0, tag: "issue", value: "ca.example; validationmethods=dns-01" },
      },
      { name: "_imap._tcp.example.org", type: "SRV", data: { priority: 0, weight: 0, port: 0, target: "." } },
      { name: "parked.example.org", type: "MX", content: ".", priority: 0 },
    ];
    const resources = records.map((props) => ({ type: "cloudflare:index/dnsRecord:DnsRecord", name: "r", props }));
    expect(recordsOf(resources)).toEqual([...EXPECTED, ...FURTHER]);
  });

  it("come from DigitalOcean", () => {
    const records = [
      { name: "@", type: "MX", value: "mx.example.net.", priority: 10 },
      { name: "@", type: "TXT", value: `v=DKIM1; p=${KEY}` },
      { name: "mx", type: "AAAA", value: "2001:db8::1" },
      { name: "old", type: "CNAME", value: "mx.example.org." },
      { name: "_imaps._tcp", type: "SRV", priority: 0, weight: 1, port: 993, value: "mail.example.net." },
    ];
    const resources = records.map((props) => ({
      type: "digitalocean:index/dnsRecord:DnsRecord",
      name: "r",
      props: { domain: "example.org", ...props },
    }));
    expect(recordsOf(resources)).toEqual(EXPECTED);
  });

  it("come from a zone that is kept by hand", () => {
    const set = (...data: readonly string[]): object => ({ ttlSeconds: 60, data });
    const props = {
      zone: "example.org",
      records: {
        "example.org MX": set("10 mx.example.net."),
        "example.org TXT": set(`"v=DKIM1; p=${KEY.slice(0, 200)}" "${KEY.slice(200)}"`),
        "mx.example.org AAAA": set("2001:db8::1"),
        "old.example.org CNAME": set("mx.example.org."),
        "_imaps._tcp.example.org SRV": set("0 1 993 mail.example.net."),
        "mx.example.org CAA": set('0 issue "ca.example; validationmethods=dns-01"'),
        "_imap._tcp.example.org SRV": set("0 0 0 ."),
        "parked.example.org MX": set("0 ."),
      },
    };
    expect(recordsOf([{ type: "ledger:index:ZoneByHand", name: "example.org", props }])).toEqual([
      ...EXPECTED,
      ...FURTHER,
    ]);
  });

  it("come from Google", () => {
    const records = [
      { name: "example.org.", type: "MX", rrdatas: ["10 mx.example.net."] },
      { name: "example.org.", type: "TXT", rrdatas: [`"v=DKIM1; p=${KEY.slice(0, 200)}" "${KEY.slice(200)}"`] },
      { name: "mx.example.org.", type: "AAAA", rrdatas: ["2001:db8::1"] },
      { name: "old.example.org.", type: "CNAME", rrdatas: ["mx.example.org."] },
      { name: "_imaps._tcp.example.org.", type: "SRV", rrdatas: ["0 1 993 mail.example.net."] },
      { name: "mx.example.org.", type: "CAA", rrdatas: ['0 issue "ca.example; validationmethods=dns-01"'] },
      { name: "_imap._tcp.example.org.", type: "SRV", rrdatas: ["0 0 0 ."] },
      { name: "parked.example.org.", type: "MX", rrdatas: ["0 ."] },
    ];
    const resources = records.map((props) => ({
      type: "gcp:dns/recordSet:RecordSet",
      name: "r",
      props: { managedZone: "z", ttl: 60, ...props },
    }));
    expect(recordsOf(resources)).toEqual([...EXPECTED, ...FURTHER]);
  });
});

it("a cloud's PTR records are known from its machines", () => {
  const droplet = { name: "alpha.home.test", ipv4Address: "192.0.2.11", ipv6Address: "2001:0DB8:22::1" };
  const instance = {
    networkInterfaces: [
      {
        accessConfigs: [{ natIp: "192.0.2.12", publicPtrDomainName: "bravo.home.test." }],
        ipv6AccessConfigs: [{ externalIpv6: "2001:db8:33::1" }],
      },
    ],
  };
  const found = recordsOf([
    { type: "digitalocean:index/droplet:Droplet", name: "alpha", props: droplet },
    { type: "gcp:compute/instance:Instance", name: "bravo", props: instance },
  ]);
  expect(found.map(({ type, value }) => `${type} ${value}`)).toEqual([
    "PTR alpha.home.test",
    "PTR alpha.home.test",
    "PTR bravo.home.test",
  ]);
  expect(found[2]?.owner).toBe("12.2.0.192.in-addr.arpa");
  expect(found[1]?.owner).toBe(`1${".0".repeat(19)}.2.2.0.0.8.b.d.0.1.0.0.2.ip6.arpa`);
});

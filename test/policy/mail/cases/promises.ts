/** Cases for the rules about what else records promise: TLSA at each MX, reports, policies and services. */
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, inFile, withResource } from "../../../support/slips.ts";
import { unknownFile, unknownZones, zone } from "../slips.ts";

const hosts = (from: string | RegExp, to: string) => zone("example.net", from, to);
const club = (from: string | RegExp, to: string) => zone("club.example", from, to);
const parked = (from: string | RegExp, to: string) => zone("parked.example", from, to);
const signedZone = (dnsName: string, state: string) =>
  withResource({
    type: "gcp:dns/managedZone:ManagedZone",
    name: "example.net",
    props: { dnsName, dnssecConfig: { state } },
  });
const noTlsa = hosts(/^_25.* TLSA .*\n/, "");
const alphaAlone = all(...["example.org", "club.example"].map((name) => zone(name, /^@ .* MX 10 bravo.*\n/, "")));
const atDigitalOcean = withResource({
  type: "digitalocean:index/dnsRecord:DnsRecord",
  name: "txt",
  props: { domain: "parked.example", name: "@", type: "TXT", value: "hello" },
});

export const promiseCases: Readonly<Record<string, RuleCases>> = {
  "require-mx-tlsa": {
    refuses: [
      [
        "an MX target that was forgotten",
        hosts(/^_25\._tcp\.bravo .*\n/, ""),
        "the MX target bravo.example.net has no TLSA record for port 25, though _25._tcp.alpha.example.net has one; publish one.",
      ],
      [
        "another port alone",
        hosts("_25._tcp.bravo", "_465._tcp.bravo"),
        "the MX target bravo.example.net has no TLSA record for port 25",
      ],
      [
        "none in a zone that is known to be signed",
        all(noTlsa, alphaAlone, signedZone("example.net.", "on")),
        "the MX target alpha.example.net has no TLSA record for port 25, though the zone example.net is signed",
      ],
    ],
    accepts: [
      ["a zone without any", noTlsa],
      ["one that is known not to be signed", all(noTlsa, signedZone("example.net.", "off"))],
      ["another that is signed", all(noTlsa, signedZone("ample.net.", "on"))],
    ],
    unknown: [unknownZones],
  },
  "require-null-mx": {
    refuses: [
      [
        "a domain without mail and without MX",
        parked(/^@ .* MX .*\n/, ""),
        "parked.example has no mail and no null MX, so others try its own address for days; publish MX 0 . there.",
      ],
      [
        "a null MX beside another",
        parked(/^(@ .* MX) 0 \.\n/, "$1 0 .\n$1 10 mx.elsewhere.example.\n"),
        "parked.example has a null MX beside mx.elsewhere.example; keep one.",
      ],
      ["no SPF", parked("v=spf1", "v=spf2"), "its SPF record does not say that nobody sends from it; use v=spf1 -all."],
      ["SPF that lets one send", parked("-all", "ip4:192.0.2.11 -all"), "does not say that nobody sends from it"],
      ["SPF that lets others send", parked("-all", "include:elsewhere.example -all"), "does not say that nobody sends"],
      ["SPF that only doubts", parked("-all", "~all"), "does not say that nobody sends from it"],
      [
        "no DMARC",
        parked(/^_dmarc .*\n/, ""),
        "parked.example has no mail and no DMARC record; publish v=DMARC1; p=reject at _dmarc.parked.example.",
      ],
    ],
    accepts: [
      ["no null MX where a provider cannot hold it", all(parked(/^@ .* MX .*\n/, ""), atDigitalOcean)],
      ["a domain that sends bounces, and so signs", parked(/^@ .* MX .*\n/, 's1._domainkey IN TXT "v=DKIM1; p="\n')],
    ],
    unknown: [unknownZones],
  },
  "require-tls-rpt-record": {
    refuses: [
      [
        "no record",
        club(/^_smtp\._tls .*\n/, ""),
        "_smtp._tls.club.example has 0 records of TLS reporting; publish one.",
      ],
      ["two", club(/^(_smtp\._tls .*\n)/, "$1$1"), "_smtp._tls.club.example has 2 records of TLS reporting"],
      [
        "one that names nobody",
        club("rua=mailto:postmaster@club.example", "rua="),
        '_smtp._tls.club.example says "v=TLSRPTv1; rua=", and not where reports go; add rua=mailto: and an address.',
      ],
    ],
    accepts: [["reports by HTTPS", club("rua=mailto:postmaster@club.example", "rua=https://reports.example/tls")]],
    unknown: [unknownZones],
  },
  "require-mta-sts-record": {
    refuses: [
      [
        "a policy that no record tells of",
        club(/^_mta-sts .*\n/, ""),
        "the sites serve an MTA-STS policy for club.example, and _mta-sts.club.example has 0 records of it; publish one.",
      ],
      ["two records", club(/^(_mta-sts .*\n)/, "$1$1"), "_mta-sts.club.example has 2 records of it"],
    ],
    accepts: [
      [
        "a domain whose policy is not served",
        all(
          club(/^_mta-sts .*\n/, ""),
          ...["alpha", "bravo"].map((site) => inFile(site, "edge", "web/mta-sts.map", "club.example enforce\n", "")),
        ),
      ],
    ],
    unknown: [unknownFile("edge", "web/mta-sts.map")],
  },
  "require-service-records": {
    refuses: [
      [
        "no record for a service",
        club(/^_imaps\._tcp .*\n/, ""),
        "_imaps._tcp.club.example has no SRV record; publish one with the port 993.",
      ],
      [
        "a service that is there and said not to be",
        club("465 mail.example.net.", "0 ."),
        "the SRV record _submissions._tcp.club.example says that the service is not there, and it is; name the host.",
      ],
      ["another port", club("SRV 0 1 993", "SRV 0 1 143"), "_imaps._tcp.club.example names port 143; use 993."],
      [
        "a host without an address",
        club("993 mail.example.net", "993 imap.example.net"),
        "_imaps._tcp.club.example leads to imap.example.net, which has no A record; add one.",
      ],
      [
        "an alias",
        all(club("587 mail.example.net", "587 www.example.net"), hosts(/$(?![\s\S])/, "www IN CNAME mail\n")),
        "_submission._tcp.club.example leads to www.example.net, which is an alias; name a host with addresses.",
      ],
    ],
    accepts: [
      [
        "a host in somebody else's zone",
        club("993 mail.example.net", "993 imap.elsewhere.example"),
        { config: { elsewhere: ["imap.elsewhere.example"] } },
      ],
    ],
    unknown: [unknownZones],
  },
};

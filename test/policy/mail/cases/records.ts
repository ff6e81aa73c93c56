/** Cases for the rules about MX and the names of sites. */
import { UNKNOWN } from "../../../support/policy.ts";
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, inFile, inResource, nothing, withFile, withoutResource, withResource } from "../../../support/slips.ts";
import { both, PRODUCTION, unknownZones, zone } from "../slips.ts";

export const recordCases: Readonly<Record<string, RuleCases>> = {
  "require-mx-record": {
    refuses: [
      [
        "a domain without MX",
        zone("club.example", /^@ .* MX .*\n/, ""),
        "club.example has no MX record; add one that names alpha.example.net or bravo.example.net.",
      ],
      [
        "a domain whose MX is elsewhere",
        zone("club.example", /MX 10 (alpha|bravo)\.example\.net/, "MX 10 mx.elsewhere.example"),
        "the MX records of club.example name mx.elsewhere.example, mx.elsewhere.example, none of this stack",
      ],
      ["a null MX", zone("club.example", /^(@ .* MX) .*\n/, "$1 0 .\n"), "the MX records of club.example name"],
    ],
    accepts: [["another order and class", zone("club.example", /^@ 3600 IN MX/, "@ IN 1h MX")]],
    unknown: [unknownZones],
  },
  "require-redundant-mx": {
    refuses: [
      [
        "one MX in production",
        zone("club.example", /^@ .* MX 10 bravo.*\n/, ""),
        "club.example has mail taken in at 1 site (MX: alpha.example.net); name hosts of two sites.",
        PRODUCTION,
      ],
      [
        "two names of one site",
        zone("club.example", "MX 10 bravo.example.net.", "MX 20 alpha.example.net."),
        "club.example has mail taken in at 1 site",
        PRODUCTION,
      ],
      [
        "one MX in a stack that is named",
        zone("club.example", /^@ .* MX 10 bravo.*\n/, ""),
        "club.example has mail taken in at 1 site",
        { stack: "live", config: { production: ["live"] } },
      ],
    ],
    accepts: [
      ["two MX in production", nothing, PRODUCTION],
      ["one MX elsewhere", zone("club.example", /^@ .* MX 10 bravo.*\n/, ""), { stack: "staging" }],
    ],
    unknown: [unknownZones, PRODUCTION],
  },
  "require-redundant-maildrops": {
    refuses: [
      [
        "one store of mail in production",
        withoutResource("bravo"),
        "mailboxes are stored by mailkeep-test-alpha alone; give a second site the role maildrop.",
        PRODUCTION,
      ],
    ],
    accepts: [
      ["two in production", nothing, PRODUCTION],
      ["one elsewhere", withoutResource("bravo"), { stack: "staging" }],
    ],
    unknown: [inResource("compose:index:Release", "alpha", (props) => ({ ...props, workloads: UNKNOWN })), PRODUCTION],
  },
  "require-mx-target-address": {
    refuses: [
      [
        "a target without A",
        zone("example.net", /^bravo .* A .*\n/, ""),
        "the MX target bravo.example.net has no A record",
      ],
      [
        "a target without AAAA, where its site sends by IPv6",
        zone("example.net", /^bravo .* AAAA .*\n/, ""),
        "has no AAAA record, though its site sends from 2001:0db8:0000:0000:0000:0000:0000:0012",
      ],
      [
        "a target that is nowhere",
        zone("club.example", "MX 10 bravo.example.net.", "MX 20 backup.elsewhere.example."),
        "the MX target backup.elsewhere.example has no A record",
      ],
    ],
    accepts: [
      [
        "a target elsewhere that is listed",
        zone("club.example", "MX 10 bravo.example.net.", "MX 20 backup.elsewhere.example."),
        { config: { elsewhere: ["backup.elsewhere.example"] } },
      ],
      ["a site without IPv6", all(zone("example.net", /^alpha .* AAAA .*\n/, ""), both(/^smtp_bind_address6.*\n/, ""))],
    ],
    unknown: [unknownZones],
  },
  "disallow-alias-mx-target": {
    refuses: [
      [
        "an alias, told for each of two domains' records once",
        all(
          zone("example.net", /^bravo .* A .*\n/, "bravo IN CNAME alpha\n"),
          zone("example.org", /^@ .* MX 10 bravo.*\n/, ""),
        ),
        "the MX target bravo.example.net of club.example is an alias of alpha.example.net",
      ],
      [
        "an alias at Google",
        all(
          withResource({
            type: "gcp:dns/recordSet:RecordSet",
            name: "bravo",
            props: {
              name: "bravo.example.net.",
              type: "CNAME",
              ttl: 60,
              managedZone: "z",
              rrdatas: ["alpha.example.net."],
            },
          }),
          zone("example.org", /^@ .* MX 10 bravo.*\n/, ""),
        ),
        "the MX target bravo.example.net of club.example is an alias of alpha.example.net",
      ],
    ],
    unknown: [unknownZones],
  },
  "disallow-proxied-mail-record": {
    refuses: [
      [
        "a host behind a proxy",
        withResource(cloudflare("alpha.example.net", "A", "192.0.2.11", true)),
        "the A record alpha.example.net (192.0.2.11) is proxied, so no mail reaches it; set proxied to false.",
      ],
      [
        "a host behind a proxy by IPv6 alone",
        withResource(cloudflare("alpha.example.net", "AAAA", "2001:db8::11", true)),
        "the AAAA record alpha.example.net",
      ],
    ],
    accepts: [
      ["a host that is not", withResource(cloudflare("alpha.example.net", "A", "192.0.2.11", false))],
      ["a web page that is", withResource(cloudflare("www.example.org", "A", "192.0.2.80", true))],
    ],
    unknown: [unknownZones],
  },
  "require-reverse-name": {
    refuses: [
      [
        "no PTR",
        zone("2.0.192.in-addr.arpa", /^11 .*\n/, ""),
        "192.0.2.11 has no PTR record, but the site says HELO alpha.example.net; set it to that.",
      ],
      [
        "another PTR",
        zone("2.0.192.in-addr.arpa", "alpha.example.net", "mail.example.net"),
        "192.0.2.11 has the PTR record mail.example.net, but the site says HELO alpha.example.net",
      ],
      [
        "two PTR",
        zone("2.0.192.in-addr.arpa", /^11 /, "11 IN PTR mail.example.net.\n11 "),
        "192.0.2.11 has the PTR record mail.example.net, alpha.example.net",
      ],
      [
        "no PTR for IPv6",
        zone("8.b.d.0.1.0.0.2.ip6.arpa", /^1\.1.*\n/, ""),
        "2001:0db8:0000:0000:0000:0000:0000:0011 has no PTR record",
      ],
      [
        "a name that does not lead back",
        zone("example.net", /^alpha .* A .*\n/, "alpha IN A 192.0.2.99\n"),
        "alpha.example.net sends from 192.0.2.11, but has no A record with it",
      ],
    ],
    accepts: [
      ["PTR kept by hand", zone("2.0.192.in-addr.arpa", /^11 .*\n/, ""), { config: { keptByHand: ["192.0.2.11"] } }],
      [
        "a site whose mail leaves by another server",
        all(
          both(/^mynetworks =/, "relayhost = [relay.example.net]\nmynetworks ="),
          zone("2.0.192.in-addr.arpa", /^11 .*\n/, ""),
        ),
      ],
    ],
    unknown: [unknownZones],
  },
  "require-certificate-name": {
    refuses: [
      [
        "a certificate for another name",
        inResource("tls:index/certRequest:CertRequest", "site/alpha", (props) => ({
          ...props,
          subject: { commonName: "mail.example.net" },
          dnsNames: ["mail.example.net"],
        })),
        "the certificate request of mailkeep-test-alpha is for mail.example.net, not for alpha.example.net",
      ],
      [
        "a request from elsewhere",
        inFile("alpha", "certs", "csr.pem", "request alpha", "another"),
        "the certificate request of mailkeep-test-alpha is none that this stack made, not for alpha.example.net",
      ],
    ],
    accepts: [
      [
        "the name as common name alone, in a list as older plugins have it",
        inResource("tls:index/certRequest:CertRequest", "site/alpha", (props) => ({
          ...props,
          subject: [{ commonName: "Alpha.example.net" }],
          dnsNames: [],
        })),
      ],
    ],
    unknown: [
      inResource("tls:index/certRequest:CertRequest", "site/alpha", (props) => ({ ...props, certRequestPem: UNKNOWN })),
    ],
  },
  "require-mta-sts-served": {
    refuses: [
      [
        "a site that serves no policy",
        inFile("alpha", "edge", "web/mta-sts.map", "club.example enforce", "club.example testing"),
        "mailkeep-test-alpha serves no policy for club.example, of which _mta-sts.club.example tells.",
      ],
      [
        "a site that serves another policy",
        testing("mx: alpha.example.net\r\nmx: bravo.example.net\r\nmax_age: 86400\r\n"),
        "mailkeep-test-alpha serves another policy than that of _mta-sts.club.example",
      ],
      [
        "a policy without an MX host",
        testing("mx: alpha.example.net\r\n"),
        "mailkeep-test-alpha serves a policy without the MX host bravo.example.net, where _mta-sts.club.example would let",
      ],
      [
        "a policy with a host of others",
        testing("mx: alpha.example.net\r\nmx: bravo.example.net\r\nmx: mx.elsewhere.example\r\n"),
        "mailkeep-test-alpha serves a policy with mx.elsewhere.example in it, which is no host of this stack",
      ],
      [
        "a name that leads nowhere",
        zone("club.example", "mta-sts 3600 IN CNAME web.example.net.", "mta-sts 3600 IN CNAME www.example.net."),
        "mta-sts.club.example, where _mta-sts.club.example sends for the policy, leads to no address",
      ],
      [
        "a certificate without the name",
        inResource("tls:index/certRequest:CertRequest", "web/alpha/1", (props) => ({
          ...props,
          dnsNames: ["mta-sts.example.org"],
        })),
        "mailkeep-test-alpha asks for no certificate for mta-sts.club.example.",
      ],
      [
        "a record where no site serves anything",
        all(
          zone("example.org", /^_mta-sts .*\n/, ""),
          inFile("alpha", "edge", "haproxy.cfg", "frontend https", "frontend other"),
          inFile("bravo", "edge", "haproxy.cfg", "frontend https", "frontend other"),
        ),
        "_mta-sts.club.example tells of a policy, and no site serves one; take the record out.",
      ],
    ],
    accepts: [
      ["a domain without a record", zone("club.example", /^_mta-sts .*\n/, "")],
      ["an MX host that is away for a while", zone("club.example", /^@ .* MX 10 bravo.*\n/, "")],
    ],
    unknown: [unknownZones],
  },
};

/** Another policy for one of the domains at one of the sites. */
function testing(lines: string) {
  return all(
    withFile("alpha", "edge", "web/mta-sts-testing.txt", `version: STSv1\r\nmode: testing\r\n${lines}`),
    inFile("alpha", "edge", "web/mta-sts.map", "club.example enforce", "club.example testing"),
  );
}

function cloudflare(name: string, type: string, content: string, proxied: boolean) {
  const props = { zoneId: "z", name, type, content, ttl: 1, proxied };
  return { type: "cloudflare:index/dnsRecord:DnsRecord", name: `${type} ${name}`, props };
}

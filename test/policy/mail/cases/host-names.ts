/** Cases for the rules about the name of a site: that mail reaches it there, that it is found back, and certified. */
import { UNKNOWN } from "../../../support/policy.ts";
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, inFile, inResource, inWorkload, withResource, type Change } from "../../../support/slips.ts";
import { both, main, unknownZones, zone } from "../slips.ts";

export const hostNameCases: Readonly<Record<string, RuleCases>> = {
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
        "a Postfix without a name",
        main("mx", /^(myhostname|smtp_helo_name).*\n/, ""),
        "mailkeep-test-alpha, workload mx: main.cf has no myhostname, so HELO says what the container is called; set it.",
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
      [
        "no request, and no certificate of an authority of the stack's own",
        certificate("a certificate", "request alpha", "another"),
        "mailkeep-test-alpha (alpha.example.net) asks for no certificate, and has none of the stack's own authority",
      ],
      [
        "a certificate of that authority for another name",
        certificate("a certificate", "request bravo"),
        "not for alpha.example.net; add that name",
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
      ["a certificate of the stack's own authority", certificate("a certificate", "request alpha")],
    ],
    unknown: [
      inResource("tls:index/certRequest:CertRequest", "site/alpha", (props) => ({ ...props, certRequestPem: UNKNOWN })),
    ],
  },
};

/** The certificate that alpha shows comes from the stack's own authority, and nobody is asked. @param shown what it shows */
function certificate(certPem: string, certRequestPem: string, shown = certPem): Change {
  return all(
    inWorkload("alpha", "certs", (inputs) => ({ ...inputs, files: { "interim.pem": shown } })),
    withResource({
      type: "tls:index/locallySignedCert:LocallySignedCert",
      name: "site/alpha",
      props: { certPem, certRequestPem },
    }),
  );
}

function cloudflare(name: string, type: string, content: string, proxied: boolean) {
  const props = { zoneId: "z", name, type, content, ttl: 1, proxied };
  return { type: "cloudflare:index/dnsRecord:DnsRecord", name: `${type} ${name}`, props };
}

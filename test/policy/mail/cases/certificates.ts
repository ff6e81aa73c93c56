/** Cases for the rules about certificates: for which names, and by whom. */
import { UNKNOWN } from "../../../support/policy.ts";
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, inResource, nothing, withResource } from "../../../support/slips.ts";
import { PRODUCTION, unknownZones, zone } from "../slips.ts";

const hosts = (from: string | RegExp, to: string) => zone("example.net", from, to);
const request = (props: Readonly<Record<string, unknown>>) =>
  inResource("tls:index/certRequest:CertRequest", "site/alpha", (before) => ({ ...before, ...props }));
const noCaa = hosts(/^\w+ 3600 IN CAA .*\n/, "");
const noneForAlpha = hosts(/^alpha 3600 IN CAA .*\n/, "");
const atDigitalOcean = withResource({
  type: "digitalocean:index/dnsRecord:DnsRecord",
  name: "txt",
  props: { domain: "example.net", name: "@", type: "TXT", value: "hello" },
});

export const certificateCases: Readonly<Record<string, RuleCases>> = {
  "require-caa-record": {
    refuses: [
      ["a host without", noneForAlpha, "alpha.example.net is certified, and no CAA record says by whom; publish one."],
      [
        "names that are aliases of a host without",
        all(
          hosts(/^web 3600 IN CAA .*\n/, ""),
          zone("club.example", "mta-sts 3600 IN CNAME web", "mta-sts 3600 IN CNAME mail"),
        ),
        "mta-sts.example.org is certified, and no CAA record",
      ],
      [
        "a host that no authority may certify",
        hosts(/^(alpha 3600 IN CAA) 0 issue .*$/, '$1 0 issue ";"'),
        "alpha.example.net is certified, and the CAA records at alpha.example.net let no authority issue; name one.",
      ],
      [
        "none at all in production",
        noCaa,
        "no CAA record of this stack says who may certify alpha.example.net, mail.example.net, mta-sts.example.org,",
        PRODUCTION,
      ],
    ],
    accepts: [
      ["those that are there, in production", nothing, PRODUCTION],
      ["none at all elsewhere", noCaa],
      ["those of the domain above", hosts(/^(alpha|bravo|mail) 3600 IN CAA/, "@ 3600 IN CAA")],
      ["none where a provider cannot hold them", all(noneForAlpha, atDigitalOcean)],
      ["none in a zone that is named", noneForAlpha, { config: { without: ["example.net"] } }],
    ],
    unknown: [unknownZones, PRODUCTION],
  },
  "disallow-wildcard-certificate": {
    refuses: [
      [
        "a wildcard",
        request({ dnsNames: ["alpha.example.net", "*.example.net"] }),
        "mailkeep-test-alpha asks for a certificate for *.example.net; name each host instead.",
      ],
      ["one as the subject", request({ subject: { commonName: "*.example.net" } }), "a certificate for *.example.net"],
    ],
    unknown: [request({ dnsNames: UNKNOWN })],
  },
};

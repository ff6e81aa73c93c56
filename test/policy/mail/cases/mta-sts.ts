/** Cases for the rule about MTA-STS: that each site serves the policy that a record tells of. */
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, inFile, inResource, withFile } from "../../../support/slips.ts";
import { unknownZones, zone } from "../slips.ts";

export const mtaStsCases: Readonly<Record<string, RuleCases>> = {
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

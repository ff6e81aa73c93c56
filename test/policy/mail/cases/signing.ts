/** Cases for the rules about how mail is signed: with which keys and algorithms, and for which domains. */
import { fields } from "../../../../policy/read/values.ts";
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, inFile, inWorkload } from "../../../support/slips.ts";
import { privateKey } from "../base/dkim-keys.ts";
import { directory, unknownDirectory, unknownFile } from "../slips.ts";

export const signingCases: Readonly<Record<string, RuleCases>> = {
  "require-dkim-key-files": {
    refuses: [
      [
        "a key that is not there",
        inFile("alpha", "opendkim", "keytable", "keys/club.example.pem", "keys/club.example.2.pem"),
        "workload opendkim: the key /run/conf/keys/club.example.2.pem for *@club.example is not among its secret files",
      ],
      [
        "a key outside of the release",
        inFile("alpha", "opendkim", "keytable", "/run/conf/keys/club.example.pem", "/etc/dkim/club.example.pem"),
        "the key /etc/dkim/club.example.pem for *@club.example is not among its secret files",
      ],
      [
        "a name that the key table lacks",
        inFile("alpha", "opendkim", "signingtable", "@club.example two", "@club.example three"),
        "the signing table has three for *@club.example, which the key table lacks; add it.",
      ],
      [
        "a key that is a plain file",
        inWorkload("alpha", "opendkim", ({ secretFiles, files, ...rest }) => {
          const { "keys/club.example.pem": key, ...others } = fields(secretFiles);
          return { ...rest, secretFiles: others, files: { ...fields(files), "keys/club.example.pem": key } };
        }),
        "the key /run/conf/keys/club.example.pem for *@club.example is not among its secret files",
      ],
    ],
    unknown: [unknownFile("opendkim", "keytable")],
  },
  "require-dkim-algorithm-of-key": {
    refuses: [
      [
        "an RSA key of the signer with Ed25519: signatures that nobody can verify",
        inFile("alpha", "opendkim-ed25519", "keys/club.example.e1.pem", /^[^]*$/, privateKey()),
        "mailkeep-test-alpha, workload opendkim-ed25519: the key of e1._domainkey.club.example is of the kind rsa, and it signs with ed25519-sha256.",
      ],
      [
        "a signer that is told of no algorithm, and has Ed25519 keys",
        all(
          inFile("alpha", "opendkim-ed25519", "opendkim.conf", /^SignatureAlgorithm.*\n/, ""),
          inFile("alpha", "opendkim-ed25519", "keytable", /^four.*\n/, ""),
        ),
        "the key of e1._domainkey.example.org is of the kind ed25519, and it signs with rsa-sha256.",
      ],
    ],
    accepts: [
      [
        "a key that is not there, which is another rule's",
        inFile("alpha", "opendkim", "keytable", "example.org.pem", "x.pem"),
      ],
    ],
    unknown: [unknownFile("opendkim-ed25519", "opendkim.conf")],
  },
  "require-signing-of-hosted-domains": {
    refuses: [
      [
        "a domain without a line",
        inFile("alpha", "opendkim", "signingtable", /^.*club.*\n/, ""),
        "mailkeep-test-alpha hosts club.example, but its signing table for rsa-sha256 has no line for it; add one.",
      ],
      [
        "another domain's key",
        inFile("alpha", "opendkim", "signingtable", "@club.example two", "@club.example one"),
        "mailkeep-test-alpha signs for club.example as example.org",
      ],
      [
        "a domain without a line of the second signer",
        inFile("alpha", "opendkim-ed25519", "signingtable", /^.*club.*\n/, ""),
        "mailkeep-test-alpha hosts club.example, but its signing table for ed25519-sha256 has no line for it; add one.",
      ],
      [
        "no RSA signature",
        inWorkload("alpha", "opendkim", ({ files, ...rest }) => {
          const { signingtable, ...others } = fields(files);
          return { ...rest, files: { ...others, unused: signingtable } };
        }),
        "mailkeep-test-alpha signs without RSA, which many receivers do not verify",
      ],
      [
        "a pattern that only looks like the domain",
        inFile("alpha", "opendkim", "signingtable", "@club.example", "@clubXexample"),
        "hosts club.example, but its signing table for rsa-sha256 has no line",
      ],
    ],
    accepts: [
      [
        "a key of the domain above",
        all(
          directory('"club.example"', '"lists.example.org"'),
          inFile("alpha", "opendkim", "signingtable", /^.*club.*\n/, "*@*.example.org one\n"),
          inFile("alpha", "opendkim-ed25519", "signingtable", /^.*club.*\n/, "*@*.example.org three\n"),
        ),
      ],
    ],
    unknown: [unknownDirectory],
  },
};

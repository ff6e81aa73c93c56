/** The release of a site: its workloads with their files, and where they keep mail. */
import type { FakeResource } from "../../../support/policy.ts";
import { DIRECTORY, DOVECOT, haproxy, main, master, MX, POLICY, SUBMISSION } from "./configuration.ts";
import { ED25519_PRIVATE, RSA_PRIVATE } from "./dkim-keys.ts";
import type { Site } from "./sites.ts";

export const service = (volume?: string, target?: string): Readonly<Record<string, unknown>> => ({
  image: "image",
  volumes: volume === undefined ? [] : [{ type: "volume", source: volume, target }],
});

export function site(one: Site): FakeResource {
  const workload = (
    own: Readonly<Record<string, unknown>>,
    files: Readonly<Record<string, string>>,
    secretFiles: Readonly<Record<string, string>> = {},
  ): Readonly<Record<string, unknown>> => ({ uid: 2000, service: own, files, secretFiles });
  return {
    type: "compose:index:Release",
    name: one.name,
    props: {
      project: `mailkeep-test-${one.name}`,
      networks: {},
      volumes: {
        mail: { name: "m", kind: "mail" },
        "queue-mx": { name: "q", kind: "mail" },
        "queue-submission": { name: "s", kind: "mail" },
        directory: { name: "d", kind: "mail" },
        scratch: { name: "x", kind: "state" },
      },
      workloads: {
        mx: workload(service("queue-mx", "/var/spool/postfix"), {
          "main.cf": main(one, MX),
          "master.cf": master(10025),
        }),
        submission: workload(service("queue-submission", "/var/spool/postfix"), {
          "main.cf": main(one, SUBMISSION),
          "master.cf": master(10587),
        }),
        dovecot: workload(service("mail", "/srv/mail"), { "dovecot.conf": DOVECOT }),
        edge: workload(service(), {
          "haproxy.cfg": haproxy(one),
          "web/mta-sts.map": "example.org enforce\nclub.example enforce\n",
          "web/mta-sts-enforce.txt": POLICY,
        }),
        couchmail: workload(
          service("directory", "/var/lib/couchmail"),
          { "config.json": JSON.stringify({ data: "/var/lib/couchmail" }) },
          { "directory.json": DIRECTORY },
        ),
        opendkim: workload(
          service(),
          {
            signingtable: "*@example.org one\n*@club.example two\n",
            keytable:
              "one example.org:s1:/run/conf/keys/example.org.pem\ntwo club.example:s1:/run/conf/keys/club.example.pem\n",
          },
          { "keys/example.org.pem": RSA_PRIVATE, "keys/club.example.pem": RSA_PRIVATE },
        ),
        "opendkim-ed25519": workload(
          service(),
          {
            "opendkim.conf": "Mode s\nSignatureAlgorithm  ed25519-sha256\n",
            signingtable: "*@example.org three\n*@club.example four\n",
            keytable:
              "three example.org:e1:/run/conf/keys/example.org.e1.pem\nfour club.example:e1:/run/conf/keys/club.example.e1.pem\n",
          },
          { "keys/example.org.e1.pem": ED25519_PRIVATE, "keys/club.example.e1.pem": ED25519_PRIVATE },
        ),
        certs: workload(service(), { "csr.pem": `request ${one.name}`, "web/1.csr": `web request ${one.name}` }),
      },
    },
  };
}

/** Cases for the rules about what is kept: secrets, mail, logs, ports. */
import { fields } from "../../../policy/read/values.ts";
import { all, inResource, inService, inWorkload, nothing, withFile } from "../../support/slips.ts";
import { UNKNOWN } from "../../support/policy.ts";
import type { RuleCases } from "../../support/rule-cases.ts";

type Service = Readonly<Record<string, unknown>>;

const RELEASE = "compose:index:Release";

const edge = (service: Service) => inService("alpha", "edge", service);
const mx = (service: Service) => inService("alpha", "mx", service);
const net = (service: Service) => inService("alpha", "net", service);
const unknown = (key: string) => [edge({ [key]: UNKNOWN })] as const;
const volume = (name: string, kind: unknown) =>
  inResource(RELEASE, "alpha", (props) => ({
    ...props,
    volumes: { ...fields(props["volumes"]), [name]: { name, kind } },
  }));
const keeper = (environment: Service) => withFile("alpha", "edge", "keeper.json", JSON.stringify({ environment }));
const file = (text: string) => withFile("alpha", "edge", "some.conf", text);

export const keepingCases: Readonly<Record<string, RuleCases>> = {
  "disallow-secret-in-environment": {
    refuses: [
      [
        "a password by name",
        edge({ environment: { VALKEY_PASSWORD: "correct horse" } }),
        "workload edge: VALKEY_PASSWORD holds a value for it, which everyone sees who lists processes; use a secret file.",
      ],
      ["a token in a list", edge({ environment: ["API_TOKEN=abc123"] }), "API_TOKEN holds a value for it"],
      ["a token by its form", edge({ environment: { X: `ghp_${"a".repeat(36)}` } }), "X holds a token of GitHub"],
      [
        "a login in an address",
        edge({ environment: { URL: "http://admin:geheim@couchdb:5984/" } }),
        "URL holds a login in a URL",
      ],
      ["a secret in a label", edge({ labels: { "app.secret": "abcdef" } }), "app.secret holds a value for it"],
      [
        "a secret of the keeper's daemon",
        keeper({ DIRECTORY_TOKEN: "abcdef" }),
        "DIRECTORY_TOKEN holds a value for it",
      ],
      ["a password in the command", edge({ command: ["valkey", "--password", "x"] }), "its command holds a password"],
      [
        "a private key in the command",
        edge({ entrypoint: "-----BEGIN EC PRIVATE KEY-----" }),
        "its entrypoint holds a private key",
      ],
    ],
    accepts: [
      [
        "a name of a file",
        edge({ environment: { TSIG_SECRET_FILE: "/run/conf/tsig.secret", PASSWORD: "/run/conf/x" } }),
      ],
      ["switches and references", edge({ environment: { LOGIN_PASSWORD: "yes", API_TOKEN: "" } })],
    ],
    unknown: unknown("environment"),
  },
  "disallow-secret-in-plain-file": {
    refuses: [
      [
        "a private key",
        file("-----BEGIN RSA PRIVATE KEY-----\nx\n"),
        "workload edge: its file some.conf holds a private key; move it to secretFiles.",
      ],
      [
        "a hash",
        file(`ann@example.org:{SHA512-CRYPT}$6$${"s".repeat(16)}$${"h".repeat(40)}\n`),
        "holds a password hash",
      ],
      ["a password of Valkey", file("bind 127.0.0.1\nrequirepass correct-horse\n"), "holds a value for requirepass"],
      ["a password of a daemon", file("some {\n  password = correct-horse\n}\n"), "holds a value for password"],
      ["a key for dynamic updates", file("key:\n  - id: certs\n    secret: c2VjcmV0\n"), "holds a value for secret"],
      ["a secret in JSON", file('{\n  "apiKey": "abcdef123"\n}\n'), "holds a value for apiKey"],
      ["a web token", file(`t eyJ${"a".repeat(20)}.eyJ${"b".repeat(20)}.${"c".repeat(20)}`), "holds a JSON web token"],
      ["a key of AWS", file("AKIAABCDEFGHIJKLMNOP"), "holds an access key of AWS"],
      ["a token of DigitalOcean", file(`dop_v1_${"0a".repeat(32)}`), "holds a token of DigitalOcean"],
    ],
    accepts: [
      ["certificates and public keys", file("-----BEGIN CERTIFICATE-----\nx\n-----BEGIN PUBLIC KEY-----\n")],
      ["a path, a switch, a reference", file("password = /run/conf/x\nauth_verbose_passwords = no\ntoken: $TOKEN\n")],
      ["a comment about passwords", file("# the password comes from the directory\n")],
      ["a file that is listed", file("password = example"), { config: { harmless: ["edge/some.conf"] } }],
    ],
    unknown: [
      inWorkload("alpha", "edge", (inputs) => ({
        ...inputs,
        files: { ...fields(inputs["files"]), "some.conf": UNKNOWN },
      })),
    ],
  },
  "require-protected-mail-volume": {
    refuses: [
      [
        "mail that goes with the release",
        volume("mail", "state"),
        "mailkeep-test-alpha: the volume mail is of kind state, which goes with the release; make it mail.",
      ],
      ["a queue in memory", volume("queue-submission", "memory"), "the volume queue-submission is of kind memory"],
      ["users that go with it", volume("directory", "state"), "the volume directory is of kind state"],
      ["a further volume", nothing, "the volume certs is of kind state", { config: { volumes: ["certs"] } }],
    ],
    accepts: [["a name that only begins so", volume("mailbox-index", "state")]],
    unknown: [volume("mail", UNKNOWN)],
  },
  "disallow-host-mount": {
    refuses: [
      [
        "a folder of the host",
        edge({ volumes: ["/srv/x:/x:ro"] }),
        "workload edge: it mounts /srv/x of the host at /x",
      ],
      [
        "one by the long form",
        edge({ volumes: [{ type: "bind", source: "/srv/x", target: "/x" }] }),
        "it mounts /srv/x of the host",
      ],
      ["one beside the Compose file", edge({ volumes: ["./x:/x"] }), "it mounts ./x of the host"],
      ["a volume that is none of its own", edge({ volumes: ["other:/x"] }), "it mounts the volume other at /x"],
      [
        "a mount of another kind",
        edge({ volumes: [{ type: "image", source: "debian", target: "/x" }] }),
        "it mounts debian at /x in a way that no rule here reads",
      ],
      ["a volume without a name", edge({ volumes: ["/x"] }), "it mounts a volume without a name at /x"],
      ["another's volumes", edge({ volumes_from: ["mx"] }), "it takes the volumes of mx"],
      [
        "a listed folder that can be written to",
        edge({ volumes: ["/srv/x:/x"] }),
        "it mounts /srv/x",
        { config: { folders: ["/srv/x"] } },
      ],
    ],
    accepts: [
      ["its own volume", edge({ volumes: ["certs:/certs:ro"] })],
      ["memory", edge({ volumes: [{ type: "tmpfs", target: "/x" }] })],
      ["a listed folder, read-only", edge({ volumes: ["/srv/x:/x:ro"] }), { config: { folders: ["/srv/x"] } }],
    ],
    unknown: unknown("volumes"),
  },
  "require-bounded-log": {
    refuses: [
      [
        "no bounds",
        edge({ logging: { driver: "json-file" } }),
        "workload edge: its log (json-file, max-size not set, max-file not set) may grow without end; bound it.",
      ],
      ["the default", edge({ logging: undefined }), "its log (json-file, max-size not set"],
      ["a size without an end", edge({ logging: { options: { "max-size": "-1", "max-file": "3" } } }), "max-size -1"],
      ["a driver that is not listed", edge({ logging: { driver: "gelf" } }), "its log (gelf, "],
    ],
    accepts: [["a driver that bounds by itself", edge({ logging: { driver: "local" } })]],
    unknown: unknown("logging"),
  },
  "disallow-publish-outside-net": {
    refuses: [
      [
        "a port past the edge",
        mx({ ports: ["127.0.1.1:2525:25"] }),
        "mailkeep-test-alpha, workload mx: it publishes 127.0.1.1:2525:25/tcp; only net, knot may.",
      ],
      ["every address", net({ ports: ["25:25"] }), "it publishes 25:25/tcp on every address, which is not listed"],
      [
        "an address that is not listed",
        net({ ports: ["192.0.2.11:25:25"] }),
        "it publishes 192.0.2.11:25:25/tcp on 192.0.2.11",
      ],
      [
        "an IPv6 address that is not listed",
        net({ ports: ["[2001:db8::11]:25:25"] }),
        "on 2001:db8::11, which is not listed",
        { config: { addresses: ["192.0.2.11"] } },
      ],
      [
        "one port twice",
        net({ ports: ["127.0.1.1:25:25", "127.0.1.1:25:2525"] }),
        "it publishes 127.0.1.1:25:2525/tcp, which net does already",
      ],
    ],
    accepts: [
      [
        "listed addresses of both families",
        net({ ports: ["192.0.2.11:25:25", "[2001:db8:0::11]:25:25"] }),
        { config: { addresses: ["192.0.2.11", "2001:db8::11"] } },
      ],
      [
        "another workload that is listed",
        all(mx({ ports: ["127.0.1.2:25:25"] })),
        { config: { workloads: ["net", "mx"] } },
      ],
    ],
    unknown: [net({ ports: UNKNOWN })],
  },
};

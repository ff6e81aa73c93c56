/** The mailbox store's container. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import type { KeeperCheck, KeeperConfig, Workload } from "../../plan/workload.ts";
import { CONF } from "../../plan/workload.ts";
import { room } from "../room.ts";
import { CERTIFICATES, MAIL_ROOT, SITE_CERTIFICATE } from "../shared-paths.ts";
import { renderDirectoryScript } from "./lua.ts";
import { BASE_DIR, renderDovecot } from "./render.ts";
import { JUNK_SCRIPT, SIEVE_CACHE } from "./sieve.ts";

const CONFIG = `${CONF}/dovecot.conf`;

/** Pure: Dovecot on the site's network only, with the mail volume where mailboxes are, and else only to answer who logs in. */
export function dovecotWorkload(site: SiteContext): Workload {
  const { address } = site.network;
  const maildrop = site.roles.includes("maildrop");
  return {
    name: "dovecot",
    image: "dovecot",
    // The master starts as root to give each of its processes its own user; none that speaks to the network stays root.
    uid: UID.root,
    network: {
      kind: "own",
      attach: [{ network: site.network.name, address: address.dovecot, address6: undefined }],
      resolver: address.unbound,
    },
    files: {
      "dovecot.conf": renderDovecot({
        hostname: site.hostname,
        address: address.dovecot,
        subnet: site.network.subnet,
        maildrop,
        imap143: site.imap143,
        connectionsPerUser: site.mail.imapConnectionsPerUser,
        recipientDelimiter: site.mail.recipientDelimiter,
      }),
      "directory.lua": renderDirectoryScript({ directoryUrl: `http://${address.couchmail}:${PORT.directoryHttp}` }),
      ...(maildrop ? { "sieve/junk.sieve": JUNK_SCRIPT } : {}),
      "site.key": [{ ref: "privateKeyPem", key: site.tls.key }],
    },
    keeper: keeper(address.dovecot, maildrop),
    volumes: [
      ...(maildrop ? [{ volume: "mail", path: MAIL_ROOT, readOnly: false }] : []),
      { volume: "certs", path: CERTIFICATES, readOnly: true },
    ],
    scratch: maildrop ? [{ path: SIEVE_CACHE, uid: UID.vmail, mode: "0755", sizeMiB: 1 }] : [],
    capabilities: ["CHOWN", "KILL", "SETGID", "SETUID", "SYS_CHROOT"],
    limits: { memoryMiB: 1024, pids: 1024 },
    publish: [],
    sysctls: {},
  };
}

function keeper(address: string, maildrop: boolean): KeeperConfig {
  return {
    command: ["/usr/sbin/dovecot", "-F", "-c", CONFIG],
    prepare: [
      // Without a certificate it would start and fail every client; the certs workload lays the first one at once.
      ["/usr/bin/test", "-s", SITE_CERTIFICATE],
      // One that was killed leaves its sockets behind, and Dovecot does not start over them.
      ["/usr/bin/rm", "-rf", BASE_DIR],
      ...(maildrop ? [[...AS_VMAIL, "mkdir", "-p", "-m", "0700", `${MAIL_ROOT}/.tmp`]] : []),
    ],
    check: [
      ["/usr/bin/doveconf", "-c", CONFIG, "-n"],
      // doveconf does not read it, and with a script that is none nobody could log in.
      ["/usr/bin/luac5.4", "-p", `${CONF}/directory.lua`],
      ["/usr/bin/openssl", "pkey", "-in", `${CONF}/site.key`, "-noout"],
      ...(maildrop ? [["/usr/bin/sievec", "-c", CONFIG, `${CONF}/sieve/junk.sieve`, "/tmp/check.svbin"]] : []),
    ],
    reload: { signal: "HUP" },
    watch: [SITE_CERTIFICATE],
    probe: { intervalSeconds: 3, timeoutSeconds: 3, failures: 3, startSeconds: 20, checks: checks(address, maildrop) },
    ...(maildrop && { told: [room(MAIL_ROOT)] }),
    // Sessions are ended, deliveries finished.
    stopSeconds: 10,
    listen: `${address}:${PORT.keeper}`,
    quiet: maildrop ? quiet(address) : [],
  };
}

/**
 * What the checks below leave in the log when all is well. Nobody else connects to the probe's own login service, nor for
 * delivery from Dovecot's own address; the edge comes from another.
 */
function quiet(address: string): readonly string[] {
  const from = address.replaceAll(".", "\\.");
  return [
    "^imap-login-probe: Info: Login aborted: Logged out \\(no auth attempts ",
    `^lmtp\\(\\d+\\): Info: Connect from ${from}$`,
    `^lmtp\\(\\d+\\): Info: Disconnect from ${from}: Logged out \\(state=READY\\)$`,
  ];
}

/** The container's root has no power over the files of others, so what concerns mail is done as their owner. */
const AS_VMAIL = ["/usr/bin/setpriv", `--reuid=${UID.vmail}`, `--regid=${UID.vmail}`, "--clear-groups"];

function checks(address: string, maildrop: boolean): readonly KeeperCheck[] {
  return [...(maildrop ? mailboxChecks(address) : []), ...loginChecks(address)];
}

function mailboxChecks(address: string): readonly KeeperCheck[] {
  return [
    {
      kind: "dialog",
      name: "imap",
      address: `127.0.0.1:${PORT.imap}`,
      // While the auth process is silent the greeting is another one, without capabilities.
      steps: [{ expect: "^\\* OK \\[CAPABILITY " }, { send: "a LOGOUT" }, { expect: "^a OK", skip: "^\\*" }],
    },
    {
      kind: "dialog",
      name: "lmtp",
      address: `${address}:${PORT.lmtp}`,
      steps: [
        { expect: "^220 " },
        { send: "LHLO keeper.invalid" },
        { expect: "^250 " },
        { send: "QUIT" },
        { expect: "^221 " },
      ],
    },
  ];
}

function loginChecks(address: string): readonly KeeperCheck[] {
  return [
    {
      kind: "dialog",
      name: "sasl",
      address: `${address}:${PORT.sasl}`,
      steps: [{ send: "VERSION\t1\t2\n" }, { expect: "^VERSION\t1\t" }, { expect: "^DONE$", skip: "\t" }],
    },
    // Helpers behind every login, which would hang with them. They speak first.
    { kind: "dialog", name: "anvil", address: `unix:${BASE_DIR}/anvil`, steps: [{ expect: "^VERSION\t" }] },
    { kind: "dialog", name: "stats", address: `unix:${BASE_DIR}/stats-reader`, steps: [{ expect: "^VERSION\t" }] },
  ];
}

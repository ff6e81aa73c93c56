/** Dovecot's configuration: mailboxes, IMAP, LMTP, and the SASL service that Postfix asks. Dovecot 2.4's syntax. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { CONF } from "../../plan/workload.ts";
import { MAIL_ROOT, SITE_CERTIFICATE } from "../shared-paths.ts";
import { SIEVE_CACHE } from "./sieve.ts";

/** What Dovecot is told. */
export interface DovecotArgs {
  /** The site's name, which it calls itself by. */
  readonly hostname: SiteContext["hostname"];
  /** Dovecot's address on the site's network, where every service listens. */
  readonly address: string;
  /** The site's network. Who is on it may say with a PROXY header where a client really comes from. */
  readonly subnet: SiteContext["network"]["subnet"];
  /** Whether mailboxes are here. Without them it only answers who logs in. */
  readonly maildrop: boolean;
  /** STARTTLS on port 143 as well. */
  readonly imap143: SiteContext["imap143"];
  /** Simultaneous IMAP connections of one user from one address. */
  readonly connectionsPerUser: number;
  /** Characters that begin an address extension. */
  readonly recipientDelimiter: string;
}

/** Dovecot's sockets between its processes. */
export const BASE_DIR = "/run/dovecot";

/** IMAP sessions at once. Each takes some 4 MiB in its two processes, so they fit in the container's limit. */
const SESSIONS = 200;

/** TLS 1.2 with forward secrecy and authenticated encryption only; what TLS 1.3 offers by itself is all of that kind. */
const CIPHERS = ["ECDSA", "RSA"].flatMap((signature) =>
  ["AES256-GCM-SHA384", "CHACHA20-POLY1305", "AES128-GCM-SHA256"].map((cipher) => `ECDHE-${signature}-${cipher}`),
);

/** `dovecot.conf`. */
export function renderDovecot(args: DovecotArgs): string {
  const mailboxes = [storage(args), folders(), authentication(), tls(), imap(args), lmtp(), sieve()];
  return [general(args), ...(args.maildrop ? mailboxes : [authentication(), tls()])].join("\n");
}

function general({ hostname, address, subnet, maildrop }: DovecotArgs): string {
  return `dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1

protocols =${maildrop ? " imap lmtp" : ""}
hostname = ${hostname}
listen = ${address}
base_dir = ${BASE_DIR}
state_dir = ${BASE_DIR}/state

log_path = /dev/stderr
log_timestamp =
auth_verbose = yes
auth_verbose_passwords = no
verbose_proctitle = yes

# A new certificate or setting must not throw anyone out: old sessions go on with what they started with.
shutdown_clients = no

# Client addresses come with the PROXY header of the site's edge, and from nowhere else.
haproxy_trusted_networks = ${subnet}
haproxy_timeout = 3s
`;
}

function storage({ recipientDelimiter }: DovecotArgs): string {
  return `# One virtual user owns all mail. mdbox: Maildir doubles messages when two sites deliver at once.
mail_uid = ${UID.vmail}
mail_gid = ${UID.vmail}
first_valid_uid = ${UID.vmail}
last_valid_uid = ${UID.vmail}
first_valid_gid = ${UID.vmail}
last_valid_gid = ${UID.vmail}
mail_driver = mdbox
mail_path = ~/mdbox
# Large messages in transit lie on the disk, not in the container's memory.
mail_temp_dir = ${MAIL_ROOT}/.tmp
# Before LMTP answers 250 the message and the index that names it are on the disk.
mail_fsync = optimized
recipient_delimiter = ${recipientDelimiter}
`;
}

/** Special-use folders, RFC 6154. */
function folders(): string {
  const folder = (name: string) => `  mailbox ${name} {\n    auto = subscribe\n    special_use = "\\\\${name}"\n  }\n`;
  return `namespace inbox {
  inbox = yes
  separator = /
${["Drafts", "Sent", "Trash", "Junk", "Archive"].map(folder).join("")}}
`;
}

function authentication(): string {
  return `auth_mechanisms = plain login
auth_allow_cleartext = no
auth_username_format = %{user | lower}
# The directory decides which names exist; characters that are good in an address must not be refused before it is asked.
auth_username_chars =
# Where a mailbox lies does not change from one delivery to the next, and asking takes longer than the rest of the answer. Nothing
# else is remembered: a changed password, a locked account and a new mailbox count at once for who logs in from then on.
# A mailbox that was just deleted takes what was on its way to it.
auth_cache_size = 1M
auth_cache_ttl = 10s
auth_cache_negative_ttl = 0
auth_failure_delay = 2s
auth_internal_failure_delay = 1s

passdb lua {
  driver = lua
  lua_file = ${CONF}/directory.lua
}
# What the passdb found out about the mailbox on the way ...
userdb prefetch {
  driver = prefetch
}
# ... and for LMTP, where nobody logs in.
userdb lua {
  driver = lua
  lua_file = ${CONF}/directory.lua
}

service auth {
  # Postfix asks here (SASL). A client of this port can check passwords, but read nothing about users.
  inet_listener sasl {
    port = ${PORT.sasl}
  }
}
service anvil {
  # The auth process counts bad logins here. It connects as root at its start and as dovecot after a loss.
  unix_listener anvil-auth-penalty {
    user = dovecot
    group = root
    mode = 0660
  }
}
# Each worker checks one password at a time, and ARGON2ID takes up to 64 MiB for it.
service auth-worker {
  user = dovecot
  process_limit = 8
}
`;
}

function tls(): string {
  return `ssl = required
ssl_min_protocol = TLSv1.2
ssl_cipher_list = ${CIPHERS.join(":")}
ssl_server_cert_file = ${SITE_CERTIFICATE}
ssl_server_key_file = ${CONF}/site.key
`;
}

function imap({ connectionsPerUser, imap143 }: DovecotArgs): string {
  const starttls = imap143
    ? `  inet_listener imap {\n    port = ${PORT.imapProxy}\n    haproxy = yes\n  }\n`
    : inactive("imap");
  return `mail_max_userip_connections = ${connectionsPerUser}

# One process a connection: what a flaw in TLS gives away is the peer's own secrets.
service imap-login {
${starttls}  inet_listener imaps {
    port = ${PORT.imapsProxy}
    ssl = yes
    haproxy = yes
  }
  process_limit = ${SESSIONS}
}
# For the keeper's probe, apart from the crowd: a full house must not look like a hung one. Without TLS, so nobody logs in.
service imap-login-probe {
  executable = imap-login
  type = login
  protocol = imap
  user = dovenull
  chroot = login
  restart_request_count = 1
  process_limit = 5
  inet_listener probe {
    listen = 127.0.0.1
    port = ${PORT.imap}
  }
}
service imap {
  user = vmail
  process_limit = ${SESSIONS}
}
`;
}

/** A listener that the daemon has by itself and that is not wanted. */
const inactive = (name: string) => `  inet_listener ${name} {\n    port = 0\n  }\n`;

function lmtp(): string {
  return `# By itself it would start a process for each connection, which takes longer than a delivery.
service lmtp {
  user = vmail
  restart_request_count = 1000
  inet_listener lmtp {
    port = ${PORT.lmtp}
  }
}
# How many deliveries run at once is up to Postfix; a limit a user here would only make it try again.
lmtp_user_concurrency_limit = unlimited
lmtp_add_received_header = yes
# user+tag goes to the inbox; a tag from outside must not make folders.
lmtp_save_to_detail_mailbox = no

protocol lmtp {
  # SMTPUTF8 (RFC 6531): without it Postfix would have to give such mail back after the MX has taken it.
  mail_utf8_extensions = yes
  mail_plugins {
    sieve = yes
  }
}
`;
}

function sieve(): string {
  return `sieve_script junk {
  type = before
  driver = file
  path = ${CONF}/sieve/junk.sieve
  bin_path = ${SIEVE_CACHE}
}
sieve_script personal {
  type = personal
  driver = file
  path = ~/sieve
  active_path = ~/.dovecot.sieve
}
# Nothing here can send mail yet, so whatever would send some is refused when a script is compiled.
sieve_max_redirects = 0
sieve_extensions {
  enotify = no
  reject = no
  vacation = no
}
`;
}

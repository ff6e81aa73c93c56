/** rspamd's configuration: the filter of all mail, and the last guard of what leaves. */
import { PORT } from "../../plan/ports.ts";
import type { DkimAlgorithm } from "../../dns/dkim.ts";
import type { KeyName, Text } from "../../plan/text.ts";
import { CONF } from "../../plan/workload.ts";
import { RSPAMD_SOCKET } from "../shared-paths.ts";
import { COMPOSITES } from "./composites.ts";
import { guard } from "./guard.ts";
import { modules } from "./modules.ts";
import { list } from "./ucl.ts";

/** What the filter is told. */
export interface RspamdArgs {
  /** Where Postfix reaches the filter. The port is open in both cases. */
  readonly transport: "unix" | "tcp";
  /** Address on the site's network. */
  readonly address: string;
  /** The site's network, whose mail is "local": no SPF, no greylisting. */
  readonly subnet: string;
  /** Address of the resolver. */
  readonly resolver: string;
  /** Where its memory is, with the name of the password that opens it. */
  readonly valkey: { readonly address: string; readonly password: string };
  /** Address of the directory, which knows who may send as whom. */
  readonly directory: string;
  /** Domains whose mail must be signed when it leaves: all that are hosted here and all that have a key. */
  readonly signedDomains: readonly string[];
  /** Domains of ours by the policy that their DMARC records name. */
  readonly dmarc: { readonly reject: readonly string[]; readonly quarantine: readonly string[] };
  /** Kinds of keys that sign each of them. */
  readonly signatures: readonly DkimAlgorithm[];
  /** Who seals what is forwarded, with which RSA key. */
  readonly seal: { readonly domain: string; readonly selector: string; readonly key: KeyName };
  /** Largest message that Postfix takes. */
  readonly messageSizeBytes: number;
  /** Messages that one user may send in a minute. */
  readonly messagesPerUserPerMinute: number;
  readonly recipientsPerUserPerDay: number;
  /** How long a doubtful sender that is not known waits; 0: nobody waits. @default 300 */
  readonly greylistDelaySeconds?: number;
}

/** Folder of its own data, compiled expressions among it: a volume. */
export const DATA = "/var/lib/rspamd";
/** Where the process itself answers about its health and its figures; only from within the container. */
export const CONTROLLER = `127.0.0.1:${PORT.rspamdController}`;

const SEAL_FILE = "arc.pem";

/** All files of the filter. */
export function renderRspamd(args: RspamdArgs): Readonly<Record<string, Text>> {
  return {
    "rspamd.conf": configuration(args),
    "composites.conf": COMPOSITES,
    "modules.conf": modules({ ...args, seal: { ...args.seal, keyFile: `${CONF}/${SEAL_FILE}` } }),
    "guard.conf": guard(args),
    [SEAL_FILE]: [{ ref: "privateKeyTraditional", key: args.seal.key }],
    "valkey-password.conf": ['password = "', { ref: "password", password: args.valkey.password }, '";\n'],
  };
}

/** What Postfix adds to a message, such as its Received field, does not count against its own limit. */
const HEADROOM_BYTES = 1024 * 1024;

function configuration({ transport, address, subnet, resolver, valkey, messageSizeBytes }: RspamdArgs): string {
  const sockets = [
    ...(transport === "unix" ? [`${RSPAMD_SOCKET.file} mode=0666`] : []),
    `${address}:${PORT.rspamdMilter}`,
  ];
  return `# The package's rules and scores, with only those modules that are named in modules.conf.
lua = "$RULESDIR/rspamd.lua";
.include "$CONFDIR/metrics.conf"
.include "$CONFDIR/groups.conf"
.include "$CONFDIR/composites.conf"
.include(duplicate=merge) "${CONF}/composites.conf"
modules {
  path = "$PLUGINSDIR";
}
.include "${CONF}/modules.conf"
.include "${CONF}/guard.conf"

actions {
  reject = 15;
  add_header = 6;
  greylist = 4;
}

options {
  # C modules; those in Lua are there when they have a section.
  filters = "chartable,dkim,regexp";
  explicit_modules = ["bayes_expiry"];
  tempdir = "/tmp";
  url_tld = "/usr/share/publicsuffix/effective_tld_names.dat";
  pidfile = false;
  dynamic_conf = "${DATA}/dynamic.conf";
  cache_file = "${DATA}/symbols.cache";
  stats_file = "${DATA}/stats.ucl";
  control_socket = "${DATA}/control.sock mode=0600";
  # No other rspamd is asked, and nothing is fetched from the network.
  neighbours {}
  map_watch_interval = 5min;
  history_rows = 0;
  # Compiled expressions, which the image brings along: see warm-cache and prepare-rspamd.
  hs_cache_dir = "${DATA}/";
  # Whatever Postfix takes can be looked at.
  max_message = ${messageSizeBytes + HEADROOM_BYTES};
  enable_mime_utf = true;
  # Of a long text some 600 words are looked at, spread over it, as the package has it. All of them would be a million questions to
  # the memory, and more than the container may hold.
  words_decay = 600;
  allow_raw_input = true;
  local_addrs = ${list(["127.0.0.0/8", "::1", subnet])};

  # A name takes 3 s at most; then the answer is "try again later".
  dns {
    nameserver = ${list([resolver])};
    timeout = 1s;
    retransmits = 2;
    sockets = 4;
  }
  # What is not done in time is not let through unseen. The longest text takes some 5 s, and may take three times that on a machine
  # that is slower; it would never get through otherwise.
  task_timeout = 15s;
  soft_reject_on_timeout = true;
}

logging {
  type = "console";
  level = "notice";
  color = false;
  log_re_cache = false;
  log_format = "id: <$mid>,$if_qid{ qid: <$>,}$if_ip{ ip: $,}$if_user{ user: $,}$if_smtp_from{ from: <$>,} (default: $is_spam ($action): [$scores] [$symbols_scores_params]), len: $len, time: $time_real, dns req: $dns_req$if_forced_action{, forced: $}";
}

# Speaks the milter protocol and scans in the same process: one that hangs does not answer the keeper either.
worker "rspamd_proxy" {
  bind_socket = ${list(sockets)};
  milter = yes;
  timeout = 20s;
  upstream "local" {
    default = yes;
    self_scan = yes;
  }
  count = 1;
  spam_header = "X-Spam";
  reject_message = "This message was taken for spam or for dangerous; its sender can ask the postmaster";
}

# Health and figures, and what has to be done by one process alone, such as forgetting old words.
worker "controller" {
  bind_socket = "${CONTROLLER}";
  secure_ip = ["127.0.0.1"];
  count = 1;
}

redis {
  servers = "${valkey.address}:${PORT.valkey}";
  timeout = 1s;
  .include "${CONF}/valkey-password.conf"
}

# One memory for all users of the site. It speaks up after 200 messages of each kind.
classifier "bayes" {
  tokenizer {
    name = "osb";
  }
  backend = "redis";
  new_schema = true;
  min_tokens = 11;
  min_learns = 200;
  # Rare words go first; see modules.conf.
  expire = 100d;
  autolearn {
    # Only what is beyond doubt, and not much more of one kind than of the other.
    spam_threshold = 12;
    ham_threshold = -2;
    check_balance = true;
    min_balance = 0.9;
  }
  learn_condition = 'return require("lua_bayes_learn").can_learn';
  statfile {
    symbol = "BAYES_HAM";
    spam = false;
  }
  statfile {
    symbol = "BAYES_SPAM";
    spam = true;
  }
}
`;
}

/** The modules that look at a message. Each has a section here; a module without one is not loaded. */
import type { RspamdArgs } from "./render.ts";

/** @default 300 */
const GREYLIST_DELAY_SECONDS = 300;

/** Who seals what is forwarded. */
interface Seal {
  readonly domain: string;
  readonly selector: string;
  readonly keyFile: string;
}

/** `modules.conf`. */
export function modules(args: Pick<RspamdArgs, UserLimits | "greylistDelaySeconds"> & { readonly seal: Seal }): string {
  return [
    ...CHECKS,
    seal(args.seal),
    greylist(args.greylistDelaySeconds ?? GREYLIST_DELAY_SECONDS),
    userLimits(args),
    SETTINGS,
    HEADERS,
  ].join("\n");
}

const CHECKS = [
  `# Who sent it. None of the three looks at the mail of users that are logged in, or of the site itself.
spf {
  spf_cache_size = 2k;
}
dkim {
  dkim_cache_size = 2k;
}
# The policy of the sender's domain is followed, RFC 9989.
dmarc {
  actions {
    quarantine = "add header";
    reject = "reject";
  }
}
`,
  `# What it carries.
mime_types {
  file = "$CONFDIR/maps.d/mime_types.inc";
  extension_map {
    html = "text/html";
    txt = ["message/disposition-notification", "text/plain", "text/rfc822-headers"];
    pdf = ["application/octet-stream", "application/pdf", "application/x-pdf"];
  }
}
phishing {
  symbol = "PHISHING";
  openphish_enabled = false;
  phishtank_enabled = false;
  exceptions {
    REDIRECTOR_FALSE = "$CONFDIR/maps.d/redirectors.inc";
  }
}
chartable {
  threshold = 0.3;
  symbol = "R_MIXED_CHARSET";
}
`,
  `# Domains that many know and that are forged often, as the package has them: their mail is trusted when it is theirs, and all
# the less when it is not. Message-IDs that some of them write in a way of their own.
whitelist {
  rules {
    "WHITELIST_SPF_DKIM" {
      valid_spf = true;
      valid_dkim = true;
      domains = ["$CONFDIR/maps.d/spf_dkim_whitelist.inc"];
      score = -3.0;
      inverse_symbol = "BLACKLIST_SPF_DKIM";
    }
    "WHITELIST_DMARC" {
      valid_dmarc = true;
      domains = ["$CONFDIR/maps.d/dmarc_whitelist.inc"];
      score = -7.0;
      inverse_symbol = "BLACKLIST_DMARC";
    }
  }
}
mid {
  source {
    url = ["$CONFDIR/maps.d/mid.inc"];
  }
}
`,
  `# How it came: names of the client and of the sender that lead nowhere, recipients and senders that the message does not name.
hfilter {
  helo_enabled = true;
  hostname_enabled = true;
  url_enabled = true;
  from_enabled = true;
  rcpt_enabled = true;
  mid_enabled = false;
}
forged_recipients {
  symbol_sender = "FORGED_SENDER";
  symbol_rcpt = "FORGED_RECIPIENTS";
}
once_received {
  good_host = "mail";
  bad_host = ["static", "dynamic"];
  symbol_strict = "ONCE_RECEIVED_STRICT";
  symbol = "ONCE_RECEIVED";
  symbol_mx = "DIRECT_TO_MX";
}
maillist {
  symbol = "MAILLIST";
}
`,
  `# What Bayes knows is kept for good when it is telling; what it met once or twice is forgotten after 100 days.
bayes_expiry {
  lazy = true;
}
`,
];

function greylist(delaySeconds: number): string {
  if (delaySeconds === 0) return "# No greylisting.\n";
  return `# A doubtful message (score above "greylist") of a sender that is not known waits for its second try, here and at each
# other site that it is tried at; and what else he sends from there meanwhile waits with it. Users that are logged in never wait.
greylist {
  timeout = ${delaySeconds}s;
  expire = 1d;
  ipv4_mask = 24;
  ipv6_mask = 64;
  message = "Greylisted: please try again in a few minutes";
}
`;
}

type UserLimits = "messagesPerUserPerMinute" | "recipientsPerUserPerDay";

/** A bucket's name in the store has its size and not its rate in it, so that two of one size need a key of their own each. */
function userLimits({
  messagesPerUserPerMinute: messages,
  recipientsPerUserPerDay: recipients,
}: Pick<RspamdArgs, UserLimits>): string {
  return `# For users that are logged in: so many messages at once, and so many a minute from then on, to whomever; and so many
# recipients at once, and so many a day from then on, which is what a stolen password is worth.
ratelimit {
  whitelisted_rcpts = ["nobody@limit.invalid"];
  dynamic_rate_limit = false;
  rates {
    user {
      bucket = [
        {
          burst = ${messages};
          rate = "${messages} / 1m";
          skip_recipients = true;
          message = "You have sent more than ${messages} messages in a minute; please try again later";
        }
      ]
    }
    recipients {
      selector = "user.lower.append(' recipients')";
      bucket = [
        {
          burst = ${recipients};
          rate = "${recipients} / 1d";
          message = "You have written to more than ${recipients} recipients in a day; please try again later";
        }
      ]
    }
  }
}
`;
}

/**
 * Forwards come from the loopback, for their second time (`components/mail/postfix/forward.ts`): nothing else does. Who sent
 * them was found out the first time, from the sender's own address, and is in the field Authentication-Results, the one
 * that is ours, because all others were taken out.
 */
function seal({ domain, selector, keyFile }: Seal): string {
  return `# The chain of those who passed a message on is verified, and goes on with our seal where we pass it on, RFC 8617.
arc {
  sign_authenticated = false;
  sign_inbound = false;
  sign_local = true;
  allowed_ids = ["forward"];
  use_domain = "${domain}";
  use_esld = false;
  allow_hdrfrom_mismatch = true;
  allow_hdrfrom_multiple = true;
  reuse_auth_results = true;
  domain {
    "${domain}" {
      selector = "${selector}";
      path = "${keyFile}";
    }
  }
}
`;
}

const SETTINGS = `# What a logged-in user sends is refused as spam or passed on as it is: a mark would harm the user at the far side.
settings {
  authenticated {
    priority = high;
    authenticated = true;
    apply {
      actions {
        "add header" = null;
        greylist = null;
      }
    }
  }
  # What is passed on was judged when it came in.
  forward {
    id = "forward";
    priority = high;
    ip = ["127.0.0.1"];
    apply {
      symbols_enabled = ["ARC_CHECK", "ARC_SIGNED"];
    }
  }
}
`;

const HEADERS = `# What the message is told about itself. X-Spam is put on by the worker. What a sender wrote under these names goes, in
# the mail of users that are logged in too: nobody speaks in our name, RFC 8601 section 5.
milter_headers {
  use = ["remove-headers", "authentication-results", "x-spamd-bar", "x-spamd-result"];
  skip_local = true;
  skip_authenticated = true;
  authenticated_headers = ["remove-headers"];
  local_headers = ["remove-headers"];
  remove_upstream_spam_flag = true;
  routines {
    remove-headers {
      headers {
        "X-Spam" = 0;
        "X-Spamd-Bar" = 0;
        "X-Spamd-Result" = 0;
        "Authentication-Results" = 0;
      }
    }
    authentication-results {
      add_smtp_user = false;
    }
  }
}
`;

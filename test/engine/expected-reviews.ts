/** What a review says of changes to the template `production`, with times and the number of rules left out. */

const SIGNER = "keytable, signingtable, keys/club.example.s1.pem, keys/club.example.s2.pem";
const TOO_EARLY =
  "dkim/club.example/s2 has been published since <time>, and others may not know it before <time>; use it then.";

/** The next DKIM key is to sign as soon as it has been published. */
export const EARLY_KEY = `Review of production: refused by 1 of <all> rules.

SITE     KIND              NEW  CHANGED  REPLACED  DELETED
charlie  compose Release   -    1        -         -
bravo    compose Release   -    1        -         -
alpha    compose Release   -    1        -         -
-        ledger KeyLedger  -    1        -         -

SITE     WHAT      EFFECT   BECAUSE OF
alpha    opendkim  reloads  ${SIGNER}
bravo    opendkim  reloads  ${SIGNER}
charlie  opendkim  reloads  ${SIGNER}

✗ require-rotation-order (critical, keys)
  ${TOO_EARLY}`;

/** The same as a comment. */
export const EARLY_KEY_MARKDOWN = `<!-- mailkeep review -->

## ❌ mailkeep review of \`production\`

Refused by 1 of <all> rules.

### Rules that failed

| rule | level | severity | resource | what is wrong, and what to do |
| --- | --- | --- | --- | --- |
| \`require-rotation-order\` | mandatory | critical | keys | ${TOO_EARLY} |

### What changes

| site | kind | new | changed | replaced | deleted |
| --- | --- | --- | --- | --- | --- |
| charlie | compose Release | - | 1 | - | - |
| bravo | compose Release | - | 1 | - | - |
| alpha | compose Release | - | 1 | - | - |
| - | ledger KeyLedger | - | 1 | - | - |

### What is interrupted

| site | what | effect | because of |
| --- | --- | --- | --- |
| alpha | opendkim | reloads | ${SIGNER} |
| bravo | opendkim | reloads | ${SIGNER} |
| charlie | opendkim | reloads | ${SIGNER} |
`;

const STORE = "dovecot.conf, keeper.json, sieve/junk.sieve, tmpfs, volumes";

/** The mailboxes are to be at another site. */
export const MOVED_MAILDROP = `Review of production: passes <all> rules.

SITE     KIND             NEW  CHANGED  REPLACED  DELETED
charlie  compose Release  -    1        -         -
bravo    compose Release  -    1        -         -
alpha    compose Release  -    1        -         -

SITE     WHAT     EFFECT     BECAUSE OF
alpha    dovecot  made anew  ${STORE}
charlie  dovecot  made anew  volumes mail, ${STORE}
alpha    edge     reloads    haproxy.cfg
bravo    edge     reloads    haproxy.cfg
charlie  edge     reloads    haproxy.cfg`;

/** A larger machine, another region, another reader of the machines' mail: what is lost and what is interrupted. */
export const CHANGED_MACHINES = `!!! The disk for mail of charlie goes, and all mail on it with it: make a backup, or do not do this.

SITE     WHAT           EFFECT                        BECAUSE OF
charlie  disk for mail  ALL MAIL ON IT IS LOST        region
charlie  machine        down until the new one is up  region, vpcUuid
alpha    machine        stops and starts              size
alpha    edge           made anew                     haproxy.cfg, network of net
alpha    mx             made anew                     main.cf, network of net
alpha    net            made anew                     service
alpha    submission     made anew                     main.cf, network of net
charlie  edge           made anew                     haproxy.cfg, network of net
charlie  mx             made anew                     main.cf, network of net
charlie  net            made anew                     service
charlie  submission     made anew                     main.cf, network of net
alpha    nullmailer     restarts                      /etc/nullmailer/adminaddr
bravo    nullmailer     restarts                      /etc/nullmailer/adminaddr
alpha    nftables       reloads                       /etc/nftables.conf
bravo    edge           reloads                       haproxy.cfg
bravo    nftables       reloads                       /etc/nftables.conf`;

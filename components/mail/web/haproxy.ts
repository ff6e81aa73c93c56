/**
 * HTTPS at the edge, which ends TLS here itself: there is no server behind it, only files that are read when HAProxy starts.
 *
 * Who asks for a name that no certificate here is for hears "unrecognized name" and nothing else (RFC 6066 section 3).
 */
import type { AcmeContext, WebContext } from "../../plan/context.ts";
import { PORT } from "../../plan/ports.ts";
import { concat, type KeyName, type Text } from "../../plan/text.ts";
import { fairShare } from "../edge/fair-share.ts";
import type { Addresses } from "../../plan/types.ts";
import { modesOf, placeOf, policyFile, WEB_FILE } from "./files.ts";

/** Certificates with their keys, put together by the image's `load-certificates`. In memory. */
export const LOADED_CERTIFICATES = "/var/lib/certificates";

/** What mail servers and programs of today have in common, and internet.nl calls good or sufficient. */
const TLS = [
  "ssl-min-ver TLSv1.2",
  "ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256",
  "ciphersuites TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
  "curves X25519:prime256v1:secp384r1",
].join(" ");

/** Path of the profile for Apple's devices, below `autoconfig.<domain>`. */
export const PROFILE_PATH = "/apple.mobileconfig";

/** Connections at a time to each of the two ports. */
export const WEB_CONNECTIONS = 200;

/** The user's address in Outlook's question, of such characters alone as mean nothing in XML. */
export const AUTODISCOVER_LUA = `-- The address in a question of Outlook's; nothing where there is none, or one that is not plain.
core.register_converters("autodiscover_address", function(body)
  return body:match("<EMailAddress>%s*([%w.+_='-]+@[%w.-]+)%s*</EMailAddress>")
end)
`;

/** The sections of haproxy.cfg. */
export function webSections(
  web: WebContext,
  acme: Pick<AcmeContext, "proof" | "accountKey"> | undefined,
  ingress: Addresses,
): Text[] {
  return [https(web, ingress), http(ingress, acme?.proof.by === "http" ? acme.accountKey : undefined)];
}

const binds = ({ v4, v6 }: Addresses, port: number, options = ""): string =>
  [v4, ...(v6 === undefined ? [] : [`[${v6}]`])].map((address) => `    bind ${address}:${port}${options}\n`).join("");

/** Which of a domain's names was asked for, and which domain; without the query, which may hold an address of a user. */
const ASKED = `    log-format "%ci:%cp [%tr] %ft %HM %[var(txn.host)] %HPO %ST %B"
    timeout client 10s
    timeout http-request 10s
    timeout http-keep-alive 10s
    maxconn ${WEB_CONNECTIONS}
${fairShare(WEB_CONNECTIONS)}    http-request set-var(txn.host) req.hdr(host),host_only,lower
    http-request set-var(txn.label) var(txn.host),field(1,.)
    http-request set-var(txn.domain) var(txn.host),field(2,.,0)
    http-request set-var(txn.profile) var(txn.domain),map_str(${placeOf(WEB_FILE.domains)})
    acl ours var(txn.profile) -m found
`;

function https(web: WebContext, ingress: Addresses): string {
  const policies = modesOf(web).map(
    (mode) =>
      `    http-request return status 200 content-type text/plain file ${placeOf(policyFile(mode))} if mta-sts { path /.well-known/mta-sts.txt } { var(txn.domain),map_str(${placeOf(WEB_FILE.policies)}) -m str ${mode} }\n`,
  );
  const autodiscover = "autodiscover { path -i /autodiscover/autodiscover.xml }";
  return `frontend https
    mode http
${binds(ingress, PORT.https, ` ssl crt ${LOADED_CERTIFICATES} strict-sni ${TLS}`)}${ASKED}    acl mta-sts var(txn.label) -m str mta-sts
    acl autoconfig var(txn.label) -m str autoconfig
    acl autodiscover var(txn.label) -m str autodiscover
    # The certificate was for another name, RFC 9110 section 15.5.20.
    http-request return status 421 unless ours { ssl_fc_sni,lower,strcmp(txn.host) eq 0 }
    http-request wait-for-body time 5s if METH_POST ${autodiscover}
    http-request set-var(txn.address) req.body,lua.autodiscover_address if METH_POST ${autodiscover}
    http-request return status 200 content-type "application/xml; charset=utf-8" lf-file ${placeOf(WEB_FILE.autodiscover)} if METH_POST ${autodiscover} { var(txn.address),field(2,@),lower,strcmp(txn.domain) eq 0 }
    http-request return status 400 if METH_POST ${autodiscover}
    http-request return status 405 unless { method GET HEAD }
${policies.join("")}    http-request return status 200 content-type "application/xml; charset=utf-8" lf-file ${placeOf(WEB_FILE.autoconfig)} if autoconfig { path /mail/config-v1.1.xml }
    http-request return status 200 content-type application/x-apple-aspen-config lf-file ${placeOf(WEB_FILE.profile)} if autoconfig { path ${PROFILE_PATH} }
    http-request return status 404
`;
}

function http(ingress: Addresses, accountKey: KeyName | undefined): Text {
  return concat(
    `frontend http
    mode http
${binds(ingress, PORT.http)}${ASKED}`,
    accountKey === undefined ? "" : proof(accountKey),
    `    # Without the port that may stand in the question.
    http-request redirect code 301 location https://%[var(txn.host)]%[pathq] if ours
    http-request return status 404
`,
  );
}

/**
 * Proof of control over any name that leads here, RFC 8555 section 8.3. It holds for this account alone and needs no memory of
 * what was asked, so each site answers for all of them, whichever the authority looks at.
 */
function proof(accountKey: KeyName): Text {
  return concat(
    `    acl proof path -m reg ^/\\.well-known/acme-challenge/[A-Za-z0-9_-]+$
    http-request return status 200 content-type application/octet-stream lf-string "%[path,field(4,/)].`,
    [{ ref: "jwkThumbprint", key: accountKey }],
    `" if proof
`,
  );
}

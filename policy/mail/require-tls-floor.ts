/** TLS 1.0 and 1.1 must not be used (RFC 8996). */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { dovecotSettings } from "../read/dovecot.ts";
import { sectionsOf } from "../read/haproxy.ts";
import { postfixOf, smtpListeners } from "../read/postfix.ts";
import { eachWorkload, fileOf, type ReleaseWorkload } from "../read/release.ts";

export const requireTlsFloor: ResourceValidationPolicy = {
  name: "require-tls-floor",
  description: "Postfix, Dovecot and HAProxy take TLS 1.2 or newer (RFC 8996, RFC 9325 section 3.1.1).",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Set `>=TLSv1.2` in Postfix, `ssl_min_protocol = TLSv1.2` in Dovecot, `ssl-min-ver TLSv1.2` in HAProxy.",
  validateResource: eachWorkload((workload, report) => {
    for (const { where, value, fix } of [...ofPostfix(workload), ...ofDovecot(workload), ...ofHaproxy(workload)]) {
      report(`${where} is ${value === "" ? "not set" : value}, which takes less than TLS 1.2; ${fix}.`);
    }
  }),
};

interface Low {
  readonly where: string;
  readonly value: string;
  readonly fix: string;
}

const SERVER = ["smtpd_tls_protocols", "smtpd_tls_mandatory_protocols"] as const;
/** To other servers any TLS is better than none (RFC 7435); where it is demanded it must be good. */
const CLIENT = ["smtp_tls_mandatory_protocols"] as const;

function ofPostfix(workload: ReleaseWorkload): Low[] {
  const postfix = postfixOf(workload);
  if (postfix === undefined) return [];
  const fix = "set it to >=TLSv1.2";
  const low = (value: string | undefined): boolean => !isHighEnough(value ?? "");
  return [
    ...smtpListeners(postfix).flatMap(({ name, parameter }) =>
      SERVER.filter((key) => low(parameter(key))).map((key) => ({
        where: `${key} of ${name}`,
        value: parameter(key) ?? "",
        fix,
      })),
    ),
    ...CLIENT.filter((key) => low(postfix.parameter(key))).map((key) => ({
      where: key,
      value: postfix.parameter(key) ?? "",
      fix,
    })),
  ];
}

const OLD = ["SSLv3", "TLSv1", "TLSv1.1"] as const;

/** `>=TLSv1.2`, a list of what is taken, or a list that excludes everything older: postconf(5). */
function isHighEnough(protocols: string): boolean {
  const words = protocols.split(/[\s,:]+/).filter((one) => one !== "");
  // Of several floors the last one counts, and what is named beside one is taken as well.
  const taken = words.filter((one) => !/^[!<]/.test(one)).map((one) => one.replace(/^>=/, ""));
  if (taken.length > 0) return taken.every((one) => one === "TLSv1.2" || one === "TLSv1.3");
  return OLD.every((old) => words.includes(`!${old}`));
}

function ofDovecot(workload: ReleaseWorkload): Low[] {
  const text = fileOf(workload, "dovecot.conf");
  if (text === undefined) return [];
  const values = dovecotSettings(text, "ssl_min_protocol").map(({ value }) => value);
  return (values.length === 0 ? [""] : values)
    .filter((value) => value !== "TLSv1.2" && value !== "TLSv1.3")
    .map((value) => ({ where: "Dovecot's ssl_min_protocol", value, fix: "set it to TLSv1.2" }));
}

/** HAProxy's own floor is TLS 1.2, so only what lowers it counts. */
function ofHaproxy(workload: ReleaseWorkload): Low[] {
  return sectionsOf(fileOf(workload, "haproxy.cfg") ?? "")
    .flatMap(({ kind, name, lines }) => lines.map((line) => ({ line, section: `${kind} ${name}`.trim() })))
    .filter(({ line }) => /^(bind|server|default-server|ssl-default-(bind|server)-options)\b/.test(line))
    .flatMap(({ line, section }) => {
      const [value] = /\b(ssl-min-ver\s+(?:SSLv3|TLSv1\.[01])|force-(?:sslv3|tlsv10|tlsv11))\b/.exec(line) ?? [];
      const where = `HAProxy's TLS in ${section}`;
      return value === undefined ? [] : [{ where, value, fix: "use ssl-min-ver TLSv1.2" }];
    });
}

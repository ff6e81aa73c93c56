/** A password that is sent before TLS is known to everybody on the way. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { dovecotSettings } from "../read/dovecot.ts";
import { isYes, postfixOf, smtpListeners } from "../read/postfix.ts";
import { eachWorkload, fileOf } from "../read/release.ts";

export const requireLoginAfterTls: ResourceValidationPolicy = {
  name: "require-login-after-tls",
  description: "Postfix and Dovecot offer a login only once TLS protects it (RFC 8314 section 3).",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Set `smtpd_tls_auth_only = yes` in Postfix, `ssl = required` and `auth_allow_cleartext = no` in Dovecot.",
  validateResource: eachWorkload((workload, report) => {
    const postfix = postfixOf(workload);
    for (const { name, parameter } of postfix === undefined ? [] : smtpListeners(postfix)) {
      const login = isYes(parameter("smtpd_sasl_auth_enable"));
      const protectedBefore =
        isYes(parameter("smtpd_tls_auth_only")) ||
        isYes(parameter("smtpd_tls_wrappermode")) ||
        parameter("smtpd_tls_security_level") === "encrypt";
      if (login && !protectedBefore) {
        report(
          `${name} offers a login before TLS (smtpd_tls_auth_only = ${parameter("smtpd_tls_auth_only") ?? "no"}); set it to yes.`,
        );
      }
    }
    const dovecot = fileOf(workload, "dovecot.conf");
    if (dovecot === undefined) return;
    for (const [, include = ""] of dovecot.matchAll(/^\s*(!include\S*\s.*)$/gm))
      report(
        `dovecot.conf has ${include.trim()}, and no rule here reads what that says; write it into the file itself.`,
      );
    for (const [setting, wanted] of [
      ["ssl", "required"],
      ["auth_allow_cleartext", "no"],
    ] as const) {
      const values = dovecotSettings(dovecot, setting).filter(({ depth }) => depth === 0 || setting !== "ssl");
      const found = values.length === 0 ? ["not set"] : values.map(({ value }) => value);
      for (const value of found.filter((one) => one !== wanted)) {
        report(`Dovecot's ${setting} is ${value}, so a login may come in clear text; set it to ${wanted}.`);
      }
    }
  }),
};

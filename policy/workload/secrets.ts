/** What a secret looks like, wherever it turns up. */

/** Forms that are a secret whatever stands around them. */
const FORMS: readonly { readonly what: string; readonly form: RegExp }[] = [
  { what: "a private key", form: /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/ },
  { what: "a password hash", form: /\$(?:5|6|2[aby]|y|argon2id?)\$[^\s"']{20,}/ },
  { what: "an access key of AWS", form: /\bAKIA[0-9A-Z]{16}\b/ },
  { what: "a token of DigitalOcean", form: /\bdo[opr]_v1_[0-9a-f]{64}\b/ },
  { what: "a key of Google", form: /\bAIza[0-9A-Za-z_-]{35}\b/ },
  { what: "a token of GitHub", form: /\bgh[pousr]_[0-9A-Za-z]{36,}\b/ },
  { what: "a token of GitLab", form: /\bglpat-[0-9A-Za-z_-]{20,}\b/ },
  { what: "a token of Slack", form: /\bxox[abprs]-[0-9A-Za-z-]{10,}\b/ },
  { what: "a JSON web token", form: /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}\b/ },
  { what: "a login in a URL", form: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']+:[^\s/@"']{3,}@/i },
];

/** Names of settings whose value is one, unless the name says that it is a file or a setting about secrets. */
const NAMES = /(?:^|[_.-])(?:password|passwd|passphrase|secret|token|api_?key|private_?key|access_?key|credentials?)$/i;

/** Lines such as `requirepass x` or `secret: x`, in the words of the daemons here. */
const SETTING = /^\s*"?([A-Za-z][\w.-]*)"?\s*(?:[=:]\s*|\s+)"?([^\s"#;,]+)/;

const DAEMON_NAMES: ReadonlySet<string> = new Set(["requirepass", "masterauth", "doveadm_password", "enable_password"]);

/** What kind of secret a text holds; undefined where it holds none. */
export function secretIn(text: string): string | undefined {
  const form = FORMS.find((one) => one.form.test(text));
  if (form !== undefined) return form.what;
  const line = text.split("\n").find((one) => {
    const [, name = "", value = ""] = SETTING.exec(one) ?? [];
    return isSecretName(name) && isValue(value);
  });
  return line === undefined ? undefined : `a value for ${SETTING.exec(line)?.[1] ?? ""}`;
}

/** Whether a setting of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return NAMES.test(name) || DAEMON_NAMES.has(name.toLowerCase());
}

/** Switches, paths, references and what is empty are no secrets. */
export function isValue(value: string): boolean {
  return !/^(|yes|no|true|false|null|on|off|none|\d{1,3}|[{[(].*|\/.*|\$.*|<.*|@.*)$/i.test(value);
}

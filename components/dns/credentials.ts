/** What providers want to know before they let anybody in. Checked before anything is created. */
import type { Published } from "../plan/published.ts";

interface Credential {
  /** Environment variables, any of which will do. */
  readonly variables: readonly string[];
  /** Keys of the stack's configuration, any of which will do. */
  readonly config: readonly string[];
}

const CREDENTIALS = {
  cloudflare: { variables: ["CLOUDFLARE_API_TOKEN"], config: ["cloudflare:apiToken"] },
  digitalocean: { variables: ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"], config: ["digitalocean:token"] },
  google: {
    variables: ["GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN"],
    config: ["gcp:credentials", "gcp:accessToken"],
  },
} as const satisfies Readonly<Record<string, Credential>>;

/** @throws Error when a zone's provider is given no credentials */
export function requireCredentials(
  published: Published,
  environment: Readonly<Record<string, string | undefined>>,
  config: Readonly<Record<string, string>>,
): void {
  const missing = missingCredentials(published, environment, config);
  if (missing.length > 0) throw new Error(["Nothing was changed.", ...missing].join("\n"));
}

/** Sentences for zones whose provider is given no credentials; empty when `up` may go on. Values are never looked at. */
export function missingCredentials(
  { zones }: Published,
  environment: Readonly<Record<string, string | undefined>>,
  config: Readonly<Record<string, string>>,
): string[] {
  return zones.flatMap(({ name, provider }) => {
    if (provider === "print") return [];
    const { variables, config: keys } = CREDENTIALS[provider];
    const given = (value: string | undefined): boolean => value !== undefined && value !== "";
    if (variables.some((one) => given(environment[one])) || keys.some((one) => given(config[one]))) return [];
    const [key] = keys;
    return [
      `The zone ${name} is at ${provider}, which wants credentials: ` +
        `set the variable ${variables.join(" or ")}, or run \`pulumi config set --secret ${key}\`.`,
    ];
  });
}

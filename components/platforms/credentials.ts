/** What clouds and providers of zones want to know before they let anybody in. Checked before anything is created. */
import { machineMakers } from "./makers.ts";
import type { Plan } from "../plan/types.ts";

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

/** Who wants credentials, of zones and of machines. */
export type CloudProvider = keyof typeof CREDENTIALS;

/** The first of a provider's credentials that is given, variables before configuration; undefined without any. */
export function givenCredential(
  provider: CloudProvider,
  environment: Readonly<Record<string, string | undefined>>,
  config: Readonly<Record<string, string>>,
): { readonly from: string; readonly value: string } | undefined {
  const { variables, config: keys } = CREDENTIALS[provider];
  const all: readonly (readonly [from: string, value: string | undefined])[] = [
    ...variables.map((from) => [from, environment[from]] as const),
    ...keys.map((from) => [from, config[from]] as const),
  ];
  return all.flatMap(([from, value]) => (value === undefined || value === "" ? [] : [{ from, value }]))[0];
}

/** What somebody must be let in for. */
type Wanted = Pick<Plan, "published" | "sites">;

/** @throws Error when the provider of a zone or of a site's machine is given no credentials */
export function requireCredentials(
  wanted: Wanted,
  environment: Readonly<Record<string, string | undefined>>,
  config: Readonly<Record<string, string>>,
): void {
  const missing = missingCredentials(wanted, environment, config);
  if (missing.length > 0) throw new Error(["Nothing was changed.", ...missing].join("\n"));
}

/** Sentences for what no credentials are given for; empty when `up` may go on. Values are never looked at. */
export function missingCredentials(
  { published: { zones }, sites }: Wanted,
  environment: Readonly<Record<string, string | undefined>>,
  config: Readonly<Record<string, string>>,
): string[] {
  const wanted = [
    ...zones.flatMap(({ name, provider }) =>
      provider === "print" ? [] : [{ what: `The zone ${name} is at ${provider}`, provider }],
    ),
    ...machineMakers(sites).map(({ site, provider }) => ({
      what: `The machine of ${site} is made at ${provider}`,
      provider,
    })),
  ];
  return wanted.flatMap(({ what, provider }) => {
    const { variables, config: keys } = CREDENTIALS[provider];
    const given = (value: string | undefined): boolean => value !== undefined && value !== "";
    if (variables.some((one) => given(environment[one])) || keys.some((one) => given(config[one]))) return [];
    const [key] = keys;
    return [
      `${what}, which wants credentials: ` +
        `set the variable ${variables.join(" or ")}, or run \`pulumi config set --secret ${key}\`.`,
    ];
  });
}

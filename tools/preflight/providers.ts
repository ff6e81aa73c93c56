/** What the clouds and the providers of zones that a stack names say of themselves: credentials, quotas, what they offer. */
import { givenCredential, missingCredentials, type CloudProvider } from "../../components/platforms/credentials.ts";
import type { DropletPlan, InstancePlan } from "../../components/plan/machine.ts";
import type { Plan } from "../../components/plan/types.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { checkCloudflare } from "./clouds/cloudflare.ts";
import { checkDigitalOcean } from "./clouds/digitalocean.ts";
import { checkGoogle } from "./clouds/google.ts";
import { checkDnsTokens } from "./clouds/dns-tokens.ts";
import type { Endpoints } from "./clouds/http.ts";
import { checkRegistry } from "./clouds/registry.ts";
import { DIGITALOCEAN_SERVERS, type FoundZones } from "./clouds/zones.ts";
import type { Known } from "./known.ts";
import type { Verdict } from "./verdict.ts";

/** The stack, and what opens its providers. */
export interface ProvidersArgs {
  readonly plan: Pick<Plan, "published" | "sites">;
  readonly known: Pick<Known, "made" | "config">;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly endpoints: Endpoints;
  /** Where the sites get their images from. */
  readonly images: Settings["images"];
}

/** Each provider is asked side by side with the others. */
export async function checkProviders(args: ProvidersArgs): Promise<FoundZones> {
  const { plan, known, environment } = args;
  const missing = missingCredentials(plan, environment, known.config).map((sentence): Verdict => ({
    check: "credentials",
    where: "-",
    level: "problem",
    says: sentence.replace(/: set the variable.*/s, "."),
    fix: `S${sentence.replace(/.*: s(et the variable.*)/s, "$1")}`,
  }));
  const [found, secrets] = await Promise.all([
    Promise.all([askDigitalOcean(args), askCloudflare(args), askGoogle(args)]),
    tryOfSites(args),
  ]);
  return {
    verdicts: [...missing, ...found.flatMap(({ verdicts }) => verdicts), ...secrets],
    servers: new Map(found.flatMap(({ servers }) => [...servers])),
  };
}

/** What the sites are given to let themselves in with. */
async function tryOfSites({ plan, known: { config }, endpoints, images }: ProvidersArgs): Promise<Verdict[]> {
  const found = await Promise.all([
    checkDnsTokens({ endpoints, config, zones: plan.published.zones }),
    checkRegistry({ ...images, config }),
  ]);
  return found.flat();
}

const NONE: FoundZones = { verdicts: [], servers: new Map() };

function zonesAt({ plan }: ProvidersArgs, provider: CloudProvider) {
  return plan.published.zones.filter((zone) => zone.provider === provider);
}

/** Machines of a platform that are still to be made, by site. */
function toMake({ plan, known }: ProvidersArgs, platform: "digitalocean-droplet" | "gcp-instance") {
  return plan.sites.flatMap(({ name, machine }) =>
    machine?.made?.platform === platform && !known.made.has(name) ? [{ site: name, made: machine.made }] : [],
  );
}

function isWanted(args: ProvidersArgs, provider: CloudProvider, platform?: string): boolean {
  const machines = args.plan.sites.some(
    ({ machine }) => machine?.made !== undefined && machine.made.platform === platform,
  );
  return machines || zonesAt(args, provider).length > 0;
}

async function askDigitalOcean(args: ProvidersArgs): Promise<FoundZones> {
  const servers = new Map(zonesAt(args, "digitalocean").map(({ name }) => [name, DIGITALOCEAN_SERVERS] as const));
  const credential = givenCredential("digitalocean", args.environment, args.known.config);
  if (!isWanted(args, "digitalocean", "digitalocean-droplet") || credential === undefined)
    return { verdicts: [], servers };
  const droplets = toMake(args, "digitalocean-droplet").flatMap(({ site, made }) =>
    isDroplet(made) ? [{ site, region: made.region, size: made.size, image: made.image }] : [],
  );
  const { value: token, from } = credential;
  return { verdicts: await checkDigitalOcean({ base: args.endpoints.digitalocean, token, from, droplets }), servers };
}

async function askCloudflare(args: ProvidersArgs): Promise<FoundZones> {
  const credential = givenCredential("cloudflare", args.environment, args.known.config);
  const zones = zonesAt(args, "cloudflare").flatMap(({ name, zoneId }) =>
    zoneId === undefined ? [] : [{ name, zoneId }],
  );
  if (zones.length === 0 || credential === undefined) return NONE;
  const { value: token, from } = credential;
  return await checkCloudflare({ base: args.endpoints.cloudflare, token, from, zones });
}

async function askGoogle(args: ProvidersArgs): Promise<FoundZones> {
  const credential = givenCredential("google", args.environment, args.known.config);
  if (!isWanted(args, "google", "gcp-instance") || credential === undefined) return NONE;
  const zones = zonesAt(args, "google").flatMap(({ name, project }) =>
    project === undefined ? [] : [{ name, project }],
  );
  const instances = toMake(args, "gcp-instance").flatMap(({ site, made }) =>
    isInstance(made) ? [{ ...made, site }] : [],
  );
  return await checkGoogle({ endpoints: args.endpoints, credential, instances, zones });
}

function isDroplet(made: DropletPlan | InstancePlan): made is DropletPlan {
  return made.platform === "digitalocean-droplet";
}

function isInstance(made: DropletPlan | InstancePlan): made is InstancePlan {
  return made.platform === "gcp-instance";
}

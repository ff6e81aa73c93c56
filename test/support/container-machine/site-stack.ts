/** A stack with two sites on machines of one's own, in a checkout of its own, as its owner would run it. */
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { hashPassword } from "../../../components/directory/hash.ts";
import { readImages } from "../../../tools/images/record.ts";
import type { Account } from "../../../tools/site/clients.ts";
import { Checkout, type Ended } from "../../engine/checkout.ts";
import { run } from "../../engine/compose-stack.ts";
import { USER } from "./image.ts";
import { ADMIN, AUTHORITY, INFRASTRUCTURE, PEOPLE, PEOPLE6, type Site, SITES } from "./places.ts";
import type { AtEnd, World } from "./world.ts";

export const STACK = "machine";
export const ANN: Account = { address: "ann@home.example", password: "the-password-of-a-test" };
/** Account of machines. */
const HOSTS = "hosts@home.example";

const stateSchema = z.object({
  checkpoint: z.object({
    latest: z.object({ resources: z.array(z.looseObject({ type: z.string(), outputs: z.unknown().optional() })) }),
  }),
});
const outputsSchema = z.looseObject({
  deployKey: z.string(),
  privateCa: z.string(),
  dns: z.looseObject({ print: z.record(z.string(), z.looseObject({ zoneFile: z.string() })) }),
});

export type Settings = Readonly<Record<string, unknown>>;

export interface SettingsArgs {
  /** Public keys that the machines show. */
  readonly hostKeys: Readonly<Record<Site, string>>;
  /** What the authority's directory is believed by. */
  readonly directoryCa: string;
}

export function settings({ hostKeys, directoryCa }: SettingsArgs): Settings {
  const roles = { alpha: ["mx", "submission", "maildrop"], bravo: ["mx", "submission"] } as const;
  return {
    infrastructureDomain: INFRASTRUCTURE,
    sshFrom: { v4: [`${ADMIN.here}/32`], v6: [] },
    sites: SITES.map((name, index) => ({
      name,
      number: index + 1,
      platform: "host",
      roles: roles[name],
      addresses: { v4: PEOPLE[name], v6: PEOPLE6[name] },
      ssh: { address: ADMIN[name], user: USER, hostKey: hostKeys[name] },
    })),
    domains: [{ name: "home.example" }],
    dnsZones: [INFRASTRUCTURE, "home.example"].map((name) => ({ name, provider: "print" })),
    mailboxes: [{ address: ANN.address }],
    aliases: ["postmaster", "hostmaster", "abuse"].map((role) => ({
      address: `${role}@home.example`,
      targets: [ANN.address],
    })),
    machines: [{ login: HOSTS, senders: [`*@*.${INFRASTRUCTURE}`] }],
    hostMail: { account: HOSTS },
    acme: { directory: `https://${AUTHORITY.hostname}:${AUTHORITY.port}/dir`, directoryCa, email: ANN.address },
  };
}

export class SiteStack {
  readonly #checkout: Checkout;

  private constructor(checkout: Checkout) {
    this.#checkout = checkout;
  }

  /** Its resolver believes in the world's root instead of the real one. */
  static async create(world: World, atEnd: AtEnd): Promise<SiteStack> {
    const checkout = await Checkout.create({}, "real");
    atEnd(async () => {
      // Nobody else has use for a resolver that believes in that root.
      const { unbound } = await readImages(checkout.path(".mailkeep/images.json"));
      if (unbound !== undefined) await run("docker", ["rmi", unbound.tag]);
      await checkout.remove();
    });
    await checkout.write("images/unbound/root.key", world.rootKey);
    await checkout.write("images/unbound/root.hints", world.rootHints);
    await appendFile(checkout.path("images/unbound/Dockerfile"), "\nCOPY root.key root.hints /usr/share/dns/\n");
    // Who owns the addresses keeps their reverse names.
    const rules = { "require-reverse-name": { keptByHand: SITES.flatMap((site) => [PEOPLE[site], PEOPLE6[site]]) } };
    await checkout.write(`stacks/policy.${STACK}.json`, JSON.stringify(rules));
    return new SiteStack(checkout);
  }

  async configure(values: Settings): Promise<void> {
    const secret = { "mailkeep:passwordHashes": { [ANN.address]: hashPassword(ANN.password) } };
    const config = Object.fromEntries(Object.entries(values).map(([key, value]) => [`mailkeep:${key}`, value]));
    await this.#checkout.write(this.#file, stringify({ ...(await this.#head()), config: { ...config, ...secret } }));
  }

  /** `npm run mailkeep -- …` in that checkout. */
  mailkeep(...args: readonly string[]): Promise<Ended> {
    return this.#checkout.mailkeep(...args);
  }

  /** What the stack gives out, secrets left out, as `pulumi stack output` has it. */
  async outputs(): Promise<z.infer<typeof outputsSchema>> {
    const path = this.#checkout.path(`.mailkeep/backend/.pulumi/stacks/mailkeep/${STACK}.json`);
    const { resources } = stateSchema.parse(JSON.parse(await readFile(path, "utf8"))).checkpoint.latest;
    return outputsSchema.parse(resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs);
  }

  get #file(): string {
    return join("stacks", `Pulumi.${STACK}.yaml`);
  }

  /** What Pulumi has written into the file beside the settings. */
  async #head(): Promise<object> {
    const text = (await this.#checkout.read(this.#file)) ?? "";
    const salt = /^encryptionsalt: .*$/m.exec(text)?.[0].split(": ")[1];
    return salt === undefined ? {} : { encryptionsalt: salt };
  }
}

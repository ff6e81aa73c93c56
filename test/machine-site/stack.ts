/** A stack of one site on a machine that is there, platform `host`: the real program, engine and providers, in a folder of its own. */
import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { hashPassword } from "../../components/directory/hash.ts";
import { plan } from "../../components/plan/plan.ts";
import { literal } from "../../components/plan/text.ts";
import { renderCloudInit } from "../../components/platforms/cloud-init.ts";
import type { SitePlan } from "../../components/plan/types.ts";
import type { ImageName } from "../../components/plan/workload.ts";
import { parseSettings } from "../../components/settings/read.ts";
import type { BuiltImages } from "../../tools/images/index.ts";
import { ROOT } from "../../tools/paths.ts";
import { Project } from "../engine/project.ts";
import { USER, type KeyPair } from "../support/vm/machine.ts";
import { ADMIN, SSH_PORT, WORLD } from "../support/vm/network.ts";

const STACK = "machine";
export const HOSTNAME = "alpha.machine.test";
export const CLIENT_HOSTNAME = "mail.machine.test";
export const ANN = { address: "ann@home.test", password: "a-password-of-a-test" };
const HOSTS = { login: "hosts@home.test", senders: ["*@*.machine.test"] };

export type Config = Readonly<Record<string, unknown>>;

const stateSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(z.looseObject({ urn: z.string(), outputs: z.unknown().optional() })),
  }),
});
const keySchema = z.looseObject({ privateKeyOpenssh: z.string(), publicKeyOpenssh: z.string() });
const secretSchema = z.looseObject({ plaintext: z.string() });

export class MachineStack {
  readonly name = STACK;
  readonly project: Project;
  readonly #settings: Config;
  readonly #images: BuiltImages;

  private constructor(project: Project, settings: Config, images: BuiltImages) {
    this.project = project;
    this.#settings = settings;
    this.#images = images;
  }

  /** @param hostKey the public key that the machine will have */
  static async create(pulumi: string, images: BuiltImages, reach: { address: string; hostKey: string }) {
    const project = await Project.create(pulumi, { MAILKEEP_NODE: process.execPath });
    await symlink(join(ROOT, "stacks"), join(project.folder, "stacks"));
    await mkdir(join(project.folder, "config"));
    const providers = ["compose", "ledger"].map((name) => ({ name, path: join(ROOT, "providers", name) }));
    const runtime = { name: "nodejs", options: { typescript: false } };
    await project.write(
      "Pulumi.yaml",
      stringify({ name: "mailkeep", runtime, stackConfigDir: "config", plugins: { providers } }),
    );
    await project.write("package.json", '{"name":"mailkeep","type":"module","main":"stacks/index.ts"}');
    await project.write(".mailkeep/images.json", JSON.stringify(images));
    await project.expect("stack", "init", STACK);
    const stack = new MachineStack(project, settingsFor(reach), images);
    await stack.configure({});
    return stack;
  }

  /** The first settings, with these changed. */
  async configure(changes: Config): Promise<void> {
    const path = `config/Pulumi.${STACK}.yaml`;
    const before = z.looseObject({}).parse(await readYaml(join(this.project.folder, path)));
    const config: Record<string, unknown> = {};
    for (const [key, value] of Object.entries({ ...this.#settings, ...changes })) config[`mailkeep:${key}`] = value;
    await this.project.write(path, stringify({ ...before, config }));
  }

  async up(...args: readonly string[]): Promise<string> {
    return await this.project.expect("up", "--yes", "--skip-preview", ...args);
  }

  /** The key pair that opens the machine. Keys are made alone: the machine cannot be reached before it knows the public half. */
  async deployKey(): Promise<KeyPair> {
    await this.up("--target", "**mailkeep:keys:Keys**");
    const exported = await this.project.expect("stack", "export", "--show-secrets");
    const { deployment } = stateSchema.parse(JSON.parse(exported));
    const found = deployment.resources.find(({ urn }) => urn.endsWith("PrivateKey::ssh/deploy"));
    const { privateKeyOpenssh, publicKeyOpenssh } = keySchema.parse(withoutSecrets(found?.outputs));
    return { privateKey: privateKeyOpenssh, publicKey: publicKeyOpenssh.trim() };
  }

  async output(name: string): Promise<string> {
    const outputs: unknown = JSON.parse(await this.project.expect("stack", "output", "--json", "--show-secrets"));
    return z.string().parse(z.looseObject({}).parse(outputs)[name]);
  }

  site(): SitePlan {
    const [site] = plan(STACK, parseSettings(this.#settings)).sites;
    if (site === undefined) throw new Error("The stack has no site.");
    return site;
  }

  /** The images that its site needs. */
  images(): readonly ImageName[] {
    return [...new Set(this.site().workloads.map(({ image }) => image))];
  }

  image(name: ImageName): string {
    return this.#images[name]?.tag ?? "";
  }

  /** What a machine like this one would get at its first start, with the files that its site has and no secret in them. */
  userData(deployKey: string, firstHostKey: KeyPair): string {
    const [site] = plan(STACK, { ...parseSettings(this.#settings), hostMail: undefined }).sites;
    const files = site?.machine?.files ?? [];
    return renderCloudInit({
      hostname: HOSTNAME,
      user: USER,
      authorizedKeys: [deployKey],
      firstHostKey,
      files: files.map((file) => ({ ...file, content: literal(file.content) })),
    });
  }
}

function settingsFor({ address, hostKey }: { address: string; hostKey: string }): Config {
  const zones = ["machine.test", "home.test"].map((name) => ({ name, provider: "print" }));
  const roles = ["postmaster", "hostmaster", "abuse"].map((role) => ({
    address: `${role}@home.test`,
    targets: [ANN.address],
  }));
  return {
    infrastructureDomain: "machine.test",
    sshFrom: { v4: [`${ADMIN.others}/32`], v6: [] },
    sites: [
      {
        name: "alpha",
        number: 1,
        platform: "host",
        roles: ["mx", "submission", "maildrop"],
        addresses: { v4: WORLD.machine },
        ssh: { address, port: SSH_PORT, user: USER, hostKey },
      },
    ],
    domains: [{ name: "home.test" }],
    dnsZones: zones,
    mailboxes: [{ address: ANN.address }],
    aliases: roles,
    machines: [HOSTS],
    hostMail: { account: HOSTS.login, to: ANN.address },
    passwordHashes: { [ANN.address]: hashPassword(ANN.password) },
    // Nobody is asked: in a zone that is kept by hand nothing can be proven. The private authority's certificate serves.
    acme: { directory: "https://acme.machine.test/directory", email: ANN.address },
    filter: { greylistDelaySeconds: 0 },
  };
}

async function readYaml(path: string): Promise<unknown> {
  const value: unknown = parse(await readFile(path, "utf8").catch(() => "{}"));
  return value ?? {};
}

/** Exported secrets are objects with the JSON text of their value. */
function withoutSecrets(outputs: unknown): unknown {
  return Object.fromEntries(
    Object.entries(z.looseObject({}).parse(outputs)).map(([key, value]) => {
      const secret = secretSchema.safeParse(value);
      return [key, secret.success ? (JSON.parse(secret.data.plaintext) as unknown) : value];
    }),
  );
}

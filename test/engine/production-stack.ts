/** A stack of the template `production` in a folder of its own: the real program, the real engine, stand-ins for the clouds. */
import { readFileSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { IMAGE_NAMES } from "../../tools/images/names.ts";
import { ROOT } from "../../tools/paths.ts";
import { CLOUDS, makeStandIns } from "./cloud-stand-ins.ts";
import { linkPlugins } from "./official-plugins.ts";
import { Project } from "./project.ts";

export const STACK = "production";

/** Nobody has them: what a template leaves to its user, and keeps as a secret. */
export const SECRETS = {
  hash: `{SHA512-CRYPT}$6$${"s".repeat(16)}$${"h".repeat(86)}`,
  dnsToken: "atokenthatnobodyhas",
  registryPassword: "apasswordthatnobodyhas",
} as const;

/** Of the clouds: such as the official plugins take before they ask anybody. */
export const CREDENTIALS = {
  CLOUDFLARE_API_TOKEN: "x".repeat(40),
  DIGITALOCEAN_TOKEN: "x",
  GOOGLE_CREDENTIALS: JSON.stringify({
    type: "authorized_user",
    client_id: "x",
    client_secret: "x",
    refresh_token: "x",
  }),
} as const;

const ID = `sha256:${"0".repeat(64)}`;

const fileSchema = z.looseObject({ config: z.record(z.string(), z.unknown()) });
const previewSchema = z.looseObject({ steps: z.array(z.looseObject({ op: z.string(), urn: z.string() })) });

export type Config = Record<string, unknown>;

export class ProductionStack {
  readonly project: Project;
  /** What all stand-ins share. */
  readonly #clouds: string;

  private constructor(project: Project) {
    this.project = project;
    this.#clouds = join(project.folder, "clouds");
  }

  /**
   * @param variables of the environment, such as credentials
   * @param official the clouds' own plugins, by name; stand-ins for the others
   * @param template in `stacks`
   */
  static async create(
    pulumi: string,
    variables: Readonly<Record<string, string>>,
    official: ReadonlyMap<string, string> = new Map(),
    template = "production",
  ): Promise<ProductionStack> {
    const project = await Project.create(pulumi, variables);
    const stack = new ProductionStack(project);
    const clouds = CLOUDS.filter((name) => !official.has(name));
    const standIns = await makeStandIns(stack.#clouds, clouds);
    await linkPlugins(official, join(project.folder, "home"));
    // The program is the checkout's; what lies beside the settings is not.
    await mkdir(join(project.folder, "stacks"));
    await symlink(join(ROOT, "stacks/index.ts"), join(project.folder, "stacks/index.ts"));
    // As a build writes them down.
    const images = IMAGE_NAMES.map((name) => [name, { tag: `mailkeep/${name}:${"0".repeat(12)}`, id: ID }]);
    await project.write(".mailkeep/images.json", JSON.stringify(Object.fromEntries(images)));
    const providers = [...standIns, { name: "ledger", path: join(ROOT, "providers/ledger") }];
    const runtime = { name: "nodejs", options: { typescript: false } };
    await project.write(
      "Pulumi.yaml",
      stringify({ name: "mailkeep", runtime, stackConfigDir: "stacks", plugins: { providers } }),
    );
    await project.write("package.json", '{"name":"mailkeep","type":"module","main":"stacks/index.ts"}');
    await project.expect("stack", "init", STACK);
    await stack.configure(() => templateConfig(template));
    return stack;
  }

  /** The file with the stack's settings. */
  get file(): string {
    return join(this.project.folder, "stacks", `Pulumi.${STACK}.yaml`);
  }

  /** Changes the stack's settings. */
  async configure(change: (config: Config) => Config): Promise<void> {
    await this.edit((text) => {
      const file = fileSchema.parse({ config: {}, ...parsed(text) });
      return stringify({ ...file, config: change(file.config) });
    });
  }

  /** Changes the text of the stack's file. */
  async edit(change: (text: string) => string): Promise<void> {
    await writeFile(this.file, change(await readFile(this.file, "utf8").catch(() => "{}")));
  }

  /** A file beside the stack's own. */
  async writeBeside(name: string, content: object): Promise<void> {
    await writeFile(join(this.project.folder, "stacks", name), stringify(content));
  }

  /** What an update would do, as `create digitalocean:index/droplet:Droplet alpha-machine`; what stays is left out. */
  async steps(): Promise<string[]> {
    const { steps } = previewSchema.parse(JSON.parse(await this.project.expect("preview", "--json")));
    return steps
      .filter(({ op }) => !["same", "read", "refresh"].includes(op))
      .map(({ op, urn }) => {
        const [, , types = "", name = ""] = urn.split("::");
        return `${op} ${types.split("$").at(-1) ?? ""} ${name}`;
      })
      .toSorted();
  }

  /** From now on the clouds make, change or delete so many things and no more; without a number they do everything. */
  async limit(more?: number): Promise<void> {
    const done = await readFile(join(this.#clouds, "done"), "utf8").catch(() => "");
    const path = join(this.#clouds, "limit");
    if (more === undefined) await rm(path, { force: true });
    else await writeFile(path, String(done.length + more));
  }

  /** The stack's state as it lies on disk. */
  state(): Promise<string> {
    return readFile(join(this.project.folder, `state/.pulumi/stacks/mailkeep/${STACK}.json`), "utf8");
  }
}

export function listOf(value: unknown): readonly unknown[] {
  return z.array(z.unknown()).parse(value);
}

/** The template with what it leaves to its user. */
export function templateConfig(template: string): Config {
  const { config } = fileSchema.parse(parse(readFileSync(join(ROOT, "stacks", `${template}.yaml`), "utf8")));
  const mailboxes = z.array(z.object({ address: z.string() })).parse(config["mailkeep:mailboxes"]);
  return {
    ...config,
    "mailkeep:passwordHashes": Object.fromEntries(mailboxes.map(({ address }) => [address, SECRETS.hash])),
    "mailkeep:dnsTokens": { [String(config["mailkeep:infrastructureDomain"])]: SECRETS.dnsToken },
  };
}

function parsed(text: string): object {
  const value: unknown = parse(text);
  return typeof value === "object" && value !== null ? value : {};
}

/** `docs/configuration.md`, written from the settings' schema: a key cannot be there without being described. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { ROOT } from "../paths.ts";
import { examplesIn, type Examples } from "./examples.ts";
import { settingsTree, type SchemaNode } from "./schema-tree.ts";
import { allowedWords, code, defaultWords, typeWords } from "./words.ts";

/** Its absolute path. */
export const CONFIGURATION_FILE = join(ROOT, "docs", "configuration.md");

/** The text as it must be in {@link CONFIGURATION_FILE}. */
export async function configurationText(): Promise<string> {
  const examples = examplesIn(await readFile(join(ROOT, "stacks", "local.yaml"), "utf8"));
  const { format, resolveConfig } = await import("prettier");
  const style = await resolveConfig(CONFIGURATION_FILE);
  return format(configuration(settingsTree(), examples), { ...style, parser: "markdown" });
}

function configuration(tree: SchemaNode, examples: Examples): string {
  const keys = Object.entries(tree.properties ?? {});
  const overview = keys.map(([key, node]) => [
    `[${code(key)}](#${key.toLowerCase()})`,
    node.description ?? "",
    defaultWords(node, isRequired(tree, key)),
  ]);
  return [
    "<!-- Generated from components/settings/schema.ts by `npm run mailkeep -- docs`. Change the schema, not this file. -->",
    INTRODUCTION,
    table(["key", "meaning", "default"], overview),
    ...keys.map(([key, node]) => section(key, node, isRequired(tree, key), examples)),
    RULES,
  ].join("\n\n");
}

const INTRODUCTION = `# Configuration

All settings of a stack are in one file, \`stacks/Pulumi.<stack>.yaml\`, under \`config:\`; each key begins with
\`mailkeep:\`. The local stack's file is made from [stacks/local.yaml](../stacks/local.yaml) by the first \`npm run up\` and
is yours from then on. Change it in an editor, or in \`npm run shell\` with Pulumi's own command:

\`\`\`sh
pulumi config set --stack local --path 'mailkeep:limits.messageSizeMiB' 20
\`\`\`

The settings are checked before anything is changed. A key that is not described here is an error, and all problems are
told at once, each with its place, what is allowed there, and what to do. Domains and mail addresses may be written in
capitals; they count as lower case.`;

const RULES = `## What must hold between keys

- Site names, addresses and published addresses are each there once. A site must not be called like the local world's
  group or servers (\`world\`, \`ns\`, \`acme\`) nor like \`clientName\`, and neither of them \`srs\`, \`wellknown\`,
  \`acme-proofs\`, \`mta-sts\`, \`autoconfig\` or \`autodiscover\`.
- Local sites have addresses from 198.51.100.10 to 198.51.100.99, and from 2001:db8:100::10 to 2001:db8:100::99.
- A stack is of local sites alone, or has none: nothing leaves the closed world of local sites. Other stacks need
  \`sshFrom\`, not the whole Internet, and an ACME directory other than \`local\`.
- Each of the roles \`mx\`, \`submission\` and \`maildrop\` is at one site or more.
- \`postmaster@\`, \`hostmaster@\` and \`abuse@\` of every domain reach a mailbox or an address elsewhere.
- Mailboxes, aliases, catch-all targets and machines lie in hosted domains, and targets there exist. Aliases end
  somewhere: a loop is an error. A mailbox and an alias share an address only when the alias names the mailbox too.
- Times of the queue lie within \`queue.lifetimeMinutes\`, and its first wait is no longer than its longest.
- Each way in a site's \`egress\` is there once. One \`via\` another site needs that site to have a direct way out or a relay,
  and the roles \`mx\` and \`submission\` where this one has them. A relay that is named is described under \`relays\`; it
  says where it sends from, begins without TLS (not on port 465), and has a password where it has a \`user\`, with TLS. The
  SPF records that follow need ten lookups at most.
- Each destination under \`outboundTls\` is there once.
- Every mailbox has a password hash, and no hash is without its account.
- Machines send from addresses in or below a hosted domain, or that of the sites' own names. \`hostMail.account\` is one of
  them, has no hash, and may send as \`root@<site>.<infrastructureDomain>\` where sites are machines of their own.
- No domain is \`outside.test\`, the foreign domain of the local world, or below it, or a site's own host name.
- A parked domain is neither hosted, nor the infrastructure domain, nor a host of the mail system.
- No name is wanted for two sets of records of one type, nor for anything beside an alias: no domain and no zone is
  \`srs.<infrastructureDomain>\`, or \`mta-sts\`, \`autoconfig\` or \`autodiscover\` of a hosted domain.
- Each selector of a domain is there once, whatever the kind of its key, and \`ed25519Standby\` is for \`dkim.ed25519\` alone. The
  sites' own domain has its selectors under \`dkim.infrastructure\`, or under \`domains\` where it is hosted. Numbers in
  \`standby\` are not served; each is there once.
- Each zone is listed once and holds one of the domains, with \`zoneId\` at Cloudflare and \`project\` at Google. What its
  provider cannot hold is an error until \`without\` names it.
- \`acme.account\` needs an authority whose name in CAA records is known, or \`acme.issuer\`.`;

function section(key: string, node: SchemaNode, required: boolean, examples: Examples): string {
  const allowed = allowedWords(node);
  const facts = [
    `type: ${typeWords(node)}`,
    ...(allowed === "" ? [] : [`allowed: ${allowed}`]),
    required ? "required" : `default: ${defaultWords(node, required)}`,
  ];
  const forms = formsOf(node);
  const tables = forms.map((form, index) => {
    const rows = rowsOf(form, [key], examples).map((row) => withMeaning(row, forms));
    const heading = forms.length === 1 ? "" : index === 0 ? "Either:\n\n" : "or:\n\n";
    return heading + table(["key", "meaning", "type", "allowed", "default", "example"], rows);
  });
  return [
    `## ${key}`,
    node.description ?? "",
    facts.map((fact) => `- ${fact}`).join("\n"),
    `\`\`\`yaml\n${examples.ofKey(key) ?? node.example ?? exampleOfDefault(key, node)}\n\`\`\``,
    ...tables,
  ].join("\n\n");
}

/** The groups of keys that a key holds, itself or in a list; more than one where there is a choice. */
function formsOf(node: SchemaNode): readonly SchemaNode[] {
  const inner = node.items ?? node;
  return (inner.anyOf ?? inner.oneOf ?? [inner]).filter((form) => form.properties !== undefined);
}

function rowsOf(group: SchemaNode, path: readonly string[], examples: Examples): readonly (readonly string[])[] {
  return Object.entries(group.properties ?? {}).flatMap(([key, node]) => {
    const here = [...path, key];
    const name = code(here.slice(1).join("."));
    const example = node.const ?? examples.at(here);
    const row = [
      name,
      node.description ?? "",
      typeWords(node),
      allowedWords(node),
      defaultWords(node, isRequired(group, key)),
      exampleWords(example),
    ];
    return [row, ...rowsOf(node, here, examples)];
  });
}

/** A key that several forms have is described in the first. */
function withMeaning([key = "", meaning, ...rest]: readonly string[], forms: readonly SchemaNode[]): readonly string[] {
  const first = forms.map((form) => form.properties?.[key.replaceAll("`", "")]?.description);
  return [key, meaning === "" ? (first.find((text) => text !== undefined) ?? "") : (meaning ?? ""), ...rest];
}

/** A list in one line; groups are shown by their own keys. */
function exampleWords(example: unknown): string {
  if (Array.isArray(example)) return code(`[${example.map(String).join(", ")}]`);
  return typeof example === "string" || typeof example === "boolean" || typeof example === "number"
    ? code(String(example))
    : "";
}

function exampleOfDefault(key: string, node: SchemaNode): string {
  return stringify({ [`mailkeep:${key}`]: node.default }).trimEnd();
}

function isRequired(group: SchemaNode, key: string): boolean {
  return group.required?.includes(key) === true;
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heading), line(heading.map(() => "---")), ...rows.map(line)].join("\n");
}

/** What a stack's state remembers of its keys. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { dkimPublicKey, spkiSha256 } from "../../components/keys/encode.ts";
import { keyUses } from "../../components/plan/rotation.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { readKeys, type LedgerKey, type LedgerKeys } from "../../providers/ledger/read.ts";
import { fail } from "../console.ts";
import { resourcesIn } from "../stack/exported.ts";
import type { Engine } from "../stack/pulumi.ts";

export type { LedgerKey, LedgerKeys };

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  outputs: z
    .looseObject({
      publicKeyPem: z.unknown().optional(),
      publicKeyOpenssh: z.unknown().optional(),
      keys: z.unknown().optional(),
    })
    .optional(),
});

/** As it is in the middle of things too: the stack's outputs are those of the last update that ended well. */
async function stateOf(stack: string, pulumi: Pick<Engine, "ask">): Promise<z.infer<typeof resourceSchema>[]> {
  return resourcesIn(await pulumi.ask(["stack", "export", "--stack", stack]), resourceSchema);
}

/** @throws SentenceError where the stack has not been up since there is a ledger */
export async function ledgerKeys(stack: string, pulumi: Pick<Engine, "ask">): Promise<LedgerKeys> {
  const ledger = (await stateOf(stack, pulumi)).find(({ type }) => type === "ledger:index:KeyLedger");
  if (ledger?.outputs === undefined)
    return fail(`The state of ${stack} does not know its keys yet: run \`npm run up -- ${stack}\` first.`);
  return readKeys(ledger.outputs.keys);
}

/**
 * A step starts from what is up, not from what somebody has written since.
 *
 * @throws SentenceError where the settings want other keys than the stack has
 */
export function refusePendingChanges(stack: string, settings: Settings, keys: LedgerKeys): void {
  const wanted = Object.fromEntries(keyUses(settings).map(({ name, inUse }) => [name, inUse]));
  const present = Object.fromEntries(Object.entries(keys).map(([name, { inUse }]) => [name, inUse]));
  if (!isDeepStrictEqual(sorted(wanted), sorted(present)))
    fail(`The settings of ${stack} want other keys than the stack has: run \`npm run up -- ${stack}\` first.`);
}

function sorted(values: Readonly<Record<string, boolean>>): [string, boolean][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What DNS is to say of a key: a DKIM `p=` value, or the digest of a TLSA record. */
export async function publicHalf(
  stack: string,
  pulumi: Pick<Engine, "ask">,
  key: string,
  form: "dkim" | "tlsa",
): Promise<string> {
  const pem = await outputOf(stack, pulumi, key, "publicKeyPem");
  return form === "dkim" ? dkimPublicKey(pem) : spkiSha256(pem);
}

/** A public key as `authorized_keys` has it, in one line. */
export async function openSshHalf(stack: string, pulumi: Pick<Engine, "ask">, key: string): Promise<string> {
  return (await outputOf(stack, pulumi, key, "publicKeyOpenssh")).trim();
}

async function outputOf(
  stack: string,
  pulumi: Pick<Engine, "ask">,
  key: string,
  name: "publicKeyPem" | "publicKeyOpenssh",
): Promise<string> {
  const state = await stateOf(stack, pulumi);
  const found = state.find(({ type, urn }) => type.startsWith("tls:") && urn.endsWith(`:PrivateKey::${key}`));
  const text = found?.outputs?.[name];
  if (typeof text !== "string")
    return fail(`The state of ${stack} has no key ${key}: run \`npm run up -- ${stack}\` first.`);
  return text;
}

/** What the command reads from the engine's state. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { spkiSha256 } from "../../../components/keys/encode.ts";
import { keyUses } from "../../../components/plan/rotation.ts";
import { parseSettings } from "../../../components/settings/read.ts";
import { advance } from "../../../providers/ledger/ledger.ts";
import { ledgerKeys, publicHalf, refusePendingChanges } from "../../../tools/rotation/ledger.ts";
import { localRaw } from "../settings/local.ts";

const PEM = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();
const settings = parseSettings(localRaw());
const wanted = Object.fromEntries(keyUses(settings).map(({ name, ...use }) => [name, use]));
const { keys } = advance(undefined, wanted, "2026-05-01T12:00:00.000Z");

const engine = (...resources: readonly object[]): { ask: (args: readonly string[]) => Promise<string> } => ({
  ask: () => Promise.resolve(JSON.stringify({ version: 3, deployment: { resources } })),
});
const ledger = {
  urn: "urn:pulumi:local::mailkeep::ledger:index:KeyLedger::keys",
  type: "ledger:index:KeyLedger",
  outputs: { keys },
};
const key = {
  urn: "urn:pulumi:local::mailkeep::mailkeep:keys:Keys$tls:index/privateKey:PrivateKey::site/alpha",
  type: "tls:index/privateKey:PrivateKey",
  outputs: { publicKeyPem: PEM },
};

describe("the state", () => {
  it("has the ledger", async () => {
    expect(await ledgerKeys("local", engine(key, ledger))).toEqual(keys);
  });

  it("without a ledger is one that was up before there were any", async () => {
    await expect(ledgerKeys("local", engine(key))).rejects.toThrow("run `npm run up -- local` first");
    const empty = { ask: () => Promise.resolve('{"version":3,"deployment":{}}') };
    await expect(ledgerKeys("local", empty)).rejects.toThrow("does not know its keys yet");
  });

  it("has the public half of a key, and says which one it lacks", async () => {
    expect(await publicHalf("local", engine(key), "site/alpha", "tlsa")).toBe(spkiSha256(PEM));
    await expect(publicHalf("local", engine(key), "site/alpha/2", "tlsa")).rejects.toThrow("has no key site/alpha/2");
  });
});

describe("settings that are not up", () => {
  const refuse = (rotation: object): void => {
    refusePendingChanges("local", parseSettings({ ...localRaw(), rotation }), keys);
  };

  it("are brought up before a step", () => {
    expect(() => {
      refuse({ srs: 2 });
    }).toThrow("The settings of local want other keys than the stack has: run `npm run up -- local` first.");
    expect(() => {
      refuse({});
    }).not.toThrow();
  });
});

/** What the ledger remembers from one update to the next. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { advance, type LedgerKeys, type WantedKey } from "../../../providers/ledger/ledger.ts";
import { ledgerProvider } from "../../../providers/ledger/provider.ts";
import { readKeys } from "../../../providers/ledger/read.ts";

const key = (inUse: boolean, line = "dkim/home.test"): WantedKey => ({
  line,
  inUse,
  announced: true,
  waitSeconds: 3600,
  lingerSeconds: 86_400,
});
const day = (number: number): string => `2026-05-0${number}T12:00:00.000Z`;

/** Updates on one day after the other. */
function updates(...wanted: readonly Readonly<Record<string, WantedKey>>[]): ReturnType<typeof advance> {
  return wanted.reduce<ReturnType<typeof advance>>(
    ({ keys }, next, index) => advance(index === 0 ? undefined : keys, next, day(index + 1)),
    { keys: {}, left: {} },
  );
}

describe("the ledger", () => {
  it("remembers since when each key has been published, in use, and out of use", () => {
    const { keys, left } = updates(
      { s1: key(true) },
      { s1: key(true), s2: key(false) },
      { s1: key(false), s2: key(true) },
      { s1: key(false), s2: key(true) },
    );
    expect(left).toEqual({});
    expect(keys).toEqual({
      s1: { ...key(false), publishedAt: day(1), usedSince: day(1), usedUntil: day(3), first: true },
      s2: { ...key(true), publishedAt: day(2), usedSince: day(3) },
    });
  });

  it("shows what an update takes out in that update alone", () => {
    const both = { s1: key(false), s2: key(true) };
    const { left } = updates({ s1: key(true), s2: key(false) }, both, { s2: key(true) });
    expect(left).toEqual({
      s1: { ...key(false), publishedAt: day(1), usedSince: day(1), usedUntil: day(2), first: true },
    });
    expect(updates({ s1: key(true), s2: key(false) }, both, { s2: key(true) }, { s2: key(true) }).left).toEqual({});
  });

  it("counts anew for a key that is used again, and for one that is made again under its old name", () => {
    const back = updates(
      { s1: key(true), s2: key(false) },
      { s1: key(false), s2: key(true) },
      { s1: key(true), s2: key(false) },
    );
    expect(back.keys["s1"]).toEqual({ ...key(true), publishedAt: day(1), usedSince: day(3), first: true });
    const again = updates({ s1: key(true), s2: key(false) }, { s1: key(true) }, { s1: key(true), s2: key(false) });
    expect(again.keys["s2"]).toEqual({ ...key(false), publishedAt: day(3) });
  });

  it("knows the first keys of a new line, and takes on changed times", () => {
    const slower = { ...key(true), waitSeconds: 7200 };
    const { keys } = updates({ s1: key(true) }, { s1: slower, c1: key(true, "dkim/club.test") });
    expect(keys["c1"]).toMatchObject({ first: true, publishedAt: day(2), usedSince: day(2) });
    expect(keys["s1"]).toMatchObject({ waitSeconds: 7200, publishedAt: day(1) });
  });
});

const checkedSchema = z.looseObject({ keys: z.unknown().transform(readKeys) });

describe("the provider", () => {
  const at = (number: number): ReturnType<typeof ledgerProvider> => ledgerProvider(() => new Date(day(number)));
  const check = async (number: number, olds: unknown, keys: unknown): Promise<{ keys: LedgerKeys }> => {
    const checked = await at(number).check("urn", olds, { keys, hurried: [] });
    return checkedSchema.parse(checked.inputs);
  };

  it("completes the inputs before a policy sees them", async () => {
    const first = await check(1, {}, { s1: key(true) });
    expect(first).toEqual({
      asOf: day(1),
      hurried: [],
      left: {},
      keys: { s1: { ...key(true), publishedAt: day(1), usedSince: day(1), first: true } },
    });
    const second = await check(2, first, { s2: key(true) });
    expect(second).toMatchObject({ asOf: day(2), left: { s1: first.keys["s1"] } });
  });

  it("finds no difference in the time alone, nor in what left before", async () => {
    const first = await check(1, {}, { s1: key(true), s2: key(false) });
    const second = await check(2, first, { s1: key(true) });
    const third = await check(3, second, { s1: key(true) });
    const changes = async (olds: unknown, news: unknown): Promise<boolean | undefined> =>
      (await at(4).diff("ledger", "urn", olds, news)).changes;
    expect(await changes({ keys: first.keys }, second)).toBe(true);
    expect(await changes({ keys: second.keys }, third)).toBe(false);
  });

  it("refuses keys in another form", async () => {
    await expect(check(1, {}, { s1: { line: "dkim/home.test" } })).rejects.toThrow();
  });
});

describe("a zone that is kept by hand", () => {
  const URN = "urn:pulumi:s::mailkeep::ledger:index:ZoneByHand::example.org";
  const zone = (data: string): object => ({
    zone: "example.org",
    records: { "example.org MX": { ttlSeconds: 60, data: [data] } },
  });
  const provider = ledgerProvider();

  it("is in the state as it is to be", async () => {
    expect(await provider.check(URN, {}, zone("10 a."))).toEqual({ inputs: zone("10 a.") });
    expect(await provider.create(URN, zone("10 a."))).toEqual({ id: "example.org", outs: zone("10 a.") });
    expect(await provider.update("example.org", URN, zone("10 a."), zone("10 b."))).toEqual({ outs: zone("10 b.") });
  });

  it("has changed when a record has", async () => {
    const changed = (news: object): Promise<unknown> => provider.diff("example.org", URN, zone("10 a."), news);
    expect(await changed(zone("10 a."))).toEqual({ changes: false });
    expect(await changed(zone("10 b."))).toEqual({ changes: true });
  });
});

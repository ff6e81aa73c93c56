import { describe, expect, it } from "vitest";
import { type Kind, text } from "../../../providers/stand-ins/protocol/kind.ts";
import { standIn, typeOf } from "../../../providers/stand-ins/protocol/stand-in.ts";
import {
  hasUnknown,
  isSecret,
  plain,
  type Properties,
  same,
  secret,
  UNKNOWN,
} from "../../../providers/stand-ins/protocol/values.ts";

const thing: Kind = {
  inputs: { size: undefined, color: "red", note: undefined, seed: undefined },
  required: ["size"],
  updatable: ["note"],
  secrets: ["seed", "result"],
  problems: (inputs) => (inputs["size"] === 0 ? { size: "size must be 1 or more." } : {}),
  create: ({ size, color }) =>
    Promise.resolve({ id: "1", outputs: { result: `${Number(size)} ${text({ color }, "color")}` } }),
  refresh: (_, now) => ({ late: now.getFullYear() > 2026 }),
  expired: (_, now) => (now.getFullYear() > 2026 ? "late" : undefined),
};

const URN = "urn:pulumi:test::mailkeep::mail:site:Site$pkg:index/thing:Thing::one";
const provider = (year = 2026) => standIn("1.2.3", { "pkg:index/thing:Thing": thing }, {}, () => new Date(year, 1));

describe("a stand-in", () => {
  it("takes the last type of a URN's chain", () => {
    expect(typeOf(URN)).toBe("pkg:index/thing:Thing");
  });

  it("says which types it makes", async () => {
    await expect(provider().create(URN.replace("Thing::", "Other::"), {})).rejects.toThrow(
      "The stand-in makes no pkg:index/thing:Other, only pkg:index/thing:Thing; install the official plugin for the others.",
    );
  });

  it("checks what is required, then what is wrong, and leaves unknown values alone", async () => {
    const check = async (news: object) => (await provider().check(URN, {}, news)).failures;
    expect(await check({})).toEqual([{ property: "size", reason: "size is missing; give it a value." }]);
    expect(await check({ size: 0 })).toEqual([{ property: "size", reason: "size must be 1 or more." }]);
    expect(await check({ size: UNKNOWN })).toEqual([]);
  });

  it("hands inputs on as they came, so that secrets stay secret", async () => {
    const news = { size: 1, seed: secret("x") };
    expect((await provider().check(URN, {}, news)).inputs).toEqual(news);
  });

  it("keeps inputs with their defaults, and marks secrets", async () => {
    expect(await provider().create(URN, { size: 2, seed: secret("s") })).toEqual({
      id: "1",
      outs: { id: "1", size: 2, color: "red", seed: secret("s"), result: secret("2 red") },
    });
  });

  it("leaves what the official plugin looks for when it takes over", async () => {
    const counted = { ...thing, stateVersion: 3 };
    const later = standIn("1.2.3", { "pkg:index/thing:Thing": counted }, {}, () => new Date(2026, 1));
    const marks = { id: "1", __meta: '{"schema_version":"3"}' };
    expect((await later.create(URN, { size: 2 })).outs).toMatchObject(marks);
    expect((await later.update("1", URN, { size: 2 }, { size: 2, note: "n" })).outs).toMatchObject(marks);
    expect((await later.read("1", URN, { size: 2 })).props).toMatchObject(marks);
    const __meta = '{"schema_version":"4"}';
    expect((await later.read("1", URN, { size: 2, __meta })).props).toMatchObject({ __meta });
  });

  it("has defaults that follow from what was given", async () => {
    const following = { ...thing, following: ({ size }: Properties) => ({ note: size === 2 ? "two" : "other" }) };
    const later = standIn("1.2.3", { "pkg:index/thing:Thing": following });
    expect((await later.create(URN, { size: 2 })).outs).toMatchObject({ note: "two" });
    expect((await later.create(URN, { size: 2, note: "mine" })).outs).toMatchObject({ note: "mine" });
    const state = { size: 2, color: "red", note: "two" };
    expect(await later.diff("1", URN, state, { size: 2 })).toEqual({ changes: false, replaces: [] });
  });

  it.each([
    ["nothing changed", { size: 2 }, { changes: false, replaces: [] }],
    ["a default was written out", { size: 2, color: "red" }, { changes: false, replaces: [] }],
    ["an input changed", { size: 3 }, { changes: true, replaces: ["size"] }],
    ["an input is unknown", { size: UNKNOWN }, { changes: true, replaces: ["size"] }],
    ["only an updatable input changed", { size: 2, note: "new" }, { changes: true, replaces: [] }],
    ["a secret has the same value", { size: 2, seed: secret("s") }, { changes: true, replaces: ["seed"] }],
  ])("sees whether %s", async (_, news, expected) => {
    const state = { size: 2, color: "red", result: secret("2 red") };
    expect(await provider().diff("1", URN, state, news)).toEqual(expected);
  });

  it("compares what secrets hold", async () => {
    const state = { size: 2, color: "red", seed: secret("s") };
    expect(await provider().diff("1", URN, state, { size: 2, seed: "s" })).toEqual({ changes: false, replaces: [] });
  });

  it("makes anew what has run out", async () => {
    const expected = { changes: true, replaces: ["late"] };
    expect(await provider(2027).diff("1", URN, { size: 2, color: "red" }, { size: 2 })).toEqual(expected);
  });

  it("updates in place, and reads the clock when it refreshes", async () => {
    const state = { size: 2, color: "red", result: secret("r") };
    const updated = await provider().update("1", URN, state, { size: 2, note: "n" });
    expect(updated).toEqual({ outs: { ...state, id: "1", note: "n", late: false } });
    const read = await provider(2027).read("1", URN, state);
    expect(read).toEqual({ id: "1", props: { ...state, id: "1", late: true }, inputs: { size: 2, color: "red" } });
  });

  it("says which function it does not answer", async () => {
    await expect(provider().invoke("pkg:index/get:get", {})).rejects.toThrow("does not answer pkg:index/get:get");
  });
});

describe("values on the wire", () => {
  it("lose their marks at any depth", () => {
    expect(plain({ a: [secret("x")], b: secret({ c: secret(1) }) })).toEqual({ a: ["x"], b: { c: 1 } });
    expect(isSecret(secret(1))).toBe(true);
    expect(isSecret({ value: 1 })).toBe(false);
  });

  it("are unknown when a part is", () => {
    expect(hasUnknown({ a: [1, { b: UNKNOWN }] })).toBe(true);
    expect(hasUnknown({ a: [1, "x"] })).toBe(false);
  });

  it.each([
    [undefined, null, true],
    [[], undefined, true],
    [{}, null, true],
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [[1, 2], [2, 1], false],
    [false, undefined, false],
    [0, undefined, false],
  ])("%j and %j are the same: %s", (a, b, expected) => {
    expect(same(a, b)).toBe(expected);
  });
});

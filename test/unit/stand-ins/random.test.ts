import { compareSync } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { standIn } from "../../../providers/stand-ins/protocol/stand-in.ts";
import { plainProperties } from "../../../providers/stand-ins/protocol/values.ts";
import { randomBytes, randomId } from "../../../providers/stand-ins/random/bytes.ts";
import { randomPassword } from "../../../providers/stand-ins/random/password.ts";

const password = async (inputs: Record<string, unknown>) => {
  const { id, outputs } = await randomPassword.create(inputs);
  return { id, result: String(outputs["result"]), bcryptHash: String(outputs["bcryptHash"]) };
};

describe("a random password", () => {
  it("has its length, its bcrypt hash, and is never the same", async () => {
    const [one, two] = await Promise.all([password({ length: 32 }), password({ length: 32 })]);
    expect(one.result).toMatch(/^[a-zA-Z0-9!@#$%&*()\-_=+[\]{}<>:?]{32}$/);
    expect(one.result).not.toBe(two.result);
    expect(one.id).toBe("none");
    expect(one.bcryptHash).toMatch(/^\$2[ab]\$10\$/);
    expect(compareSync(one.result, one.bcryptHash)).toBe(true);
  });

  it("has only the characters that it may have", async () => {
    expect((await password({ length: 200, special: false, upper: false })).result).toMatch(/^[a-z0-9]{200}$/);
    expect(
      (await password({ length: 200, number: false, lower: false, upper: false, overrideSpecial: ".," })).result,
    ).toMatch(/^[.,]{200}$/);
  });

  it("has at least what it must have", async () => {
    const { result } = await password({ length: 6, minNumeric: 2, minSpecial: 2, minUpper: 1, minLower: 1 });
    expect(result.match(/\d/g)).toHaveLength(2);
    expect(result.match(/[A-Z]/g)).toHaveLength(1);
    expect(result.match(/[a-z]/g)).toHaveLength(1);
  });

  it.each([
    [{ length: 0 }, { length: "length must be 1 or more, not 0." }],
    [{ length: 3, minUpper: 2, minLower: 2 }, { length: "length must be 4 or more, not 3." }],
    [
      { length: 9, numeric: true, number: false },
      { number: "number and numeric are one setting under two names; give numeric alone." },
    ],
    [
      { length: 9, lower: false, upper: false, numeric: false, special: false },
      { lower: "No kind of character is left; allow at least one of them." },
    ],
  ])("refuses %j", (inputs, problems) => {
    expect(randomPassword.problems?.(inputs)).toEqual(problems);
  });

  const TYPE = "random:index/randomPassword:RandomPassword";
  const plugin = standIn("1.2.3", { [TYPE]: randomPassword });
  const URN = `urn:pulumi:test::mailkeep::${TYPE}::one`;

  it.each([
    ["by default", {}, true],
    ["as told", { numeric: false }, false],
    ["as told under the old name", { number: false }, false],
  ])("has digits or not %s, under both names", async (_, given, digits) => {
    const inputs = { length: 40, special: false, ...given };
    const made = await plugin.create(URN, inputs);
    const state = plainProperties(made.outs);
    expect(state).toMatchObject({ numeric: digits, number: digits });
    if (!digits) expect(state["result"]).toMatch(/^[a-zA-Z]{40}$/);
    expect((await plugin.diff(made.id, URN, state, inputs)).changes).toBe(false);
  });

  it("lies in the state as the official plugin writes it", async () => {
    const made = await plugin.create(URN, { length: 32, special: false });
    const { result, bcryptHash, ...others } = plainProperties(made.outs);
    expect(result).toMatch(/^[a-zA-Z0-9]{32}$/);
    expect(bcryptHash).toMatch(/^\$2/);
    expect(others).toEqual({
      __meta: '{"schema_version":"3"}',
      id: "none",
      length: 32,
      lower: true,
      minLower: 0,
      minNumeric: 0,
      minSpecial: 0,
      minUpper: 0,
      number: true,
      numeric: true,
      special: false,
      upper: true,
    });
  });

  it("is secret", () => {
    expect(randomPassword.secrets).toEqual(["result", "bcryptHash"]);
  });
});

describe("random octets", () => {
  it("are the same in both notations, and secret", async () => {
    const { outputs } = await randomBytes.create({ length: 32 });
    expect(Buffer.from(String(outputs["base64"]), "base64").toString("hex")).toBe(outputs["hex"]);
    expect(String(outputs["hex"])).toMatch(/^[0-9a-f]{64}$/);
    expect(randomBytes.secrets).toEqual(["base64", "hex"]);
    expect(randomBytes.problems?.({ length: 0 })).toEqual({ length: "length must be a whole number, 1 or more." });
  });

  it("are an identifier with a prefix in four notations", async () => {
    const { id, outputs } = await randomId.create({ byteLength: 8, prefix: "mk-" });
    const octets = Buffer.from(id, "base64url");
    expect(octets).toHaveLength(8);
    expect(outputs).toEqual({
      b64Url: `mk-${id}`,
      b64Std: `mk-${octets.toString("base64")}`,
      hex: `mk-${octets.toString("hex")}`,
      dec: `mk-${octets.readBigUInt64BE()}`,
    });
  });
});

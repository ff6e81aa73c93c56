/** `random.RandomPassword`: a text of characters drawn by the cryptographic generator, and its bcrypt hash. */
import { randomInt } from "node:crypto";
import { hash } from "bcryptjs";
import { type Kind, text, wholeNumber } from "../protocol/kind.ts";
import type { Properties } from "../protocol/values.ts";

const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** bcrypt's cost that the official provider uses. */
const COST = 10;

/** bcrypt sees no more of a password, in octets. */
const BCRYPT_OCTETS = 72;

/** A password; `number` and `numeric` are two names of one input. */
export const randomPassword: Kind = {
  inputs: {
    length: undefined,
    keepers: undefined,
    lower: true,
    upper: true,
    numeric: undefined,
    number: undefined,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
    overrideSpecial: undefined,
  },
  // `number` is the old name of `numeric`: each has the other's value.
  following: ({ numeric, number }) => ({ numeric: number ?? true, number: numeric ?? true }),
  required: ["length"],
  secrets: ["result", "bcryptHash"],
  stateVersion: 3,
  problems: (inputs) => {
    const { numeric, number } = inputs;
    if (numeric !== undefined && number !== undefined && numeric !== number) {
      return { number: "number and numeric are one setting under two names; give numeric alone." };
    }
    const classes = classesOf(inputs);
    const least = Math.max(
      1,
      classes.reduce((sum, { minimum }) => sum + minimum, 0),
    );
    if (classes.length === 0) return { lower: "No kind of character is left; allow at least one of them." };
    const length = inputs["length"];
    return length === undefined || (typeof length === "number" && length >= least)
      ? {}
      : { length: `length must be ${least} or more, not ${JSON.stringify(length)}.` };
  },
  create: async (inputs) => {
    const result = drawPassword(wholeNumber(inputs, "length"), classesOf(inputs));
    const bcryptHash = await hash(Buffer.from(result).subarray(0, BCRYPT_OCTETS).toString(), COST);
    return { id: "none", outputs: { result, bcryptHash } };
  },
};

interface CharacterClass {
  readonly characters: string;
  readonly minimum: number;
}

/** First the minimum of each class, then from all of them, then shuffled so that no place tells its class. */
export function drawPassword(length: number, classes: readonly CharacterClass[]): string {
  const all = classes.map(({ characters }) => characters).join("");
  const needed = classes.flatMap(({ characters, minimum }) => Array.from({ length: minimum }, () => draw(characters)));
  const rest = Array.from({ length: length - needed.length }, () => draw(all));
  return shuffled([...needed, ...rest]).join("");
}

function classesOf(inputs: Properties): CharacterClass[] {
  const override = inputs["overrideSpecial"] === undefined ? "" : text(inputs, "overrideSpecial");
  // Under either name.
  const digits = inputs["numeric"] !== false && inputs["number"] !== false;
  return [
    { wanted: inputs["lower"] !== false, characters: "abcdefghijklmnopqrstuvwxyz", minimum: least(inputs, "minLower") },
    { wanted: inputs["upper"] !== false, characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", minimum: least(inputs, "minUpper") },
    { wanted: digits, characters: "0123456789", minimum: least(inputs, "minNumeric") },
    { wanted: inputs["special"] !== false, characters: override || SPECIAL, minimum: least(inputs, "minSpecial") },
  ].filter(({ wanted }) => wanted);
}

function least(inputs: Properties, name: string): number {
  return inputs[name] === undefined ? 0 : wholeNumber(inputs, name);
}

function draw(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

function shuffled(items: readonly string[]): string[] {
  const result = [...items];
  for (let at = result.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [result[at], result[other]] = [result[other] ?? "", result[at] ?? ""];
  }
  return result;
}

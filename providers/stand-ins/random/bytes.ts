/**
 * `random.RandomBytes` and `random.RandomId`: octets of the cryptographic generator in several notations.
 *
 * No secret may come of either: the official plugin makes the id of the octets, and ids lie open in a state.
 */
import { randomBytes as octets } from "node:crypto";
import { type Kind, text, wholeNumber } from "../protocol/kind.ts";
import type { Properties } from "../protocol/values.ts";

/** So many octets, in base64 and in hexadecimal. Its id tells nothing of them. */
export const randomBytes: Kind = {
  inputs: { length: undefined, keepers: undefined },
  required: ["length"],
  secrets: ["base64", "hex"],
  problems: (inputs) => atLeastOne(inputs, "length"),
  create: (inputs) => {
    const value = octets(wholeNumber(inputs, "length"));
    return Promise.resolve({ id: "none", outputs: { base64: value.toString("base64"), hex: value.toString("hex") } });
  },
};

/** So many octets, which its id shows, in four notations, each after a prefix. */
export const randomId: Kind = {
  inputs: { byteLength: undefined, prefix: undefined, keepers: undefined },
  required: ["byteLength"],
  secrets: [],
  problems: (inputs) => atLeastOne(inputs, "byteLength"),
  create: (inputs) => {
    const value = octets(wholeNumber(inputs, "byteLength"));
    const prefix = inputs["prefix"] === undefined ? "" : text(inputs, "prefix");
    const base64url = value.toString("base64url");
    return Promise.resolve({
      id: base64url,
      outputs: {
        b64Url: prefix + base64url,
        b64Std: prefix + value.toString("base64"),
        hex: prefix + value.toString("hex"),
        dec: prefix + BigInt(`0x${value.toString("hex")}`).toString(),
      },
    });
  },
};

function atLeastOne(inputs: Properties, name: string): Record<string, string> {
  const value = inputs[name];
  return value === undefined || (typeof value === "number" && Number.isInteger(value) && value >= 1)
    ? {}
    : { [name]: `${name} must be a whole number, 1 or more.` };
}

/** One type of resource of a stand-in: what goes in, what comes out, and when it must be made anew. */
import type { Properties } from "./values.ts";

/** What a stand-in's server asks of a type. */
export interface Kind {
  /** Inputs with their defaults; `undefined` is one that may be left out. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Defaults that follow from the inputs that were given. */
  readonly following?: (given: Properties) => Properties;
  /** Inputs without which it cannot be made. */
  readonly required: readonly string[];
  /** Inputs that can change without making it anew. */
  readonly updatable?: readonly string[];
  /** Inputs and outputs that are secret in the state. */
  readonly secrets: readonly string[];
  /** The version of the official plugin's states, where it counts them. It takes others for old ones and converts them. */
  readonly stateVersion?: number;
  /** Checks known inputs beyond their presence. Returns a sentence by property. */
  readonly problems?: (inputs: Properties) => Readonly<Record<string, string>>;
  /** Makes it. Inputs are plain and have their defaults; the outputs are what is added to them. */
  readonly create: (inputs: Properties) => Promise<{ readonly id: string; readonly outputs: Properties }>;
  /** Outputs that change as time goes by, computed from the state. */
  readonly refresh?: (state: Properties, now: Date) => Properties;
  /** Outputs which, when they are true, ask for it to be made anew. */
  readonly expired?: (state: Properties, now: Date) => string | undefined;
}

/** The input as a text. @throws {Error} when it is none */
export function text(inputs: Properties, name: string): string {
  const value = inputs[name];
  if (typeof value !== "string") throw new Error(`${name} must be a text.`);
  return value;
}

/** The input as a whole number. @throws {Error} when it is none */
export function wholeNumber(inputs: Properties, name: string): number {
  const value = inputs[name];
  if (typeof value !== "number" || !Number.isInteger(value)) throw new Error(`${name} must be a whole number.`);
  return value;
}

/** The input as a list of texts; an absent one is empty. @throws {Error} when it is something else */
export function texts(inputs: Properties, name: string): readonly string[] {
  const value = inputs[name] ?? [];
  if (!Array.isArray(value)) throw new Error(`${name} must be a list of texts.`);
  return value.map((item: unknown) => {
    if (typeof item !== "string") throw new Error(`${name} must be a list of texts.`);
    return item;
  });
}

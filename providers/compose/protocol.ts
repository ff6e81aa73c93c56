/** What the provider answers to the engine, apart from how it travels. */
import type { Log } from "./engine.ts";
import type { PlainObject } from "./values.ts";

/** One type of resource. What fails throws an Error whose message is a sentence for the user. */
export interface Provider {
  /** Finds everything that is wrong with the inputs, at once. */
  readonly check: (inputs: PlainObject) => { inputs: PlainObject; failures: readonly InputFailure[] };
  readonly diff: (states: {
    oldInputs: PlainObject;
    oldOutputs: PlainObject;
    inputs: PlainObject;
  }) => readonly Difference[];
  readonly create: (inputs: PlainObject, log: Log) => Promise<{ id: string; outputs: PlainObject }>;
  /** The outputs as they really are; undefined when nothing is left of the resource. */
  readonly read: (outputs: PlainObject, log: Log) => Promise<PlainObject | undefined>;
  readonly update: (oldOutputs: PlainObject, inputs: PlainObject, log: Log) => Promise<PlainObject>;
  readonly delete: (outputs: PlainObject, log: Log) => Promise<void>;
}

/** An input that is wrong, and why, in a sentence. */
export interface InputFailure {
  /** Path such as `workloads.mx.uid`. */
  readonly property: string;
  readonly reason: string;
}

/** One property that is not as it is wanted. */
export interface Difference {
  /** Path such as `workloads.mx.files["main.cf"]`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  /** Whether the resource must be deleted and made anew for it. */
  readonly replace: boolean;
  /** `outputs`: what runs is not what was put there. */
  readonly of: "inputs" | "outputs";
}

/**
 * The host was changed, and then something failed.
 *
 * The engine keeps the outputs, remembers the failure, and calls `update` the next time, whatever the difference is.
 */
export class PartialFailure extends Error {
  readonly id: string;
  readonly outputs: PlainObject;
  constructor(message: string, id: string, outputs: PlainObject) {
    super(message);
    this.id = id;
    this.outputs = outputs;
  }
}

/** What is there in the clouds beside the engine's state: names that are taken, and volumes that are attached. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** Lines of what there is, in a folder that all stand-ins of a test share; each kind has its own plugin's process and file. */
export interface Ledger {
  /** @throws Error where the thing is there already */
  readonly add: (kind: string, thing: string, trouble: string) => void;
  readonly remove: (kind: string, thing: string) => void;
}

const linesSchema = z.array(z.string());

/** One that keeps nothing, for tests of single calls. */
export const NO_LEDGER: Ledger = { add: () => undefined, remove: () => undefined };

export function ledgerIn(folder: string): Ledger {
  const path = (kind: string): string => join(folder, `${kind.replaceAll(/[:/]/g, "-")}.json`);
  const read = (kind: string): readonly string[] =>
    existsSync(path(kind)) ? linesSchema.parse(JSON.parse(readFileSync(path(kind), "utf8"))) : [];
  const write = (kind: string, things: readonly string[]): void => {
    writeFileSync(path(kind), JSON.stringify(things));
  };
  return {
    add: (kind, thing, trouble) => {
      const things = read(kind);
      if (things.includes(thing)) throw new Error(trouble);
      write(kind, [...things, thing]);
    },
    remove: (kind, thing) => {
      write(
        kind,
        read(kind).filter((one) => one !== thing),
      );
    },
  };
}

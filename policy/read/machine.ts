/** What a machine is given: the inputs of `compose:index:Machine`, read with care. */
import { posix } from "node:path";
import { fields, list, word, words } from "./values.ts";

/** Type of the resource. */
export const MACHINE = "compose:index:Machine";

/** Where the machine's own firewall is written. */
export const RULESET_PATH = "/etc/nftables.conf";

/** A file that the machine is given. */
export interface MachineFile {
  readonly content: string;
  /** The command by which the machine takes it. */
  readonly apply: string;
}

/** The files that are put where the machine's own firewall is, however their path is written. */
export function rulesetFiles(props: Readonly<Record<string, unknown>>): MachineFile[] {
  return list(props["files"])
    .map(fields)
    .filter(({ path }) => posix.normalize(word(path)) === RULESET_PATH)
    .map(({ content, apply }) => ({ content: word(content), apply: words(apply).join(" ") }));
}

/** What a machine is given: the inputs of `compose:index:Machine`, read with care. */
import { posix } from "node:path";
import { fields, list, word, words } from "./values.ts";

/** Type of the resource. */
export const MACHINE = "compose:index:Machine";

/** Where the machine's own firewall is written. */
export const RULESET_PATH = "/etc/nftables.conf";

/** A file that the machine is given. */
export interface MachineFile {
  /** However it was written. */
  readonly path: string;
  readonly content: string;
  /** The command by which the machine takes it. */
  readonly apply: string;
}

/** All of them, in the order in which they are put there. */
export function filesOf(props: Readonly<Record<string, unknown>>): MachineFile[] {
  return list(props["files"])
    .map(fields)
    .map(({ path, content, apply }) => ({
      path: posix.normalize(word(path)),
      content: word(content),
      apply: words(apply).join(" "),
    }));
}

/** The files that are put where the machine's own firewall is. */
export function rulesetFiles(props: Readonly<Record<string, unknown>>): MachineFile[] {
  return filesOf(props).filter(({ path }) => path === RULESET_PATH);
}

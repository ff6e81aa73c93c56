/** What an update would change. Pure. */
import { parseInputs, propertyPath } from "./inputs.ts";
import { hashOfTree, treeOf } from "./layout.ts";
import type { Difference } from "./protocol.ts";
import { canonical, hasUnknown, isObject } from "./values.ts";
import type { Plain, PlainObject } from "./values.ts";

/** Another project or folder is another release: the old one is taken down first, for both want the same ports. */
const REPLACING: ReadonlySet<string> = new Set(["project", "directory"]);
/** How long to wait changes nothing of what runs. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(["waitSeconds"]);

/** What new inputs change; inputs that are the engine's own (`__…`) count for nothing. */
export function diffInputs(oldInputs: PlainObject, inputs: PlainObject): Difference[] {
  const properties = [...new Set([...Object.keys(oldInputs), ...Object.keys(inputs)])].toSorted();
  return properties
    .filter((property) => !WITHOUT_EFFECT.has(property) && !property.startsWith("__"))
    .flatMap((property) => compare([property], oldInputs[property], inputs[property], REPLACING.has(property)));
}

/** Where the host, as last read, is not as these inputs want it. */
export function diffHost(outputs: PlainObject, inputs: PlainObject): Difference[] {
  if (hasUnknown(inputs)) return [];
  const expected = expectedOutputs(inputs);
  return ["hashes", "services"].flatMap((property) =>
    compare([property], outputs[property] ?? {}, expected[property], false).map((difference): Difference => ({
      ...difference,
      of: "outputs",
    })),
  );
}

/** The outputs of a release that is in place as its inputs say. */
export function expectedOutputs(inputs: PlainObject): PlainObject {
  const { workloads } = parseInputs(inputs);
  const entries = Object.entries(workloads);
  return {
    hashes: Object.fromEntries(entries.map(([name, workload]) => [name, hashOfTree(treeOf(workload))])),
    services: Object.fromEntries(entries.map(([name]) => [name, "running"])),
  };
}

/** The same for any resource. @param replacing properties that make it another one */
export function diffValues(
  oldInputs: PlainObject,
  inputs: PlainObject,
  properties: readonly string[],
  replacing: ReadonlySet<string>,
): Difference[] {
  return properties.flatMap((property) =>
    compare([property], oldInputs[property], inputs[property], replacing.has(property)),
  );
}

function compare(
  path: readonly string[],
  before: Plain | undefined,
  after: Plain | undefined,
  replace: boolean,
): Difference[] {
  const difference = (kind: Difference["kind"]): Difference[] => [
    { path: propertyPath(path), kind, replace, of: "inputs" },
  ];
  if (before === undefined) return after === undefined ? [] : difference("add");
  if (after === undefined) return difference("delete");
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    return keys.flatMap((key) => compare([...path, key], before[key], after[key], replace));
  }
  return canonical(before) === canonical(after) ? [] : difference("update");
}

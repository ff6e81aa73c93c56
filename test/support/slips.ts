/** Slips: changes to the resources of a stack, each of which must find what it changes. */
import { fields, word } from "../../policy/read/values.ts";
import type { FakeResource } from "./policy.ts";

export type Change = (resources: readonly FakeResource[]) => readonly FakeResource[];

/** Changes the properties of each resource of a type and, if given, of a name. */
export function inResource(
  type: string,
  name: string | undefined,
  change: (props: FakeResource["props"]) => FakeResource["props"],
): Change {
  return (resources) =>
    changedSomething(resources, (resource) =>
      resource.type === type && (name === undefined || resource.name === name)
        ? { ...resource, props: change(resource.props) }
        : resource,
    );
}

const RELEASE = "compose:index:Release";

/** Changes a workload of a release. */
export function inWorkload(
  release: string,
  workload: string,
  change: (inputs: FakeResource["props"]) => FakeResource["props"],
): Change {
  return inResource(RELEASE, release, (props) => {
    const workloads = fields(props["workloads"]);
    if (!(workload in workloads)) throw new Error(`The release ${release} has no workload ${workload}.`);
    return { ...props, workloads: { ...workloads, [workload]: change(fields(workloads[workload])) } };
  });
}

export function inService(release: string, workload: string, service: Readonly<Record<string, unknown>>): Change {
  return inWorkload(release, workload, (inputs) => ({
    ...inputs,
    service: { ...fields(inputs["service"]), ...service },
  }));
}

/** Puts one text in place of another, wherever it is in a file. */
export function inFile(release: string, workload: string, path: string, from: string | RegExp, to: string): Change {
  return inWorkload(release, workload, (inputs) => {
    const kind = path in fields(inputs["secretFiles"]) ? "secretFiles" : "files";
    const files = fields(inputs[kind]);
    const text = word(files[path]);
    const changed = text.replaceAll(typeof from === "string" ? from : new RegExp(from, "gm"), to);
    if (changed === text) throw new Error(`${path} of ${workload} has no ${String(from)}.`);
    return { ...inputs, [kind]: { ...files, [path]: changed } };
  });
}

export function withFile(release: string, workload: string, path: string, text: string): Change {
  return inWorkload(release, workload, (inputs) => ({
    ...inputs,
    files: { ...fields(inputs["files"]), [path]: text },
  }));
}

export function withResource(resource: FakeResource): Change {
  return (resources) => [...resources, resource];
}

/** @param type the release's own type where none is given */
export function withoutResource(name: string, type = RELEASE): Change {
  return (resources) => {
    const rest = resources.filter((one) => one.type !== type || one.name !== name);
    if (rest.length === resources.length) throw new Error(`There is no ${type} ${name}.`);
    return rest;
  };
}

/** Takes the option away by which the engine refuses to delete a resource. */
export function unprotected(name: string, type: string): Change {
  return (resources) =>
    changedSomething(resources, (one) =>
      one.type === type && one.name === name && one.protect === true ? { ...one, protect: false } : one,
    );
}

function changedSomething(
  resources: readonly FakeResource[],
  change: (resource: FakeResource) => FakeResource,
): readonly FakeResource[] {
  const changed = resources.map(change);
  if (changed.every((one, index) => one === resources[index])) throw new Error("The change found nothing to change.");
  return changed;
}

/** One change after the other. */
export function all(...changes: readonly Change[]): Change {
  return (resources) => changes.reduce<readonly FakeResource[]>((changed, change) => change(changed), resources);
}

export const nothing: Change = (resources) => resources;

/** Makes a file a secret one, as a key in it does. */
export function asSecretFile(release: string, workload: string, path: string): Change {
  return inWorkload(release, workload, (inputs) => {
    const { [path]: text, ...files } = fields(inputs["files"]);
    if (text === undefined) throw new Error(`The workload ${workload} has no file ${path}.`);
    return { ...inputs, files, secretFiles: { ...fields(inputs["secretFiles"]), [path]: text } };
  });
}

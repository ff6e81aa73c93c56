/** What a Compose service mounts, in the long and the short form of its specification. */
import type { ReleaseWorkload } from "./release.ts";
import { fields, isFields, list, word } from "./values.ts";

/** One mount, in whichever form it was written. */
export interface Mount {
  readonly kind: "bind" | "volume" | "tmpfs" | "other";
  /** A path of the host, or a volume's name. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** All mounts of a workload, in their order. */
export function mountsOf({ service }: ReleaseWorkload): Mount[] {
  return list(service["volumes"]).map((mount) => (isFields(mount) ? longForm(mount) : shortForm(word(mount))));
}

/** The mount that a path lies on; of several, the closest. */
export function mountAt(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts
    .filter(({ target }) => path === target || path.startsWith(`${target.replace(/\/$/, "")}/`))
    .toSorted((a, b) => b.target.length - a.target.length)[0];
}

function longForm(mount: Readonly<Record<string, unknown>>): Mount {
  const { type, source, target, read_only } = fields(mount);
  const kind = word(type);
  return {
    kind: kind === "bind" || kind === "volume" || kind === "tmpfs" ? kind : "other",
    source: word(source),
    target: word(target),
    readOnly: read_only === true,
  };
}

/** `[source:]target[:mode]`. A source with a slash or a dot in front is a path of the host. */
function shortForm(text: string): Mount {
  const [first = "", second, mode = ""] = text.split(":");
  const [source, target] = second === undefined ? ["", first] : [first, second];
  return {
    kind: /^[/.~]/.test(source) ? "bind" : "volume",
    source,
    target,
    readOnly: mode.split(",").includes("ro"),
  };
}

/** Examples for the reference, from the local stack's first settings: they are known to work. */
import { parse } from "yaml";
import { z } from "zod";

const KEY = /^ {2}mailkeep:(\w+):/;

/** Where the reference finds them. */
export interface Examples {
  /** The key as it stands in the file, without the file's indentation; undefined where it has none. */
  readonly ofKey: (key: string) => string | undefined;
  /** The first value at a path such as `["sites", "addresses", "v4"]`, through all lists on the way. */
  readonly at: (path: readonly string[]) => unknown;
}

/** @param yaml text of `stacks/local.yaml` */
export function examplesIn(yaml: string): Examples {
  const lines = yaml.split("\n");
  const { config } = z.object({ config: z.record(z.string(), z.unknown()) }).parse(parse(yaml));
  return {
    ofKey: (key) => {
      const start = lines.findIndex((line) => KEY.exec(line)?.[1] === key);
      if (start < 0) return undefined;
      const rest = lines.slice(start + 1);
      const next = rest.findIndex((line) => /^ {2}\S/.test(line));
      const own = [lines[start] ?? "", ...rest.slice(0, next < 0 ? rest.length : next)];
      return own
        .map((line) => line.slice(2))
        .join("\n")
        .trimEnd();
    },
    at: ([key = "", ...rest]) => firstAt(config[`mailkeep:${key}`], rest),
  };
}

function firstAt(value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((item: unknown) => firstAt(item, path)).find((found) => found !== undefined);
  }
  if (typeof value !== "object" || value === null) return undefined;
  return firstAt(Object.entries(value).find(([name]) => name === key)?.[1], rest);
}

/**
 * Loaded into every program before the SDK: puts a package's name back into stack frames that lost it.
 *
 * The source maps of Pulumi's packages point one folder too high, so a frame in `@pulumi/pulumi/resource.js` reads
 * `node_modules/@pulumi/resource.ts`. Node 22 looks for a slash after the package's name when it prints an error in
 * colours, finds none there, and goes round until the text is too long for memory: 30 s of CPU for each error.
 */
import { isMainThread } from "node:worker_threads";

type Prepare = (error: Error, frames: NodeJS.CallSite[]) => unknown;

/** The frame's line with the package that its compiled file is in, where the line names only the package's scope. */
export function trueFrame(line: string, file: string): string {
  const found = /node_modules\/(@[^/]+\/)([^/]+\/)/.exec(file);
  const [, scope = "", name = ""] = found ?? [];
  if (scope === "" || line.includes(`node_modules/${scope}${name}`)) return line;
  return line.replace(`node_modules/${scope}`, `node_modules/${scope}${name}`);
}

/** Corrects what another formatter made of the frames: one line for each of them, at the end. */
export function corrected(prepare: Prepare): Prepare {
  return (error, frames) => {
    const text = prepare(error, frames);
    if (typeof text !== "string") return text;
    const lines = text.split("\n");
    const head = lines.length - frames.length;
    return lines.map((line, at) => trueFrame(line, frames[at - head]?.getFileName() ?? "")).join("\n");
  };
}

/** Corrects whatever formatter is set from now on; the SDK sets one of its own when it starts. */
export function correctFrames(): void {
  const ours = new WeakSet<Prepare>();
  let used: unknown;
  Object.defineProperty(Error, "prepareStackTrace", {
    configurable: true,
    get: () => used,
    set: (value: unknown) => {
      // Libraries set one of their own for a moment and put back what they had read: never wrap that again.
      if (!isPrepare(value) || ours.has(value)) {
        used = value;
        return;
      }
      const wrapped = corrected(value);
      ours.add(wrapped);
      used = wrapped;
    },
  });
}

function isPrepare(value: unknown): value is Prepare {
  return typeof value === "function";
}

// Type-stripping and hooks run in workers, which print nothing.
if (isMainThread && process.execArgv.some((argument) => argument.endsWith("/true-frames.ts"))) correctFrames();

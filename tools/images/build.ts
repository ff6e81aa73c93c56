/** Builds one image. */
import { fail, type Step } from "../console.ts";
import { lastLines, type Runner } from "../offline/run.ts";

/** An image that is to be built, and what tells of it meanwhile. */
export interface BuildRequest {
  readonly tag: string;
  readonly base: string;
  readonly context: string;
  /** Arguments of `docker build` for its way to Debian's packages. */
  readonly network: readonly string[];
  readonly step: Step;
  readonly runner: Runner;
}

/** @throws SentenceError with the last lines of the build's log */
export async function buildImage({ tag, base, context, network, step, runner }: BuildRequest): Promise<void> {
  // The older builder keeps the container of a step that failed unless it is told not to.
  const args = ["build", "--force-rm", "--build-arg", `BASE=${base}`, ...network, "--tag", tag, context];
  const onLine = (line: string) => {
    const title = progressOf(line);
    if (title !== undefined) step.note(title);
  };
  // Without BuildKit the client warns of its older builder on standard error, and builds.
  const built = await runner("docker", args, { env: { BUILDKIT_PROGRESS: "plain" }, onLine });
  if (built.code !== 0) {
    const image = tag.split(":")[0] ?? tag;
    fail(
      `The image ${image} does not build: see images/${image.replace("mailkeep/", "")}/Dockerfile and the last lines of its log:\n${lastLines(built)}`,
    );
  }
}

/** The instruction that a line of the log begins, of the older builder (`Step 2/5 : RUN …`) or BuildKit (`#7 [2/5] RUN …`). */
export function progressOf(line: string): string | undefined {
  const match = /^Step (\d+\/\d+) : (.*)$/.exec(line) ?? /^#\d+ \[[^\]]*?(\d+\/\d+)\] (.*)$/.exec(line);
  if (match === null) return undefined;
  const [, count = "", instruction = ""] = match;
  // Those that take no time are not worth a line.
  if (!/^(RUN|COPY|ADD)\b/.test(instruction)) return undefined;
  const words = instruction.replaceAll(/\s+/g, " ");
  return `${count} ${words.length > 80 ? `${words.slice(0, 79)}…` : words}`;
}

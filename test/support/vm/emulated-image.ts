/**
 * rspamd's image, as a builder with the emulated processor would have made it. Expressions that were compiled for another kind of
 * processor are compiled anew at the first start, which takes 20 s of two good cores and an emulator half an hour.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { step } from "../../../tools/console.ts";
import type { BuiltImage } from "../../../tools/images/index.ts";
import { aptInstall } from "../../../tools/offline/machine.ts";
import { run } from "../../../tools/offline/run.ts";
import { succeed } from "../../engine/compose-stack.ts";
import { PROCESSOR } from "./emulator.ts";

/** QEMU's emulator of one program, which runs wherever it is copied. */
const PROGRAM = "qemu-x86_64-static";
const PACKAGE = "qemu-user-static";
const COMPILED = "/usr/share/mailkeep/hyperscan";

const dockerfile = (tag: string): string => `FROM ${tag} AS compiled
USER 0
COPY ${PROGRAM} rspamd /usr/local/bin/
RUN rm -f ${COMPILED}/* && WARM_SECONDS=900 warm-cache
FROM ${tag}
RUN rm -rf ${COMPILED}
COPY --from=compiled ${COMPILED} ${COMPILED}
`;
/** Before the real one on the path. */
const WRAPPER = `#!/bin/sh\nexec ${PROGRAM} -cpu ${PROCESSOR} /usr/bin/rspamd "$@"\n`;

/** Builds it where it is not there yet, in some two minutes. */
export async function imageForEmulator({ tag, id }: BuiltImage): Promise<BuiltImage> {
  const identity = createHash("sha256")
    .update(JSON.stringify([id, dockerfile(tag), WRAPPER]))
    .digest("hex");
  const made = `mailkeep/rspamd-${PROCESSOR.toLowerCase()}:${identity.slice(0, 12)}`;
  const inspect = ["image", "inspect", "--format", "{{.Id}}", made];
  if ((await run("docker", inspect)).code !== 0) await build(tag, made);
  return { tag: made, id: (await succeed("docker", inspect)).trim() };
}

async function build(tag: string, made: string): Promise<void> {
  const running = step(`rspamd's image for the processor ${PROCESSOR}`);
  const context = await mkdtemp(join(tmpdir(), "mailkeep-image-"));
  try {
    await mkdir(context, { recursive: true });
    await copyFile(await emulator(), join(context, PROGRAM));
    await writeFile(join(context, "rspamd"), WRAPPER, { mode: 0o755 });
    await writeFile(join(context, "Dockerfile"), dockerfile(tag));
    await succeed("docker", ["build", "--force-rm", "--network", "none", "--tag", made, context]);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
  running.done();
}

/** Where the emulator is. */
async function emulator(): Promise<string> {
  const find = () => run("sh", ["-c", 'command -v "$1"', "sh", PROGRAM]);
  const found = await find();
  if (found.code === 0) return found.stdout.trim();
  const installing = step(PACKAGE);
  await aptInstall([PACKAGE], installing, run);
  installing.done();
  return (await succeed("sh", ["-c", 'command -v "$1"', "sh", PROGRAM])).trim();
}

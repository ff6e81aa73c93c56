/** Runs the network's checks at a site: in a container of an image that is there, with the addresses of the site. */
import { join } from "node:path";
import { build } from "esbuild";
import { z } from "zod";
import { UID } from "../../components/plan/ids.ts";
import type { Host } from "../../providers/compose/host.ts";
import { hostsOf } from "../../providers/compose/reach.ts";
import type { Connection } from "../../providers/compose/ssh-client.ts";
import { fail } from "../console.ts";
import { ROOT } from "../paths.ts";
import type { Subject } from "./subject.ts";
import type { Verdict } from "./verdict.ts";

const verdictsSchema = z.array(
  z.object({
    check: z.string(),
    where: z.string(),
    level: z.enum(["ok", "warning", "problem", "unknown"]),
    says: z.string(),
    fix: z.string().exactOptional(),
  }),
);

/** A site that is up answers at once; one that is starting again is not worth more. */
const PATIENCE_SECONDS = 20;
const RUN_SECONDS = 90;
/** Long enough that Node.js has all that it needs, short of what a site can spare. */
const MEMORY = "192m";

/**
 * @param connection undefined where the site is on this machine
 * @throws SentenceError when the site is not up
 */
export async function verdictsFrom(
  stack: string,
  site: string,
  connection: Connection | undefined,
  subject: Subject,
): Promise<readonly Verdict[]> {
  const program = `${await bundled()}\nmailkeep.lookFromHere(${JSON.stringify(subject)});\n`;
  return await hostsOf(process.env)(connection, PATIENCE_SECONDS, async (host) => {
    const ask = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await host.run([...host.docker, ...args]);
      if (code !== 0) return fail(`On ${host.name} Docker does not answer: ${stderr.trim()}`);
      return stdout.trim();
    };
    const labels = (workload: string): readonly string[] =>
      [`stack=${stack}`, `site=${site}`, `workload=${workload}`].flatMap((one) => [
        "--filter",
        `label=mailkeep.${one}`,
      ]);
    const [net = ""] = (await ask("ps", "--quiet", "--no-trunc", ...labels("net"))).split("\n");
    const [node = ""] = (await ask("ps", "--format", "{{.Image}}", ...labels("couchmail"))).split("\n");
    if (net === "" || node === "")
      return fail(
        `The site ${site} is not up, so nothing can be looked at from there: \`npm run up -- ${stack}\` first.`,
      );
    return await run(host, net, node, program);
  });
}

async function run(host: Host, net: string, image: string, program: string): Promise<readonly Verdict[]> {
  const confined = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", MEMORY];
  const user = `${UID.couchmail}:${UID.couchmail}`;
  const command = ["run", "--rm", "--interactive", "--pull", "never", "--network", `container:${net}`, "--user", user];
  const { code, stdout, stderr } = await host.run(
    [...host.docker, ...command, ...confined, "--pids-limit", "64", "--entrypoint", "node", image, "-"],
    { input: program, timeoutSeconds: RUN_SECONDS },
  );
  if (code !== 0) return fail(`The checks did not end well on ${host.name}: ${stderr.trim() || `exit code ${code}`}`);
  return verdictsSchema.parse(JSON.parse(stdout));
}

/** The checks as one text. */
async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "tools", "preflight", "at-site.ts")],
    bundle: true,
    write: false,
    platform: "node",
    target: "node22",
    format: "iife",
    globalName: "mailkeep",
    legalComments: "none",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? fail("The checks could not be bundled.");
}

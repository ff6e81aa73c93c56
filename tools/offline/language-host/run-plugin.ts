/** `RunPlugin`: starts a policy pack or a provider that is a Node.js program, and passes its output to the engine. */
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import type { RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb.js";
import { locateScript, runChild, RUNNER_FLAGS } from "./child.ts";
import { optionEnvironment, parseOptions } from "./options.ts";

/** Runs a plugin to its end; the first line it prints is its port, which the engine waits for. */
export async function runPlugin(
  request: RunPluginRequest,
  send: (response: RunPluginResponse) => void,
  cancelled: (interrupt: () => void) => void,
): Promise<void> {
  const info = request.getInfo();
  if (info === undefined) throw new Error("The engine did not say where the plugin is; use Pulumi 3.250 or newer.");
  const directory = info.getProgramDirectory();
  const options = parseOptions(info.getOptions()?.toJavaScript() ?? {});
  const analyzer = request.getKind() === "analyzer";
  const runner = locateScript(`@pulumi/pulumi/cmd/${analyzer ? "run-policy-pack" : "run-plugin"}`, directory);
  const end = await runChild(
    {
      arguments: [
        ...RUNNER_FLAGS,
        ...options.nodeArguments,
        runner,
        ...pluginArguments(analyzer, directory, request.getArgsList()),
      ],
      // A policy pack finds its own package.json in the working directory.
      directory: analyzer ? directory : request.getPwd(),
      environment: { ...environmentOf(request.getEnvList()), ...optionEnvironment(options) },
      output: {
        stdout: (chunk) => {
          send(new languagePb.RunPluginResponse().setStdout(chunk));
        },
        stderr: (chunk) => {
          send(new languagePb.RunPluginResponse().setStderr(chunk));
        },
      },
    },
    cancelled,
  );
  send(new languagePb.RunPluginResponse().setExitcode("code" in end ? end.code : 1));
}

/** A policy pack wants its folder last, after the engine's address; a provider wants it first. */
export function pluginArguments(analyzer: boolean, directory: string, rest: readonly string[]): string[] {
  return analyzer ? [...rest, directory] : [directory, ...rest];
}

/** The engine's `NAME=value` lines; none at all means the host's own environment. */
export function environmentOf(lines: readonly string[]): Record<string, string | undefined> {
  if (lines.length === 0) return { ...process.env };
  return Object.fromEntries(
    lines.map((line) => {
      const equals = line.indexOf("=");
      return equals < 0 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}

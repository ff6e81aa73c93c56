/** `Run`: starts the Pulumi program with the SDK's own runner, and tells the engine how it ended. */
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import type { RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb.js";
import { type ChildEnd, locateScript, runChild, RUNNER_FLAGS } from "./child.ts";
import { optionEnvironment, parseOptions, type RuntimeOptions } from "./options.ts";

/** The runner ends with this code when it has already told the user what is wrong. */
const EXIT_ALREADY_TOLD = 32;

/** Runs the program of a request to its end. */
export async function runProgram(
  request: RunRequest,
  engineAddress: string,
  cancelled: (interrupt: () => void) => void,
): Promise<RunResponse> {
  const info = request.getInfo();
  if (info === undefined) throw new Error("The engine did not say where the program is; use Pulumi 3.250 or newer.");
  if (request.getAttachDebugger()) {
    throw new Error("This language host cannot attach a debugger; set nodeargs: --inspect-brk in Pulumi.yaml instead.");
  }
  const directory = info.getProgramDirectory();
  const options = parseOptions(info.getOptions()?.toJavaScript() ?? {});
  const runner = locateScript("@pulumi/pulumi/cmd/run", directory);
  const end = await runChild(
    {
      arguments: [...RUNNER_FLAGS, ...options.nodeArguments, runner, ...runnerArguments(request, engineAddress)],
      directory: process.cwd(),
      environment: runnerEnvironment(request, options),
    },
    cancelled,
  );
  return responseOf(end);
}

/** The runner's command line: its flags, then the program, then the program's own arguments. */
export function runnerArguments(request: RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: info?.getProgramDirectory() ?? "",
    parallel: String(request.getParallel()),
  };
  return [
    ...Object.entries(flags).flatMap(([flag, value]) => (value === "" ? [] : [`--${flag}`, value])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() ?? ".",
    ...request.getArgsList(),
  ];
}

function runnerEnvironment(request: RunRequest, options: RuntimeOptions): Record<string, string | undefined> {
  const config = [...request.getConfigMap().entries()].map(([key, value]) => [configKey(key), value]);
  return {
    ...process.env,
    ...optionEnvironment(options),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(config)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

/** The runner reads configuration under its old long keys: `mail:domains` becomes `mail:config:domains`. */
export function configKey(key: string): string {
  const [namespace, ...rest] = key.split(":");
  if (rest.length === 0 || namespace === undefined) {
    throw new Error(`The configuration key ${key} has no namespace; write it as project:name.`);
  }
  return rest.length > 1 && rest[0] === "config" ? key : `${namespace}:config:${rest.join(":")}`;
}

/** What the engine is told about the way the program ended. */
export function responseOf(end: ChildEnd): RunResponse {
  const response = new languagePb.RunResponse();
  if ("signal" in end) return response.setError(`The program was ended by signal ${end.signal}.`);
  if (end.code === EXIT_ALREADY_TOLD) return response.setBail(true);
  return end.code === 0 ? response : response.setError(`The program ended with exit code ${end.code}.`);
}

/** The `LanguageRuntime` service of one engine, RPC by RPC. Calls not named here answer UNIMPLEMENTED. */
import * as grpc from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { version } from "@pulumi/pulumi/version.js";
import { runChild, stopChildren } from "./child.ts";
import { installedPackages, requiredPackages } from "./packages.ts";
import { runPlugin } from "./run-plugin.ts";
import { runProgram } from "./run.ts";

/** Version that the host names in `pulumi about` and plugin listings: the SDK's, since its runners do the work. */
const VERSION = version.replace(/^v/, "");

/** Builds the handlers. `engineAddress` is the command line's; a handshake replaces it. */
export function languageRuntime(engineAddress: string): grpc.UntypedServiceImplementation {
  let engine = engineAddress;
  return {
    handshake: unary((request: language.LanguageHandshakeRequest): language.LanguageHandshakeResponse => {
      engine = request.getEngineAddress();
      return new languagePb.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary((): PluginInfo => new pluginPb.PluginInfo().setVersion(VERSION)),
    getRequiredPackages: unary(
      async (request: language.GetRequiredPackagesRequest): Promise<language.GetRequiredPackagesResponse> => {
        const packages = await requiredPackages(directoryOf(request.getInfo()));
        return new languagePb.GetRequiredPackagesResponse().setPackagesList(
          packages.map(({ name, version, server }) =>
            new pluginPb.PackageDependency().setName(name).setKind("resource").setVersion(version).setServer(server),
          ),
        );
      },
    ),
    getRequiredPlugins: unary(
      async (request: language.GetRequiredPluginsRequest): Promise<language.GetRequiredPluginsResponse> => {
        const packages = await requiredPackages(directoryOf(request.getInfo()));
        return new languagePb.GetRequiredPluginsResponse().setPluginsList(
          packages.map(({ name, version, server }) =>
            new pluginPb.PluginDependency().setName(name).setKind("resource").setVersion(version).setServer(server),
          ),
        );
      },
    ),
    getProgramDependencies: unary(
      async (request: language.GetProgramDependenciesRequest): Promise<language.GetProgramDependenciesResponse> => {
        const found = await installedPackages(directoryOf(request.getInfo()), request.getTransitivedependencies());
        return new languagePb.GetProgramDependenciesResponse().setDependenciesList(
          found.map(({ name, version }) => new languagePb.DependencyInfo().setName(name).setVersion(version)),
        );
      },
    ),
    about: unary((): language.AboutResponse => {
      return new languagePb.AboutResponse().setExecutable(process.execPath).setVersion(process.version);
    }),
    runtimeOptionsPrompts: unary((): language.RuntimeOptionsResponse => new languagePb.RuntimeOptionsResponse()),
    template: unary((): language.TemplateResponse => new languagePb.TemplateResponse()),
    run: unary((request: language.RunRequest, cancelled): Promise<language.RunResponse> => {
      return runProgram(request, engine, cancelled);
    }),
    runPlugin: streamed((request: language.RunPluginRequest, send: Send<language.RunPluginResponse>, cancelled) =>
      runPlugin(request, send, cancelled),
    ),
    installDependencies: streamed(
      (request: language.InstallDependenciesRequest, send: Send<language.InstallDependenciesResponse>, cancelled) =>
        installDependencies(directoryOf(request.getInfo()), send, cancelled),
    ),
    cancel: unary(async (): Promise<Empty> => {
      await stopChildren();
      return new empty.Empty();
    }),
  };
}

type Send<Response> = (response: Response) => void;
type Cancelled = (interrupt: () => void) => void;

function unary<Request, Response>(
  answer: (request: Request, cancelled: Cancelled) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const cancelled: Cancelled = (interrupt) => call.on("cancelled", interrupt);
    void Promise.resolve()
      .then(() => answer(call.request, cancelled))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback({ code: grpc.status.UNKNOWN, details: messageOf(error) });
        },
      );
  };
}

function streamed<Request, Response>(
  answer: (request: Request, send: Send<Response>, cancelled: Cancelled) => Promise<void>,
): grpc.handleServerStreamingCall<Request, Response> {
  return (call) => {
    const cancelled: Cancelled = (interrupt) => call.on("cancelled", interrupt);
    const send: Send<Response> = (response) => call.write(response);
    answer(call.request, send, cancelled).then(
      () => call.end(),
      (error: unknown) => {
        call.emit("error", { code: grpc.status.UNKNOWN, details: messageOf(error) });
      },
    );
  };
}

async function installDependencies(
  directory: string,
  send: Send<language.InstallDependenciesResponse>,
  cancelled: Cancelled,
): Promise<void> {
  const output = {
    stdout: (chunk: Buffer) => {
      send(new languagePb.InstallDependenciesResponse().setStdout(chunk));
    },
    stderr: (chunk: Buffer) => {
      send(new languagePb.InstallDependenciesResponse().setStderr(chunk));
    },
  };
  const install = { command: "npm", arguments: ["install"], directory, environment: process.env, output };
  const end = await runChild(install, cancelled);
  if (!("code" in end && end.code === 0)) throw new Error(`npm install failed in ${directory}; see what it printed.`);
}

function directoryOf(info: language.ProgramInfo | undefined): string {
  if (info === undefined) throw new Error("The engine did not say where the program is; use Pulumi 3.250 or newer.");
  return info.getProgramDirectory();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

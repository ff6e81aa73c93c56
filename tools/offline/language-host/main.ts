/**
 * `pulumi-language-nodejs` for machines that cannot have the official one, which comes only with the command line's
 * own download. The engine starts it, reads its port from the first line it prints, and calls it over gRPC.
 */
import * as grpc from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { stopChildren } from "./child.ts";
import { languageRuntime } from "./service.ts";

/** How often, in milliseconds, the host looks whether the engine that started it is still there. */
const PARENT_CHECK_MILLISECONDS = 1_000;

const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";
const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(languageGrpc.LanguageRuntimeService, languageRuntime(engineAddress));
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    console.error(`The language host cannot listen on 127.0.0.1: ${error.message}`);
    process.exit(1);
  }
  console.log(String(port));
});

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await stopChildren();
  server.forceShutdown();
  process.exit(0);
}
process.on("SIGINT", () => void stop());
process.on("SIGTERM", () => void stop());

// An engine that was killed closes nothing: without this the host and its program would stay behind.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) void stop();
}, PARENT_CHECK_MILLISECONDS).unref();

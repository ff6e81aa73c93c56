/**
 * The provider's side of Pulumi's protocol.
 *
 * The SDK has a server too, but that one cannot say which properties differ, nor ask for a refresh before each update.
 */
import grpc from "@grpc/grpc-js";
import protoGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { LogFor } from "./engine.ts";
import { initFailed } from "./failure.ts";
import type { Difference, Provider } from "./protocol.ts";
import { PartialFailure } from "./protocol.ts";
import { isObject, unwrapSecrets } from "./values.ts";
import type { Plain, PlainObject } from "./values.ts";

const VERSION = "0.1.0";
/** One release with all its files travels in one message. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Providers by the type of resource, such as `compose:index:Release`. */
export type Providers = Readonly<Record<string, Provider>>;

/** Serves some providers until the engine ends this process. Prints the port, which the engine waits for. */
export async function serve(providers: Providers, logFor: LogFor, cancel: () => void): Promise<void> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(protoGrpc.ResourceProviderService, handlers(providers, logFor, cancel));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  process.stdout.write(`${port}\n`);
}

function handlers(providers: Providers, logFor: LogFor, cancel: () => void): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(VERSION)),
    getSchema: unary(() =>
      new proto.GetSchemaResponse().setSchema(JSON.stringify({ name: "compose", version: VERSION })),
    ),
    checkConfig: unary((request: InstanceType<typeof proto.CheckRequest>) =>
      new proto.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary(() => new proto.DiffResponse()),
    // Secrets come unwrapped: the engine then marks every output below a secret input by itself, besides those we mark.
    configure: unary(() => new proto.ConfigureResponse().setAcceptsecrets(false)),
    cancel: unary(() => {
      cancel();
      return new emptyPb.Empty();
    }),

    check: unary((request: InstanceType<typeof proto.CheckRequest>) => {
      const { inputs, failures } = providerFor(providers, request.getUrn()).check(read(request.getNews()));
      return new proto.CheckResponse()
        .setInputs(write(inputs))
        .setFailuresList(failures.map((f) => new proto.CheckFailure().setProperty(f.property).setReason(f.reason)));
    }),
    diff: unary((request: InstanceType<typeof proto.DiffRequest>) =>
      diffResponse(
        providerFor(providers, request.getUrn()).diff({
          oldInputs: read(request.getOldInputs() ?? request.getOlds()),
          oldOutputs: read(request.getOlds()),
          inputs: read(request.getNews()),
        }),
      ),
    ),
    create: unary(async (request: InstanceType<typeof proto.CreateRequest>) => {
      const created = await providerFor(providers, request.getUrn()).create(
        read(request.getProperties()),
        logFor(request.getUrn()),
      );
      return new proto.CreateResponse()
        .setId(created.id)
        .setProperties(write(created.outputs))
        .setRefreshBeforeUpdate(true);
    }),
    read: unary(async (request: InstanceType<typeof proto.ReadRequest>) => {
      const found = await providerFor(providers, request.getUrn()).read(
        read(request.getProperties()),
        logFor(request.getUrn()),
      );
      if (found === undefined) return new proto.ReadResponse();
      return new proto.ReadResponse()
        .setId(request.getId())
        .setProperties(write(found))
        .setInputs(request.getInputs())
        .setRefreshBeforeUpdate(true);
    }),
    update: unary(async (request: InstanceType<typeof proto.UpdateRequest>) => {
      const outputs = await providerFor(providers, request.getUrn()).update(
        read(request.getOlds()),
        read(request.getNews()),
        logFor(request.getUrn()),
      );
      return new proto.UpdateResponse().setProperties(write(outputs)).setRefreshBeforeUpdate(true);
    }),
    delete: unary(async (request: InstanceType<typeof proto.DeleteRequest>) => {
      await providerFor(providers, request.getUrn()).delete(read(request.getProperties()), logFor(request.getUrn()));
      return new emptyPb.Empty();
    }),
  };
}

/** A URN has the types of its parents and its own before the name: `…::parent$own::name`. */
function providerFor(providers: Providers, urn: string): Provider {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const provider = providers[type];
  if (provider === undefined) throw new Error(`The provider compose knows no resource of the type ${type}.`);
  return provider;
}

function unary<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(handle)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(error instanceof PartialFailure ? initFailed(error) : failed(error), null),
      );
  };
}

function failed(error: unknown): Partial<grpc.StatusObject> {
  return { code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}

function diffResponse(differences: readonly Difference[]): InstanceType<typeof proto.DiffResponse> {
  const { Kind } = proto.PropertyDiff;
  const response = new proto.DiffResponse().setHasdetaileddiff(true).setDeletebeforereplace(true);
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  response.setChanges(differences.length > 0 ? DIFF_SOME : DIFF_NONE);
  for (const { path, kind, replace, of } of differences) {
    const property = path.split(/[.[]/, 1)[0] ?? path;
    if (!response.getDiffsList().includes(property)) response.addDiffs(property);
    if (replace) response.addReplaces(property);
    const plain = { add: Kind.ADD, delete: Kind.DELETE, update: Kind.UPDATE }[kind];
    const replacing = { add: Kind.ADD_REPLACE, delete: Kind.DELETE_REPLACE, update: Kind.UPDATE_REPLACE }[kind];
    const entry = new proto.PropertyDiff().setKind(replace ? replacing : plain).setInputdiff(of === "inputs");
    response.getDetaileddiffMap().set(path, entry);
  }
  return response;
}

function read(struct: Struct | undefined): PlainObject {
  const plain: Plain = unwrapSecrets(struct?.toJavaScript() ?? {});
  return isObject(plain) ? plain : {};
}

/** A value in the form in which the protocol carries it. */
export function write(value: PlainObject): Struct {
  return structPb.Struct.fromJavaScript(value);
}

/** Lines that the user sees while a release is put in place. */
import { credentials } from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";

/** Where a resource's operation says what it does. */
export interface Log {
  /** Shown while it lasts, in the resource's own row, and not kept. */
  readonly status: (message: string) => void;
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
}

/** Makes the log of one resource. */
export type LogFor = (urn: string) => Log;

/** Logs through the engine at the address given; without one, nowhere. */
export function engineLog(address: string | undefined): LogFor {
  if (address === undefined) return () => ({ status() {}, info() {}, warn() {} });
  const client = new engineGrpc.EngineClient(address, credentials.createInsecure());
  const send = (urn: string, severity: enginePb.LogSeverity, message: string, ephemeral: boolean): void => {
    const request = new enginePb.LogRequest();
    request.setUrn(urn).setSeverity(severity).setMessage(message).setEphemeral(ephemeral);
    // A line that is lost must not fail the operation that it tells of.
    client.log(request, () => {});
  };
  const { INFO, WARNING } = enginePb.LogSeverity;
  return (urn) => ({
    status: (message) => send(urn, INFO, message, true),
    info: (message) => send(urn, INFO, message, false),
    warn: (message) => send(urn, WARNING, message, false),
  });
}

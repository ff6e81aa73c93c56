/** How a partial failure travels: as the details of a gRPC status, in a trailer of the name that Go's library reads. */
import grpc from "@grpc/grpc-js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import type { PartialFailure } from "./protocol.ts";

/** The status of a resource that was made but does not serve. It is read anew before its next update. */
export function initFailed(failure: PartialFailure): Partial<grpc.StatusObject> {
  const detail = new proto.ErrorResourceInitFailed()
    .setId(failure.id)
    .setProperties(structPb.Struct.fromJavaScript(failure.outputs))
    .setReasonsList([failure.message])
    .setRefreshBeforeUpdate(true);
  const any = new anyPb.Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusPb.Status().setCode(grpc.status.UNKNOWN).setMessage(failure.message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: failure.message, metadata };
}

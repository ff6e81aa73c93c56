/** The plugin `pulumi-resource-tls` for machines that cannot have the official one. Keys are real ones. */
import { main } from "@pulumi/pulumi/provider/index.js";
import { endWithEngine } from "../protocol/end-with-engine.ts";
import { standIn } from "../protocol/stand-in.ts";
import { OFFICIAL_VERSION } from "../versions.ts";
import { certRequest } from "./cert-request.ts";
import { locallySignedCert } from "./locally-signed-cert.ts";
import { getPublicKey, privateKey } from "./private-key.ts";
import { selfSignedCert } from "./self-signed-cert.ts";

const provider = standIn(
  OFFICIAL_VERSION.tls,
  {
    "tls:index/privateKey:PrivateKey": privateKey,
    "tls:index/certRequest:CertRequest": certRequest,
    "tls:index/selfSignedCert:SelfSignedCert": selfSignedCert,
    "tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
  },
  { "tls:index/getPublicKey:getPublicKey": getPublicKey },
);

endWithEngine();
await main(provider, process.argv.slice(2));

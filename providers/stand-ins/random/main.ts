/** The plugin `pulumi-resource-random` for machines that cannot have the official one. What it makes is truly random. */
import { main } from "@pulumi/pulumi/provider/index.js";
import { endWithEngine } from "../protocol/end-with-engine.ts";
import { standIn } from "../protocol/stand-in.ts";
import { OFFICIAL_VERSION } from "../versions.ts";
import { randomBytes, randomId } from "./bytes.ts";
import { randomPassword } from "./password.ts";

const provider = standIn(OFFICIAL_VERSION.random, {
  "random:index/randomPassword:RandomPassword": randomPassword,
  "random:index/randomBytes:RandomBytes": randomBytes,
  "random:index/randomId:RandomId": randomId,
});

endWithEngine();
await main(provider, process.argv.slice(2));

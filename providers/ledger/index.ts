/** The Pulumi provider `ledger`: since when each key has been published, in use, and out of use. */
import { main } from "@pulumi/pulumi/provider/index.js";
import { endWithEngine } from "../stand-ins/protocol/end-with-engine.ts";
import { ledgerProvider } from "./provider.ts";

endWithEngine();
await main(ledgerProvider(), process.argv.slice(2));

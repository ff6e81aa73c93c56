/** The Pulumi provider `compose`: puts a group of workloads on a host and keeps it as described. */
import { cancel, endWithEngine } from "./cancellation.ts";
import { engineLog } from "./engine.ts";
import { releaseProvider } from "./release.ts";
import { serve } from "./server.ts";

const engineAddress = process.argv.slice(2).findLast((argument) => /^[^-].*:\d+$/.test(argument));

endWithEngine();
await serve(releaseProvider, engineLog(engineAddress), cancel);

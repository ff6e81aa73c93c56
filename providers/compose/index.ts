/** The Pulumi provider `compose`: puts a group of workloads on a host and keeps it as described, and the host fit for it. */
import { cancel, endWithEngine } from "./cancellation.ts";
import { engineLog } from "./engine.ts";
import { machineProviderOn } from "./machine.ts";
import { hostsOf } from "./reach.ts";
import { releaseProviderOn } from "./release.ts";
import { serve } from "./server.ts";

const engineAddress = process.argv.slice(2).findLast((argument) => /^[^-].*:\d+$/.test(argument));

endWithEngine();
const reach = hostsOf(process.env);
const providers = {
  "compose:index:Release": releaseProviderOn(reach),
  "compose:index:Machine": machineProviderOn(reach),
};
await serve(providers, engineLog(engineAddress), cancel);

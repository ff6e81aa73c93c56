/** The provider `compose` for tests of the engine, with its own checks and differences, and no machine behind it. */
import { z } from "zod";
import { endWithEngine } from "../../../providers/compose/cancellation.ts";
import { expectedOutputs } from "../../../providers/compose/diff.ts";
import { engineLog } from "../../../providers/compose/engine.ts";
import { markSecrets, parseInputs } from "../../../providers/compose/inputs.ts";
import { hashOfFile } from "../../../providers/compose/machine-file.ts";
import { markKeys, parseMachine } from "../../../providers/compose/machine-inputs.ts";
import { machineProviderOn } from "../../../providers/compose/machine.ts";
import type { Provider } from "../../../providers/compose/protocol.ts";
import type { Reach } from "../../../providers/compose/reach.ts";
import { releaseProviderOn } from "../../../providers/compose/release.ts";
import { serve } from "../../../providers/compose/server.ts";
import type { PlainObject } from "../../../providers/compose/values.ts";
import { countDone, findWorkloads, lostWorkloads } from "./faults.ts";

const [folder = "", ...args] = process.argv.slice(2);

const releaseSchema = z.looseObject({ project: z.string(), services: z.record(z.string(), z.string()) });

const nowhere: Reach = () => Promise.reject(new Error("No machine is reached in this test."));

async function done(): Promise<void> {
  await Promise.resolve();
  countDone(folder);
}

/** What its create and update would give on a machine where all goes well. */
function without(provider: Provider, made: (inputs: PlainObject) => { id: string; outputs: PlainObject }): Provider {
  return {
    ...provider,
    create: (inputs) => done().then(() => made(inputs)),
    update: (_, inputs) => done().then(() => made(inputs).outputs),
    delete: done,
  };
}

endWithEngine();
await serve(
  {
    "compose:index:Release": {
      ...without(releaseProviderOn(nowhere), (inputs) => {
        const { project } = parseInputs(inputs);
        findWorkloads(folder, project);
        return { id: project, outputs: markSecrets({ ...inputs, ...expectedOutputs(inputs) }) };
      }),
      read: (outputs) => {
        const { project, services } = releaseSchema.parse(outputs);
        const lost = lostWorkloads(folder, project).map((name) => [name, "missing"] as const);
        return Promise.resolve(markSecrets({ ...outputs, services: { ...services, ...Object.fromEntries(lost) } }));
      },
    },
    "compose:index:Machine": {
      ...without(machineProviderOn(nowhere), (inputs) => {
        const { machine, files } = parseMachine(inputs);
        const hashes = Object.fromEntries(files.map(({ path, content }) => [path, hashOfFile(content)]));
        return { id: machine, outputs: markKeys({ ...inputs, hashes }) };
      }),
      read: (outputs) => Promise.resolve(markKeys(outputs)),
    },
  },
  engineLog(args.findLast((argument) => /^[^-].*:\d+$/.test(argument))),
  () => undefined,
);

/** A cloud's plugin for tests of the engine: `main.ts <version> <folder>`. It makes nothing anywhere. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "@pulumi/pulumi/provider/index.js";
import { endWithEngine } from "../../../providers/stand-ins/protocol/end-with-engine.ts";
import { cloud } from "./cloud.ts";
import { countDone } from "./faults.ts";
import { ledgerIn } from "./ledger.ts";
import { shapesSchema } from "./shapes.ts";

const [version = "", folder = "", ...args] = process.argv.slice(2);
const shapes = shapesSchema.parse(JSON.parse(readFileSync(join(folder, "shapes.json"), "utf8")));

endWithEngine();
await main(
  cloud(version, shapes, () => countDone(folder), ledgerIn(folder)),
  args,
);

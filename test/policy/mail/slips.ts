/** Slips in the base that cases of several files make: in what is rendered, and in what is known of it. */
import { fields } from "../../../policy/read/values.ts";
import { UNKNOWN } from "../../support/policy.ts";
import { all, inFile, inResource, inWorkload } from "../../support/slips.ts";

export const PRODUCTION = { stack: "production" } as const;

export const main = (workload: string, from: string | RegExp, to: string) =>
  inFile("alpha", workload, "main.cf", from, to);
export const both = (from: string | RegExp, to: string) => all(main("mx", from, to), main("submission", from, to));
export const master = (workload: string, option: string) =>
  inFile("alpha", workload, "master.cf", /haproxy \}$/, `haproxy }\n    -o { ${option} }`);
export const directory = (from: string | RegExp, to: string) =>
  inFile("alpha", "couchmail", "directory.json", from, to);
export const zone = (name: string, from: string | RegExp, to: string) =>
  inFile("dns", "knot", `zones/${name}.zone`, from, to);

export const unknownFile = (workload: string, path: string) =>
  inWorkload("alpha", workload, (inputs) => ({ ...inputs, files: { ...fields(inputs["files"]), [path]: UNKNOWN } }));
export const unknownDirectory = inWorkload("alpha", "couchmail", (inputs) => ({ ...inputs, secretFiles: UNKNOWN }));
export const unknownZones = inResource("compose:index:Release", "dns", (props) => ({ ...props, workloads: UNKNOWN }));

/** What a preview tells of a machine that is to be another. */
import { expect, it } from "vitest";
import { hashOfFile } from "../../../providers/compose/machine-file.ts";
import { machineProviderOn } from "../../../providers/compose/machine.ts";
import { UNKNOWN } from "../../../providers/compose/values.ts";

const provider = machineProviderOn(() => Promise.reject(new Error("Nobody is there.")));
const DOCKER = "/etc/docker/daemon.json";
const RULES = "/etc/nftables.conf";

const inputs = (docker: string, rules: string, machine = "1") => ({
  machine,
  connection: { address: "192.0.2.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA", identity: "key" },
  packages: ["docker.io"],
  files: [
    { path: RULES, content: rules, apply: ["true"] },
    { path: DOCKER, content: docker, apply: ["true"] },
  ],
});
const HERE = inputs("{}", "rules");
const OUTPUTS = { ...HERE, hashes: { [RULES]: hashOfFile("rules"), [DOCKER]: hashOfFile("{}") } };

const paths = (wanted: ReturnType<typeof inputs>) =>
  provider
    .diff({ oldInputs: HERE, oldOutputs: OUTPUTS, inputs: wanted })
    .map(({ path, replace }) => `${path}${replace ? " replaces" : ""}`);

it.each<[string, ReturnType<typeof inputs>, readonly string[]]>([
  ["nothing, where it stays", inputs("{}", "rules"), []],
  ["each file that is another", inputs('{"ipv6":true}', "rules"), ["files", `hashes["${DOCKER}"]`]],
  ["files that cannot be known yet", inputs("{}", UNKNOWN), ["files", `hashes["${RULES}"]`]],
  ["that it is another machine", inputs("{}", "rules", "2"), ["machine replaces"]],
])("tells %s", (_, wanted, expected) => {
  expect(paths(wanted)).toEqual(expected);
});

/** What becomes of Docker's networks that are in the way of a release's. */
import { expect, test } from "vitest";
import type { Finished, Host } from "../../../providers/compose/host.ts";
import { makeRoomForNetworks } from "../../../providers/compose/networks.ts";
import type { PlainObject } from "../../../providers/compose/values.ts";

const SITE = "mailkeep-local-site-alpha";

interface There {
  readonly name: string;
  readonly subnets: readonly string[];
  readonly stack?: string;
  /** Containers on it, running or not. */
  readonly users?: readonly string[];
  /** What Docker says when it is to be removed. @default nothing: it is removed */
  readonly refusal?: string;
}

/** Wants 10.77.1.0/24 and fd00:77::/64 on a host that has other networks. */
async function trial(there: readonly There[], ...networks: readonly PlainObject[]) {
  const removed: string[] = [];
  const told: string[] = [];
  const answer = (stdout: string, stderr = ""): Promise<Finished> =>
    Promise.resolve({ code: stderr === "" ? 0 : 1, stdout, stderr });
  const run: Host["run"] = (command) => {
    const of = (name: string | undefined): There | undefined => there.find((one) => one.name === name);
    const [, object, verb, ...rest] = command;
    if (object === "ps") return answer((of(/network=(.*)/.exec(rest[1] ?? "")?.[1])?.users ?? []).join("\n"));
    if (verb === "ls") return answer(there.map(({ name }) => name).join("\n"));
    if (verb === "inspect") {
      const described = there.map(({ name, subnets, stack }) => ({
        Name: name,
        IPAM: { Config: subnets.map((Subnet) => ({ Subnet })) },
        Labels: stack === undefined ? null : { "mailkeep.stack": stack },
      }));
      return answer(JSON.stringify(described));
    }
    const refusal = of(rest[0])?.refusal;
    if (refusal === undefined) removed.push(rest[0] ?? "");
    return answer("", refusal);
  };
  const host: Host = {
    name: "this machine",
    docker: ["docker"],
    compose: [],
    run,
    putTree: () => Promise.resolve(),
    readFiles: () => Promise.resolve(new Map()),
  };
  const site = { name: SITE, ipam: { config: [{ subnet: "10.77.1.0/24" }, { subnet: "fd00:77::/64" }] } };
  const wanted = networks.length > 0 ? networks : [site, { name: "mailkeep-local-internet", external: true }];
  const log = { status() {}, warn() {}, info: (text: string) => void told.push(text) };
  const said = await makeRoomForNetworks(
    host,
    { networks: Object.fromEntries(wanted.map((one, index) => [`n${index}`, one])) },
    log,
  ).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { said, removed, told };
}

const left = { name: "mailkeep-trial-site-alpha", subnets: ["10.77.1.0/24"], stack: "trial" };

test("one that a stack has left is removed, and that is told", async () => {
  const { said, removed, told } = await trial([left, { name: "bridge", subnets: ["172.17.0.0/16"] }]);
  expect({ said, removed }).toEqual({ said: undefined, removed: [left.name] });
  expect(told).toEqual([
    "Removed the network mailkeep-trial-site-alpha (10.77.1.0/24) on this machine, left of the stack trial: no container used it.",
  ]);
});

test("one that Docker keeps needs Docker to start anew", async () => {
  const { said, removed } = await trial([{ ...left, refusal: "error while removing network: has active endpoints" }]);
  expect(removed).toEqual([]);
  expect(said).toContain(`The network ${SITE} (10.77.1.0/24, fd00:77::/64) of this release overlaps with`);
  expect(said).toContain(
    "left of the stack trial: Docker counts a container there, and there is none. Start Docker anew",
  );
});

test.each([
  [
    "of a stack with containers, though they be stopped",
    { ...left, users: ["a", "b"] },
    "the stack trial, which a, b use",
  ],
  [
    "of somebody else, in use",
    { name: "own", subnets: ["10.0.0.0/8"], users: ["a"] },
    "own (10.0.0.0/8) on this machine, which a uses",
  ],
  [
    "of somebody else, whoever uses it",
    { name: "own", subnets: ["fd00:77::/48"] },
    "own (fd00:77::/48) on this machine. Take that down",
  ],
  ["within what is wanted", { name: "own", subnets: ["10.77.1.128/25"] }, "own (10.77.1.128/25)"],
])("one %s is named and left", async (_, other, sentence) => {
  const { said, removed } = await trial([other]);
  expect(said).toContain(sentence);
  expect(removed).toEqual([]);
});

test.each([
  ["beside it", [{ name: "own", subnets: ["10.77.2.0/24", "fd00:78::/64"] }]],
  ["with its name, which Compose uses", [{ ...left, name: SITE }]],
  ["without a subnet", [{ name: "none", subnets: [] }]],
])("one %s is left alone", async (_, there) => {
  expect(await trial(there)).toEqual({ said: undefined, removed: [], told: [] });
});

test("one that could not be removed for another reason is not explained away", async () => {
  const { said } = await trial([{ ...left, refusal: "permission denied" }]);
  expect(said).toContain("permission denied");
});

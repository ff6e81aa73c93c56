/** Which keys of a machine are taken at the first contact, and when. */
import { describe, expect, it } from "vitest";
import { giveHostKey } from "../../../providers/compose/first-contact.ts";
import type { Host } from "../../../providers/compose/host.ts";
import type { MachineInputs } from "../../../providers/compose/machine-inputs.ts";
import type { Reach } from "../../../providers/compose/reach.ts";
import { OtherHostKeyError } from "../../../providers/compose/ssh-client.ts";

const INPUTS: MachineInputs = {
  machine: "1",
  connection: { address: "192.0.2.1", port: 22, user: "mailkeep", hostKey: "final", identity: "key" },
  firstContact: { hostKey: "first", privateKey: "private" },
  packages: [],
  files: [],
};

const LOG = { status: () => undefined, info: () => undefined, warn: () => undefined };
const REFUSED = new OtherHostKeyError("another key");

/** A machine that shows one key after another, one a try; the last one stays until a new one is given. */
function machine(shown: readonly string[]) {
  const keys = [...shown];
  const given: string[] = [];
  const host: Host = {
    name: "192.0.2.1",
    docker: [],
    compose: [],
    run: (_, { input = "" } = {}) => {
      given.push(input.toString());
      return Promise.resolve({ code: 0, stdout: "", stderr: "" });
    },
    putTree: () => Promise.reject(new Error("No tree is put there.")),
    readFiles: () => Promise.reject(new Error("Nothing is read there.")),
    carryImages: () => Promise.reject(new Error("No image is carried there.")),
  };
  const tried: (string | undefined)[] = [];
  const reach: Reach = async (connection, _, work) => {
    tried.push(connection?.hostKey);
    const key = keys.length > 1 ? keys.shift() : keys[0];
    if (key !== connection?.hostKey) throw REFUSED;
    return await work(host);
  };
  return { reach, given, tried };
}

const contact = (reach: Reach, known?: string, patienceSeconds = 60) =>
  giveHostKey(reach, INPUTS, known, patienceSeconds, LOG, 1);

describe("a machine that has just been made", () => {
  it("is given its key where it shows that of its user data", async () => {
    const { reach, given } = machine(["first"]);
    await contact(reach);
    expect(given).toEqual(["private\n"]);
  });

  it("is left as it is where it has its key already", async () => {
    const { reach, given } = machine(["final"]);
    await contact(reach);
    expect(given).toEqual([]);
  });

  it("is waited for while it shows keys of its image's own, and sent nothing until then", async () => {
    const { reach, given, tried } = machine(["image", "image", "image", "image", "image", "first"]);
    await contact(reach);
    expect(given).toEqual(["private\n"]);
    expect(tried).toEqual(["final", "first", "final", "first", "final", "first"]);
  });

  it("is refused where it never shows the right one", async () => {
    const { reach, given } = machine(["another"]);
    await expect(contact(reach, undefined, 0)).rejects.toBe(REFUSED);
    expect(given).toEqual([]);
  });
});

it("a machine that is to have another key must show the last one at once", async () => {
  const { reach, given, tried } = machine(["another"]);
  await expect(contact(reach, "last")).rejects.toBe(REFUSED);
  expect(tried).toEqual(["final", "last"]);
  expect(given).toEqual([]);
});

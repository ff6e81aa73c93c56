/** The clouds' stand-ins judge inputs by the SDKs' own types. */
import { beforeAll, describe, expect, it } from "vitest";
import { wrongFields } from "../../support/clouds/check.ts";
import { CLOUD_KINDS } from "../../support/clouds/kinds.ts";
import { shapesOf } from "../../support/clouds/sdk-types.ts";
import type { Shapes } from "../../support/clouds/shapes.ts";
import { UNKNOWN } from "../../../providers/stand-ins/protocol/values.ts";

const DROPLET = "digitalocean:index/droplet:Droplet";
const INSTANCE = "gcp:compute/instance:Instance";

describe("the inputs of a cloud's resource", () => {
  let shapes: Shapes;
  beforeAll(() => {
    shapes = shapesOf(Object.keys(CLOUD_KINDS));
  });
  const reasons = (token: string, inputs: unknown): readonly string[] =>
    wrongFields(inputs, shapes[token] ?? {}).map(({ reason }) => reason);

  it("are known for all that the program makes", () => {
    for (const [token, fields] of Object.entries(shapes))
      expect([token, Object.keys(fields).length > 0]).toEqual([token, true]);
  });

  it("are taken as their types say, known or not", () => {
    expect(
      reasons(DROPLET, { image: "debian-13-x64", size: UNKNOWN, region: "fra1", ipv6: true, tags: ["a"] }),
    ).toEqual([]);
    expect(
      reasons(INSTANCE, {
        bootDisk: { initializeParams: { image: "x", size: 20 } },
        machineType: "e2-small",
        metadata: { a: "b" },
        networkInterfaces: [{ accessConfigs: [{ natIp: UNKNOWN }] }],
      }),
    ).toEqual([]);
  });

  it.each<[string, string, unknown, readonly string[]]>([
    ["one that is missing", DROPLET, { size: "s-1vcpu-2gb" }, ["image is missing; give it a value."]],
    ["one that nobody knows", DROPLET, { image: "x", size: "x", colour: 1 }, ["colour is not an input; take it out."]],
    ["a number for a text", DROPLET, { image: 1, size: "x" }, ["image must be a string, not 1."]],
    ["a text for a flag", DROPLET, { image: "x", size: "x", ipv6: "yes" }, ['ipv6 must be a boolean, not "yes".']],
    ["a text for a list", DROPLET, { image: "x", size: "x", tags: "a" }, ["tags must be a list."]],
    [
      "what is wrong deep inside",
      INSTANCE,
      {
        bootDisk: { initializeParams: { size: "20" }, colour: "blue" },
        machineType: "x",
        metadata: { a: 1 },
        networkInterfaces: [{ accessConfigs: [{ natIP: "192.0.2.1" }] }],
      },
      [
        "bootDisk.colour is not an input; take it out.",
        'bootDisk.initializeParams.size must be a number, not "20".',
        'metadata["a"] must be a string, not 1.',
        "networkInterfaces[0].accessConfigs[0].natIP is not an input; take it out.",
      ],
    ],
  ])("are refused with %s", (_, token, inputs, says) =>
    expect(reasons(token, inputs).toSorted()).toEqual(says.toSorted()),
  );
});

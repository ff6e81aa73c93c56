import { describe, expect, it } from "vitest";
import { disallowPublishOnAllAddresses as rule } from "../../../policy/network/disallow-publish-on-all-addresses.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const publish = (port: unknown) => violations(rule, release({ net: { service: { ports: [port] } } }));

describe("disallow-publish-on-all-addresses", () => {
  it.each([
    ["25:25", "without an address"],
    ["25", "without an address"],
    ["0.0.0.0:25:25", "on 0.0.0.0"],
    ["[::]:25:25", "on ::"],
    [{ target: 25, published: "25" }, "without an address"],
    [{ target: 25, published: "25", host_ip: "0.0.0.0" }, "on 0.0.0.0"],
    [{ target: 25, published: "25", host_ip: "::" }, "on ::"],
    [{ target: 25, published: "25", host_ip: "0::0" }, "on 0::0"],
    [{ target: 25, published: "25", host_ip: "0000::" }, "on 0000::"],
    [{ target: 25, published: "25", host_ip: "::ffff:0.0.0.0" }, "on ::ffff:0.0.0.0"],
  ])("refuses %j", async (port, where) => {
    const found = await publish(port);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${where}, which opens it on every interface; name one address, such as 127.0.1.1.`);
  });

  it.each(["127.0.1.11:25:25", "[::1]:25:25", { host_ip: "192.0.2.1", target: 25, published: "25" }])(
    "leaves a named address to the other rule: %j",
    async (port) => {
      expect(await publish(port)).toEqual([]);
    },
  );

  it("cannot run on an address that is not known yet", async () => {
    await expect(publish({ host_ip: UNKNOWN, target: 25, published: "25" })).rejects.toThrow(/known during preview/);
  });
});

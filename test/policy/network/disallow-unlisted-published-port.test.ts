import { describe, expect, it } from "vitest";
import { disallowUnlistedPublishedPort as rule } from "../../../policy/network/disallow-unlisted-published-port.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const publish = (port: unknown, project?: string) =>
  violations(rule, release({ net: { service: { ports: [port] } } }, project));

describe("disallow-unlisted-published-port", () => {
  it.each([25, 465, 587, 993, 143, 443, 80])("accepts %i on a loopback address", async (port) => {
    expect(await publish(`127.0.1.11:${port}:${port}`)).toEqual([]);
    expect(await publish({ host_ip: "::1", target: port, published: String(port) })).toEqual([]);
  });

  it.each([22, 2424, 4190, 6379, 11332, 11333, 11334, 12345, 40571, 40572, 40573, 40574, 40575])(
    "never accepts %i, and says what it is",
    async (port) => {
      const found = await publish(`127.0.1.11:${port}:${port}`);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(
        new RegExp(
          `mailkeep-local-alpha, workload net: it publishes 127.0.1.11:${port}:${port}/tcp, and port ${port} is .*; remove it\\.`,
        ),
      );
    },
  );

  it("refuses a port that is in no list", async () => {
    expect(await publish("127.0.1.11:8080:8080")).toEqual([
      "mailkeep-local-alpha, workload net: it publishes 127.0.1.11:8080:8080/tcp, and port 8080/tcp is not one that the " +
        "world may reach; remove it, or use 25, 465, 587, 993, 143, 443 or 80 over TCP.",
    ]);
  });

  it.each([
    ["an internal port behind an allowed one", { host_ip: "127.0.1.11", published: "25", target: 11332 }],
    ["an allowed port over UDP", "127.0.1.11:25:25/udp"],
    ["a range that reaches beyond the list", "127.0.1.11:25-26:25-26"],
    ["a port that Docker chooses", { host_ip: "127.0.1.11", target: 25 }],
    ["an internal port without a published one", "11332"],
    ["a port that is no number", "127.0.1.11:smtp:25"],
  ])("refuses %s", async (_, port) => {
    expect(await publish(port)).toHaveLength(1);
  });

  it.each(["192.0.2.1", "198.51.100.11", "2001:db8::1"])("refuses %s, which other machines reach", async (address) => {
    const found = await publish({ host_ip: address, target: 25, published: "25" });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`on ${address}, which other machines reach; publish it on an address of 127.0.0.0/8.`);
  });

  it("accepts the addresses of a machine that is reached by SSH, for mail's ports alone", async () => {
    const elsewhere = (port: string) => {
      const base = release({ net: { service: { ports: [port] } } });
      return violations(rule, { ...base, props: { ...base.props, connection: { address: "192.0.2.1" } } });
    };
    expect(await elsewhere("192.0.2.1:25:25")).toEqual([]);
    expect(await elsewhere("[2001:db8::1]:993:993")).toEqual([]);
    expect(await elsewhere("192.0.2.1:2424:2424")).toHaveLength(1);
  });

  it("accepts the link on a machine of its own alone", async () => {
    const base = release({ net: { service: { ports: ["127.0.1.1:4433:4433"] } } });
    expect(await violations(rule, base)).toHaveLength(1);
    const far = { ...base, props: { ...base.props, connection: { address: "192.0.2.1" } } };
    expect(await violations(rule, far)).toEqual([]);
  });

  it("accepts 53 over UDP and TCP for the world alone", async () => {
    for (const protocol of ["udp", "tcp"]) {
      expect(await publish(`127.0.1.2:53:53/${protocol}`, "mailkeep-local-world")).toEqual([]);
      expect(await publish(`127.0.1.2:53:53/${protocol}`)).toHaveLength(1);
    }
  });

  it("reports each workload's ports", async () => {
    const service = { ports: ["127.0.1.11:4190:4190", "127.0.1.11:22:22"] };
    expect(await violations(rule, release({ net: { service }, dovecot: { service } }))).toHaveLength(4);
  });

  it("cannot run on a port that is not known yet", async () => {
    await expect(publish(UNKNOWN)).rejects.toThrow(/known during preview/);
  });
});

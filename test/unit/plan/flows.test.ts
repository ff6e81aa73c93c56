/** The table of flows against what the rendered daemons really open and ask. */
import { describe, expect, it } from "vitest";
import type { Flow, Plan } from "../../../components/plan/types.ts";
import { PORT } from "../../../components/plan/ports.ts";
import { goldenText } from "../mail/golden-text.ts";
import { ALPHA, BY_HTTP, localPlan, MUCH, siteOf, workloadOf } from "./plans.ts";

const nameOf = (peer: Flow["from"]): string => ("workload" in peer ? peer.workload : `<${peer.world}>`);

function between(plan: Plan, from: string, to: string): readonly number[] {
  const ports = plan.flows.filter((flow) => nameOf(flow.from) === from && nameOf(flow.to) === to);
  return [...new Set(ports.map(({ port }) => port))].sort((a, b) => a - b);
}

function text(plan: Plan, workload: string, file: string): string {
  const content = workloadOf(siteOf(plan, "alpha"), workload).files[file];
  if (content === undefined) throw new Error(`${workload} has no file ${file}.`);
  return goldenText(content);
}

/** All matches of a pattern's one group, as ports, in order and once. */
function ports(content: string, pattern: RegExp): readonly number[] {
  const found = [...content.matchAll(pattern)].map(([, port]) => Number(port));
  return [...new Set(found)].sort((a, b) => a - b);
}

describe.each([
  ["the local stack", localPlan()],
  ["port 143 as well", localPlan(MUCH)],
])("with %s", (_, plan) => {
  const edge = text(plan, "edge", "haproxy.cfg");
  const open = between(plan, "<internet>", "edge");

  it("what the Internet may reach is what the edge listens on, over both families", () => {
    expect(ports(edge, /bind 198\.51\.100\.11:(\d+)(?: ssl (?!.*verify required).*)?$/gm)).toEqual(open);
    expect(ports(edge, /bind \[2001:db8:100::11\]:(\d+)(?: ssl (?!.*verify required).*)?$/gm)).toEqual(open);
  });

  it("what other sites may reach is the link alone, and only with a certificate; and so is what the edge asks of them", () => {
    const linked = plan.sites.length > 1 ? [PORT.link] : [];
    expect(between(plan, "<sites>", "edge")).toEqual(linked);
    expect(between(plan, "edge", "<sites>")).toEqual(linked);
    expect(ports(edge, /bind 198\.51\.100\.11:(\d+) ssl .* verify required/gm)).toEqual(linked);
    expect(ports(edge, /server \S+ 198\.51\.100\.\d+:(\d+) ssl .* verify required/gm)).toEqual(linked);
  });

  it("and what `net` publishes on the loopback", () => {
    const { publish } = workloadOf(siteOf(plan, "alpha"), "net");
    expect(publish.map(({ port }) => port).sort((a, b) => a - b)).toEqual(open);
    expect(new Set(publish.map(({ hostAddress }) => hostAddress))).toEqual(new Set([ALPHA.publishAddress]));
  });

  it("nothing but the edge is reached from the Internet", () =>
    expect(new Set(plan.flows.filter(({ from }) => nameOf(from) === "<internet>").map(({ to }) => nameOf(to)))).toEqual(
      new Set(["edge"]),
    ));

  it("every workload that is named exists, and none asks itself", () => {
    const names = new Set(["<internet>", "<sites>", ...siteOf(plan, "alpha").workloads.map(({ name }) => name)]);
    for (const { from, to } of plan.flows) {
      expect(names).toContain(nameOf(from));
      expect(names).toContain(nameOf(to));
      expect(nameOf(from)).not.toBe(nameOf(to));
    }
  });

  it("every flow is there once, with a reason", () => {
    const keys = plan.flows.map(({ from, to, port, protocol }) => [nameOf(from), nameOf(to), port, protocol].join(" "));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    expect(plan.flows.filter(({ why }) => why === "")).toEqual([]);
  });

  it.each(["dovecot", "couchmail", "postsrsd"])(
    "the edge asks %s at its ports of the table, and at no others",
    (to) => {
      const { network } = workloadOf(siteOf(plan, "alpha"), to);
      const [at] = network.kind === "own" ? network.attach : [];
      const address = at?.address.replaceAll(".", "\\.") ?? "";
      const servers = ports(edge, new RegExp(`server \\S+ ${address}:(\\d+) `, "g"));
      const checks = ports(edge, new RegExp(`server \\S+ ${address}:.* check port (\\d+)`, "g"));
      expect(servers).not.toEqual([]);
      expect([...new Set([...servers, ...checks])].sort((a, b) => a - b)).toEqual(between(plan, "edge", to));
    },
  );

  it("the edge asks Postfix at its ports of the table, and at no others", () => {
    const asked = [
      ...ports(edge, /server \S+ 127\.0\.0\.1:(\d+) /g),
      ...ports(edge, /127\.0\.0\.1:.* check port (\d+)/g),
    ];
    const listed = [...between(plan, "edge", "mx"), ...between(plan, "edge", "submission")];
    expect(new Set(asked)).toEqual(new Set(listed));
  });

  it.each(["mx", "submission"])("%s asks the edge for the directory and for delivery", (name) => {
    const main = text(plan, name, "main.cf");
    const asked = [...ports(main, /tcp:127\.0\.0\.1:(\d+)/g), ...ports(main, /lmtp:inet:\[127\.0\.0\.1\]:(\d+)/g)];
    for (const port of asked) expect(between(plan, name, "edge")).toContain(port);
    expect(asked).toEqual(expect.arrayContaining([PORT.directoryMailbox, PORT.directoryAlias, PORT.lmtp]));
    expect(main).not.toContain("couchmail");
  });

  it("submission asks who logs in where the table says", () => {
    expect(ports(text(plan, "submission", "main.cf"), /inet:dovecot:(\d+)/g)).toEqual(
      between(plan, "submission", "dovecot"),
    );
    expect(between(plan, "mx", "dovecot")).toEqual([]);
  });

  it("who has a resolver may ask it", () => {
    const site = siteOf(plan, "alpha");
    const { network } = workloadOf(site, "net");
    const resolver = network.kind === "own" ? network.resolver : undefined;
    expect(resolver).toBe("10.77.1.53");
    for (const workload of site.workloads.filter(({ name }) => name !== "net")) {
      const own = workload.network.kind === "own" ? workload.network : network;
      const asks = own.kind === "own" && own.resolver !== undefined;
      expect(between(plan, workload.name, "unbound")).toEqual(asks ? [PORT.dns] : []);
    }
  });
});

it("names that are proved over HTTP are proved at the edge, and by no update of a zone", () => {
  const site = localPlan(BY_HTTP);
  expect(between(site, "certs", "<internet>")).toEqual([443]);
  expect(site.flows.find(({ port }) => port === PORT.http)?.why).toContain("HTTP-01");
});

it.each([
  ["local", PORT.acme],
  ["https://acme.example/directory", 443],
  ["https://acme.example:8443/directory", 8443],
])("certificates from %s are asked for at port %d", (directory, port) =>
  expect(between(localPlan({ acme: { directory } }), "certs", "<internet>")).toEqual(
    [PORT.dns, port].sort((a, b) => a - b),
  ),
);

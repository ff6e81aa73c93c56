/** The lines of `status`. */
import { describe, expect, it } from "vitest";
import { describePending, describeSites } from "../../../tools/commands/status.ts";
import { usersOf, type SiteReport, type StackReport } from "../../../tools/site/report.ts";

const alpha: SiteReport = {
  name: "alpha",
  roles: ["mx", "submission"],
  hostname: "alpha.mailkeep.test",
  address: "198.51.100.11",
  address6: "2001:db8:100::11",
  published: "127.0.1.1",
  ports: { smtp: 25 },
  healthy: true,
  workloads: [],
  silent: null,
  docker: null,
};

const report = (sites: readonly SiteReport[]): StackReport => ({
  stack: "local",
  healthy: true,
  sites,
  world: { healthy: true, workloads: [] },
  users: [],
  domains: [],
  clientHostname: "mail.mailkeep.test",
  ca: null,
  dns: "198.51.100.2:53",
});

/** Without colours, which a terminal may have. */
const lines = (sites: readonly SiteReport[]): readonly string[] =>
  describeSites(report(sites))
    .replaceAll(/\u001b\[\d+m/g, "")
    .split("\n");

describe("the sites of a stack", () => {
  it("have a line each, below a heading", () =>
    expect(lines([alpha, { ...alpha, name: "bravo", address6: null, published: null, healthy: false }])).toEqual([
      "SITE   ROLES          NAME                 ADDRESSES                       ON THIS MACHINE  HEALTH",
      "alpha  mx submission  alpha.mailkeep.test  198.51.100.11 2001:db8:100::11  127.0.1.1        healthy",
      "bravo  mx submission  alpha.mailkeep.test  198.51.100.11                   -                NOT HEALTHY",
    ]));

  it("that could not be asked are told with the reason, and without an address that nobody knows", () =>
    expect(
      lines([{ ...alpha, address: "", address6: null, healthy: false, silent: "alpha does not answer at port 22." }]),
    ).toEqual([
      "SITE   ROLES          NAME                 ADDRESSES  ON THIS MACHINE  HEALTH",
      "alpha  mx submission  alpha.mailkeep.test  -          127.0.1.1        NOT KNOWN",
      "alpha: alpha does not answer at port 22.",
    ]));

  it("that are well without a Docker are told, for nothing would be started again", () =>
    expect(lines([{ ...alpha, healthy: false, docker: "Docker does not answer there." }]).slice(1)).toEqual([
      "alpha  mx submission  alpha.mailkeep.test  198.51.100.11 2001:db8:100::11  127.0.1.1        NOT HEALTHY",
      "alpha: Docker does not answer there.",
    ]));

  it("may have something yet to come, which is no trouble", () => {
    const workload = { name: "certs", healthy: true, version: "1", restarts: 0, trouble: "" };
    const waiting = { ...workload, trouble: "certs: asked for again" };
    const ill = { ...workload, name: "mx", healthy: false, trouble: "no answer" };
    expect(describePending(report([{ ...alpha, workloads: [workload, waiting, ill] }]))).toEqual([
      "alpha: certs: asked for again",
    ]);
  });

  it("may be none", () => expect(lines([])).toHaveLength(1));
});

it("users are those whose mailbox is in the settings, whoever else was made a password up for once", () => {
  const passwords = { "gone@home.test": "abc", "Ann@home.test": "def" };
  const users = usersOf([{ address: "ann@home.test" }, { address: "own@home.test" }], passwords);
  expect(users).toEqual([{ address: "Ann@home.test", password: "def" }]);
});

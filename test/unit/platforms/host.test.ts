/** What is made where the machine is the user's own: on it, exactly this; for a local site, nothing. */
import { describe, expect, it } from "vitest";
import { PACKAGES } from "../../../components/platforms/machine-packages.ts";
import { Machines } from "../../../components/platforms/machines.ts";
import { resolveText } from "../../../components/plan/text.ts";
import { deploy } from "../../support/mocks.ts";
import { localPlan, siteOf } from "../plan/plans.ts";
import { COMPUTED, made, make, plan, resolve, the } from "./made.fixture.ts";

it("a stack of local sites has no machines and none of their resources", async () => {
  const { result, resources } = await deploy(() => new Machines(localPlan().sites, { stack: "local", resolve }));
  expect(resources).toEqual([]);
  expect(result.deployKey).toBeUndefined();
  expect(result.releaseArgs("alpha")).toEqual({});
});

describe("a host", () => {
  it("is made fit for a release, and nothing else is made", async () => {
    const { result, resources } = await deploy(make, { outputs: COMPUTED });
    expect(made(resources, "alpha")).toEqual(["Machine alpha"]);
    const { inputs, secretPaths } = the(resources, "Machine", "alpha");
    expect(inputs).toEqual({
      machine: "203.0.113.11",
      connection: {
        address: "203.0.113.11",
        port: 22,
        user: "root",
        hostKey: `ssh-ed25519 ${"A".repeat(68)}`,
        identity: "<privateKeyOpenssh ssh/deploy>",
      },
      packages: [...PACKAGES, "nullmailer"],
      files: siteOf(plan, "alpha").machine?.files.map((file) => ({
        ...file,
        content: resolveText(file.content, (ref) => {
          if (ref.ref === "password") return "<password machine/hosts@home.test>";
          return "site" in ref && ref.site === "bravo" ? "192.0.2.22" : "192.0.2.33";
        }),
      })),
    });
    expect([...secretPaths].sort()).toEqual(["connection", "files"]);
    expect(result.releaseArgs("alpha")).toMatchObject({ directory: "/var/lib/mailkeep/production" });
    expect(result.releaseArgs("alpha")).not.toHaveProperty("mailFolder");
  });
});

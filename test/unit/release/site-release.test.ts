import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import type { GroupPlan } from "../../../components/plan/types.ts";
import type { ReleaseArgs } from "../../../components/release/resource.ts";
import { ReleaseGroup } from "../../../components/release/site-release.ts";
import { deploy } from "../../support/mocks.ts";
import type { Seen } from "../../support/mocks.ts";
import { workloads } from "./workloads.fixture.ts";

const GROUP: GroupPlan = {
  name: "alpha",
  networks: [{ name: "site", kind: "owned", subnet: "10.77.1.0/24", gateway: "10.77.1.1", subnet6: undefined }],
  volumes: [{ name: "mail", kind: "mail", uid: 2010, mode: "0700" }],
  workloads: [
    {
      ...workloads.net,
      files: {
        "plain.cf": "a = b\n",
        "anchor.key": ["example.test. DNSKEY ", { ref: "dnskey", key: "zone/example.test" }, "\n"],
        "site.key": [{ ref: "privateKeyPem", key: "site/alpha" }],
      },
    },
  ],
};

/** What the release got, before it travels: a mock engine turns one secret leaf into a secret whole. */
let given: Partial<ReleaseArgs> = {};
const keep: pulumi.ResourceTransformation = ({ type, props }) => {
  if (type === "compose:index:Release") given = props;
  return undefined;
};

async function released(preview = false): Promise<Seen> {
  const { resources } = await deploy(
    () =>
      new ReleaseGroup(
        "alpha",
        {
          stack: "local",
          group: GROUP,
          directory: "/srv/mailkeep",
          images: (image) => `mailkeep/${image}:tag`,
          resolve: (ref) => {
            const value = pulumi.output(`the ${ref.ref}`);
            return ref.ref === "privateKeyPem" ? pulumi.secret(value) : value;
          },
          waitSeconds: 60,
        },
        { transformations: [keep] },
      ),
    { preview },
  );
  expect(resources.map(({ type, name }) => [type, name])).toEqual([
    ["mailkeep:release:Group", "alpha"],
    ["compose:index:Release", "alpha"],
  ]);
  const release = resources.at(-1);
  if (release === undefined) throw new Error("nothing was registered");
  return release;
}

test("a group is one release", async () => {
  const { inputs } = await released();
  expect(inputs).toMatchObject({
    project: "mailkeep-local-alpha",
    directory: "/srv/mailkeep/alpha",
    waitSeconds: 60,
    workloads: {
      net: {
        uid: 2000,
        service: { image: "mailkeep/keeper:tag" },
        files: { "plain.cf": "a = b\n", "anchor.key": "example.test. DNSKEY the dnskey\n" },
        secretFiles: { "site.key": "the privateKeyPem" },
      },
    },
  });
});

test("only secret files are secret, so that a preview shows what changes in the others", async () => {
  await released();
  const net = given.workloads?.["net"];
  expect(await pulumi.isSecret(pulumi.output(net?.secretFiles))).toBe(true);
  expect(await pulumi.isSecret(pulumi.output(net?.files))).toBe(false);
  expect(Object.keys(net?.secretFiles ?? {})).toEqual(["site.key"]);
});

test("the keeper's configuration is one of the files", async () => {
  await released();
  const text = given.workloads?.["net"]?.files["keeper.json"];
  expect(typeof text === "string" && JSON.parse(text)).toEqual(workloads.net.keeper);
});

test("a preview has the same resources", async () => {
  expect((await released(true)).inputs).toHaveProperty("project", "mailkeep-local-alpha");
});

/** Secrets are in plain nowhere. */
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { submit, waitForMail } from "../../tools/site/clients.ts";
import { localUsers } from "../../tools/stack/local.ts";
import { engine, type Engine } from "../../tools/stack/pulumi.ts";
import { docker, fixture, mark, type Fixture } from "../support/system.ts";

const PATIENCE_MS = 60_000;
/** Somebody's password for something else, or nearly the right one. */
const WRONG = "Wr0ng-but-hers-elsewhere";
let on: Fixture;
let pulumi: Engine;

beforeAll(async () => {
  on = await fixture();
  pulumi = await engine(["docker", "compose"]);
  // Each of the daemons that see passwords has seen one, right and wrong, and may have written of it.
  const ann = on.user("ann@home.test");
  const mail = { from: ann.address, to: [ann.address], subject: mark(), text: "Hello." };
  await submit(on.access, 465, ann, mail);
  await waitForMail(on.access, ann, mail.subject, PATIENCE_MS);
  await expect(submit(on.access, 587, { ...ann, password: WRONG }, mail)).rejects.toThrow(/535/);
});

describe("secrets", () => {
  it("are in plain nowhere: not in the state, not in what Docker shows, not in the logs", async () => {
    const state = await pulumi.ask(["stack", "export", "--stack", on.stack]);
    const containers = (await docker("ps", "--quiet", "--filter", `label=mailkeep.stack=${on.stack}`))
      .trim()
      .split("\n");
    const inspected = await docker("inspect", ...containers);
    const images = [
      ...new Set(
        z
          .array(z.looseObject({ Image: z.string() }))
          .parse(JSON.parse(inspected))
          .map(({ Image }) => Image),
      ),
    ];
    const layers = await Promise.all(images.map((image) => docker("history", "--no-trunc", image)));
    const logs = await Promise.all(containers.map((container) => docker("logs", container)));
    const secrets = [
      ...Object.values(await localUsers(on.stack)),
      ...(await plainSecrets()),
      WRONG,
      "PRIVATE KEY-----",
    ];
    expect(secrets.length).toBeGreaterThan(6);
    const places = { state, inspected, layers: layers.join("\n"), logs: logs.join("\n") };
    for (const [place, text] of Object.entries(places)) {
      for (const secret of secrets) expect(text.includes(secret), `a secret in plain in ${place}`).toBe(false);
      expect(text).not.toMatch(/\$6\$rounds=/);
    }
  });
});

/** What the state has encrypted: the made-up passwords. */
async function plainSecrets(): Promise<string[]> {
  const state = await pulumi.ask(["stack", "export", "--stack", on.stack, "--show-secrets"]);
  const resources = z
    .looseObject({
      deployment: z.looseObject({
        resources: z.array(z.looseObject({ type: z.string(), outputs: z.unknown().optional() })),
      }),
    })
    .parse(JSON.parse(state)).deployment.resources;
  return resources
    .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
    .map(
      ({ outputs }) =>
        z.looseObject({ result: z.looseObject({ plaintext: z.string() }) }).parse(outputs).result.plaintext,
    )
    .map((json) => z.string().parse(JSON.parse(json)));
}

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryJson } from "../../../../components/directory/index.ts";
import { couchmailWorkload } from "../../../../components/mail/couchmail/workload.ts";
import { resolveText } from "../../../../components/plan/text.ts";
import { readConfiguration } from "../../../../images/couchmail/src/config.ts";
import { soundContent } from "../../directory/content.ts";
import { goldenText } from "../golden-text.ts";
import { alpha } from "../site-context.ts";

const workload = couchmailWorkload({ ...alpha, directory: directoryJson(soundContent()) });

describe("couchmail's workload", () => {
  it("renders its files", async () => {
    for (const [name, text] of Object.entries(workload.files))
      await expect(goldenText(text)).toMatchFileSnapshot(`golden/${name}`);
    await expect(`${JSON.stringify(workload.keeper, null, 2)}\n`).toMatchFileSnapshot("golden/keeper.json");
  });

  it("gives couchmail files that it takes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "couchmail-conf-"));
    const secrets = { passwordHash: `$6$saltsalt$${"a".repeat(86)}`, passwordSha256: "ab".repeat(32) };
    for (const [name, text] of Object.entries(workload.files)) {
      const whole = resolveText(text, ({ ref }) =>
        ref === "passwordHash" || ref === "passwordSha256" ? secrets[ref] : "",
      );
      await writeFile(join(folder, name), whole);
    }
    const { config, directory } = await readConfiguration(folder);
    expect(config.listen).toBe(alpha.network.address.couchmail);
    expect(directory.mailboxes.map(({ address }) => address)).toEqual([
      "ann@home.test",
      "ben@home.test",
      "cat@club.test",
    ]);
    await rm(folder, { recursive: true });
  });

  it("runs without root and keeps its users on a volume that is never deleted unasked", () => {
    expect(workload.uid).toBe(2007);
    expect(workload.capabilities).toEqual([]);
    expect(workload.volumes).toEqual([{ volume: "directory", path: "/var/lib/couchmail", readOnly: false }]);
  });
});

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readConfiguration } from "../../../images/couchmail/src/config.ts";
import { HASH, cleanUp, configuration, firstValues, freshFolder } from "./fixture.ts";

afterEach(cleanUp);

async function written(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await freshFolder();
  const good = {
    "config.json": JSON.stringify(configuration("/var/lib/couchmail").config),
    "directory.json": JSON.stringify(firstValues()),
    "token.sha256": `${"ab".repeat(32)}\n`,
  };
  for (const [name, text] of Object.entries({ ...good, ...files })) await writeFile(join(folder, name), text);
  return folder;
}

async function complaint(files: Readonly<Record<string, string>>): Promise<string> {
  return readConfiguration(await written(files)).then(
    () => "none",
    (error: unknown) => String(error),
  );
}

describe("the configuration", () => {
  it("is taken when it is sound", async () => {
    expect((await readConfiguration(await written())).directory).toEqual(firstValues());
  });

  it("is refused with a place, a reason and what to do", async () => {
    const values = firstValues();
    const loop = [...values.aliases, { address: "x@home.test", targets: ["x@home.test"] }];
    expect(await complaint({ "directory.json": JSON.stringify({ ...values, aliases: loop }) })).toMatch(
      /aliases\[7\]\.targets: found a loop: x@home\.test -> x@home\.test; wanted .* To do: /,
    );
    expect(await complaint({ "directory.json": JSON.stringify({ ...values, users: [] }) })).toMatch(
      /users is not known here; take it out/,
    );
    expect(await complaint({ "config.json": "{}" })).toMatch(/site: .*\n.*listen: /s);
    expect(await complaint({ "token.sha256": "abc" })).toMatch(/64 digits are wanted/);
  });

  it("never shows a hash or what was written in its place", async () => {
    const values = firstValues();
    const mailboxes = [{ address: "ann@home.test", passwordHash: "geheim" }, ...values.mailboxes.slice(1)];
    const said = await complaint({ "directory.json": JSON.stringify({ ...values, mailboxes }) });
    expect(said).toMatch(/mailboxes\[0\]\.passwordHash: wanted is a SHA512-CRYPT/);
    const broken = await complaint({ "directory.json": `{"passwordHash":"${HASH}"` });
    expect(said + broken).not.toMatch(/geheim|\$6\$salt/);
  });
});

/** Files of a stack: its settings as written, and the passwords that were made up for a local one. */
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SettingsError } from "../../../components/settings/problem.ts";
import { SentenceError } from "../../../tools/console.ts";
import { isInBackend, isLocal, localUsers, saveUsers, setHashes } from "../../../tools/stack/local.ts";
import { rawSettings, stackSettings } from "../../../tools/stack/settings.ts";
import type { Engine } from "../../../tools/stack/pulumi.ts";
import { localYaml } from "../settings/local.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-stacks-"));
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

describe("made-up passwords", () => {
  const users = { "ann@home.test": "abc" };

  it("are kept for their owner's eyes alone", async () => {
    const there = join(folder, "local");
    await saveUsers("local", users, there);
    expect(await localUsers("local", there)).toEqual(users);
    expect(await modeOf(join(there, "users.json"))).toBe("600");
    expect(await modeOf(there)).toBe("700");
  });

  it("stay so where a broken-off run left an open file behind", async () => {
    await writeFile(join(folder, "users.json.new"), "");
    await chmod(join(folder, "users.json.new"), 0o644);
    await saveUsers("local", users, folder);
    expect(await modeOf(join(folder, "users.json"))).toBe("600");
  });

  it("are none where there is no file", async () => expect(await localUsers("staging", folder)).toEqual({}));

  it("go nowhere: Pulumi is given their hashes, as secrets", async () => {
    const asked: { readonly args: readonly string[]; readonly input: string }[] = [];
    const ask: Engine["ask"] = (args, input = "") => Promise.resolve(String(asked.push({ args, input })));
    await setHashes("local", withAsk(ask), [["ann@home.test", "correct horse"]]);
    expect(asked.map(({ args }) => args)).toEqual([
      ["config", "set", "--stack", "local", "--secret", "--path", 'mailkeep:passwordHashes["ann@home.test"]'],
    ]);
    // Not among the arguments, which everybody on a machine can read.
    expect(asked[0]?.input).toMatch(/^\{SHA512-CRYPT\}\$6\$rounds=/);
    expect(JSON.stringify(asked)).not.toContain("correct horse");
  });
});

function withAsk(ask: Engine["ask"]): Engine {
  const never = (): never => {
    throw new Error("Nothing is to be shown.");
  };
  const prepared = {
    pulumi: undefined,
    docker: undefined,
    compose: undefined,
    baseImage: undefined,
    vm: undefined,
    env: {},
    used: [],
  };
  return { prepared, environment: {}, ask, attempt: never, show: never };
}

it("stacks called local, or local- and something, are made here", () =>
  expect(["local", "local-test", "localhost", "production"].map(isLocal)).toEqual([true, true, false, false]));

it("Pulumi knows a stack that is in its list", async () => {
  const pulumi = { ask: () => Promise.resolve('[{"name":"local","current":false}]') };
  expect(await isInBackend("local", pulumi)).toBe(true);
  expect(await isInBackend("local-test", pulumi)).toBe(false);
});

describe("the settings as written", () => {
  async function written(text: string): Promise<string> {
    const path = join(folder, "Pulumi.local.yaml");
    await writeFile(path, text);
    return path;
  }

  it("have no namespace, no keys of others, and no secrets", async () => {
    const path = await written(
      `encryptionsalt: v1:x
config:
  mailkeep:clientName: mail
  other:clientName: x
  mailkeep:passwordHashes:
    ann@home.test:
      secure: v1:ciphertext
`,
    );
    const raw = await rawSettings("local", path);
    expect(Object.keys(raw)).toEqual(["clientName", "passwordHashes"]);
    expect(JSON.stringify(raw)).not.toContain("ciphertext");
  });

  it("of a fresh local stack are sound before its passwords are made up", async () => {
    const path = await written(localYaml());
    expect((await stackSettings("local", true, path)).mailboxes).toHaveLength(3);
    await expect(stackSettings("staging", false, path)).rejects.toThrow(SettingsError);
  });

  it("are the same after Pulumi has written the file anew, which makes a text of what is neither list nor group", async () => {
    const path = await written(`${localYaml()}  mailkeep:imap143: "true"\n`);
    expect((await stackSettings("local", true, path)).imap143).toBe(true);
  });

  it("are sound with encrypted hashes, each by itself or all at once", async () => {
    const each = ["ann@home.test", "ben@home.test", "cat@club.test"].map((name) => `    ${name}: {secure: v1:x}\n`);
    const one = await written(`${localYaml()}  mailkeep:passwordHashes:\n${each.join("")}`);
    expect(Object.keys((await stackSettings("local", false, one)).passwordHashes)).toHaveLength(3);
    const all = await written(`${localYaml()}  mailkeep:passwordHashes:\n    secure: v1:x\n`);
    expect(Object.keys((await stackSettings("local", false, all)).passwordHashes)).toHaveLength(3);
  });

  it("are no more than Pulumi can hand to the program", async () => {
    const domains = (count: number): Promise<string> =>
      written(
        `config:\n  mailkeep:parkedDomains: [${Array.from({ length: count }, (_, index) => `d${index}.example`).join(", ")}]\n`,
      );
    await expect(stackSettings("club", false, await domains(10_000))).rejects.toThrow(
      /^The settings of club are 1\d\d KiB, and Pulumi can hand the program 126 KiB of them at most\. Move domains, .* and name it under mailkeep:include/,
    );
    await expect(stackSettings("club", false, await domains(5000))).rejects.toThrow(SettingsError);
  });

  it.each([
    ["is not YAML", "config: [", / is not YAML: /],
    ["has no settings", "- a\n", / must have a group "config:" with keys such as mailkeep:sites\.$/],
  ])("a file that %s is told in a sentence", async (_, text, message) => {
    const read = rawSettings("local", await written(text));
    await expect(read).rejects.toThrow(SentenceError);
    await expect(read).rejects.toThrow(message);
  });

  it("a stack without a file is told in a sentence", async () =>
    expect(rawSettings("local", join(folder, "none.yaml"))).rejects.toThrow(/^There is no stack local: /));

  it("the template is not changed by reading it", async () => {
    const path = await written(localYaml());
    await stackSettings("local", true, path);
    expect(await readFile(path, "utf8")).toBe(localYaml());
  });
});

import { access, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installStandIns } from "../../../providers/stand-ins/install.ts";
import { OFFICIAL_VERSION } from "../../../providers/stand-ins/versions.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-stand-ins-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const bin = () => join(folder, "bin");
const home = () => join(folder, "home");
const plugin = (name: "tls" | "random") => {
  return join(home(), "plugins", `resource-${name}-v${OFFICIAL_VERSION[name]}`, `pulumi-resource-${name}`);
};
const from = async (options = {}) => {
  const { used } = await installStandIns(bin(), "/opt/node", { pulumiHome: home(), ...options });
  return Object.fromEntries(used.map((one) => [one.name, one.from]));
};

describe("the installed stand-ins", () => {
  it("speak for the versions of the installed SDK packages", () => {
    expect(OFFICIAL_VERSION).toEqual({ tls: "5.6.1", random: "4.21.2" });
  });

  it("are among the plugins of the project's own Pulumi folder", async () => {
    expect(await from()).toEqual({ tls: "stand-in", random: "stand-in" });
    expect(await readFile(plugin("tls"), "utf8")).toContain("stand-ins/tls/main.ts");
    await expect(access(join(bin(), "pulumi-resource-tls"))).rejects.toThrow("ENOENT");
  });

  it("are known as such the next time", async () => {
    await from();
    expect(await from()).toEqual({ tls: "stand-in", random: "stand-in" });
  });

  it("leave an official plugin alone", async () => {
    await mkdir(join(plugin("tls"), ".."), { recursive: true });
    await writeFile(plugin("tls"), "official");
    expect(await from()).toEqual({ tls: "official", random: "stand-in" });
    expect(await readFile(plugin("tls"), "utf8")).toBe("official");
  });

  it("stay when the official plugin cannot be downloaded", async () => {
    expect(await from({ pulumi: "/bin/false" })).toEqual({ tls: "stand-in", random: "stand-in" });
    await access(plugin("tls"));
  });
});

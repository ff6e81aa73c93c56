/** Which image a stack's containers are made of. */
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatPins, readPins } from "../../../components/release/pins.ts";
import { parseSettings } from "../../../components/settings/read.ts";
import { stackImages } from "../../../stacks/images.ts";
import { CLOUD, localSettings } from "../plan/plans.ts";
import { localRaw } from "../settings/local.ts";

const DIGEST = `sha256:${"0a".repeat(32)}`;
const REGISTRY = "registry.example.org/mailkeep";
const PIN = `${REGISTRY}/postfix:0123456789ab@${DIGEST}`;

const cloudSettings = (more: object) => parseSettings({ ...localRaw(), ...CLOUD, ...more });

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mailkeep-pins-"));
  await Promise.all(["stacks", ".mailkeep"].map((name) => mkdir(join(root, name))));
});
afterEach(() => rm(root, { recursive: true }));

const pins = (text: string) => writeFile(join(root, "stacks/images.production.json"), text);
const built = (images: object) => writeFile(join(root, ".mailkeep/images.json"), JSON.stringify(images));

describe("with a registry", () => {
  const settings = cloudSettings({ images: { registry: REGISTRY, user: "sites" }, registryPassword: "a-token" });
  const image = (name: "postfix" | "valkey") => stackImages(root, "production", settings).images(name);

  test("an image is the one that was pushed, and the sites get the login", async () => {
    await pins(formatPins({ postfix: PIN }));
    expect(image("postfix")).toBe(PIN);
    const { registry } = stackImages(root, "production", settings);
    expect(registry).toEqual({ host: "registry.example.org", user: "sites", password: "a-token" });
  });

  test("a registry for everybody needs no login", async () => {
    await pins(formatPins({ postfix: PIN }));
    const open = cloudSettings({ images: { registry: REGISTRY } });
    expect(stackImages(root, "production", open).registry).toBeUndefined();
  });

  test.each([
    ["no file", undefined, "The images of production have not been pushed: stacks/images.production.json is missing."],
    ["no such image", formatPins({ valkey: PIN }), "The image postfix is not in stacks/images.production.json."],
    [
      "another registry",
      formatPins({ postfix: PIN.replace("example.org", "example.com") }),
      "and the settings name the registry registry.example.org/mailkeep.",
    ],
    ["no JSON", "<<<<<<< HEAD", "stacks/images.production.json is not JSON."],
    ["a tag alone", JSON.stringify({ postfix: `${REGISTRY}/postfix:1` }), "postfix must be <registry>/<image>:<tag>@"],
  ])("%s is told of", async (_, text, sentence) => {
    if (text !== undefined) await pins(text);
    expect(() => image("postfix")).toThrow(sentence);
    expect(() => image("postfix")).toThrow("npm run images -- push");
  });
});

describe("without one", () => {
  const record = { postfix: { tag: "mailkeep/postfix:0123456789ab", id: DIGEST } };

  test("sites on machines run what was built, by its id", async () => {
    await built(record);
    expect(stackImages(root, "production", cloudSettings({})).images("postfix")).toBe(DIGEST);
  });

  test("local sites run what was built, by its tag", async () => {
    await built(record);
    expect(stackImages(root, "local", localSettings()).images("postfix")).toBe("mailkeep/postfix:0123456789ab");
  });

  test("what was not built is told of", async () => {
    expect(() => stackImages(root, "local", localSettings())).toThrow("The images have not been built");
    await built({});
    expect(() => stackImages(root, "local", localSettings()).images("postfix")).toThrow(
      "The image postfix has not been built. Run `npm run images`",
    );
  });
});

test("the file has an image a line, in order, and is read as it was written", () => {
  const text = formatPins({ valkey: PIN, postfix: PIN });
  expect(text.split("\n").map((line) => line.trim().slice(0, 10))).toEqual(["{", '"postfix":', '"valkey": ', "}", ""]);
  expect(readPins(text, "x.json")).toEqual({ postfix: PIN, valkey: PIN });
});

/** Where images come from: what the settings must hold. */
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../components/settings/read.ts";
import { SettingsError } from "../../../components/settings/problem.ts";
import { CLOUD } from "../plan/plans.ts";
import { localRaw } from "./local.ts";
import { problemsOf } from "./problems.ts";

const cloud = { ...localRaw(), ...CLOUD };
const registry = "registry.example.org/mailkeep";
const found = (raw: unknown): string[] => problemsOf(raw).map(({ path, got }) => `${path}: ${got}`);

describe("a registry", () => {
  it.each([registry, "localhost:5000/mail", "docker.io/club", "ghcr.io/club/mail.keep"])("may be %s", (name) =>
    expect(found({ ...cloud, images: { registry: name } })).toEqual([]),
  );

  it.each([
    "mailkeep",
    "club/mailkeep",
    "registry.example.org",
    "https://registry.example.org/mailkeep",
    "a.example/b/",
  ])("may not be %s", (name) =>
    expect(found({ ...cloud, images: { registry: name } })).toEqual([`images.registry: "${name}"`]),
  );

  it("may ask who pulls", () =>
    expect(found({ ...cloud, images: { registry, user: "sites" }, registryPassword: "a-token" })).toEqual([]));
});

it.each<[string, object, string]>([
  [
    "a registry for local sites",
    { ...localRaw(), images: { registry } },
    "images.registry: registry.example.org/mailkeep, and the sites are local",
  ],
  [
    "a user without a password",
    { ...cloud, images: { registry, user: "sites" } },
    "registryPassword: nothing: the sites could not pull as sites",
  ],
  [
    "a password of nobody",
    { ...cloud, images: { registry }, registryPassword: "a-token" },
    "images.user: nothing, and there is a registryPassword",
  ],
  ["a user without a registry", { ...cloud, images: { user: "sites" } }, "images.user: sites"],
  ["a password without a registry", { ...cloud, registryPassword: "a-token" }, "registryPassword: a password"],
])("%s is told of", (_, raw, problem) => expect(found(raw)).toEqual([problem]));

it.each([
  ["registryPassword", { registryPassword: "two words that are secret" }],
  ["dnsTokens", { dnsTokens: { "mailkeep.test": " words that are secret" } }],
])("what is wrong with %s is told without its value", (_, secret) => {
  expect(() => parseSettings({ ...cloud, ...secret })).toThrow(SettingsError);
  expect(() => parseSettings({ ...cloud, ...secret })).not.toThrow("words that are secret");
});

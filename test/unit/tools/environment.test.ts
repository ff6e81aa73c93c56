import { afterEach, expect, it, vi } from "vitest";
import { pulumiEnvironment } from "../../../tools/stack/environment.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("leaves state and passphrase where the user has them, and spares the user Google's word of a project for all", () => {
  vi.stubEnv("PULUMI_BACKEND_URL", "file:///elsewhere");
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "a passphrase of the user's");
  vi.stubEnv("PULUMI_HOME", "/elsewhere/home");
  expect(pulumiEnvironment({ PATH: "/bin" })).toEqual({
    PATH: "/bin",
    PULUMI_HOME: "/elsewhere/home",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_GCP_DISABLE_GLOBAL_PROJECT_WARNING: "true",
    DIGITALOCEAN_REQUESTS_PER_SECOND: "4",
  });
});

it("has DigitalOcean asked no faster than it takes, unless the user has another pace", () => {
  vi.stubEnv("PULUMI_BACKEND_URL", "file:///elsewhere");
  expect(pulumiEnvironment({})["DIGITALOCEAN_REQUESTS_PER_SECOND"]).toBe("4");
  vi.stubEnv("DIGITALOCEAN_REQUESTS_PER_SECOND", "1");
  expect(pulumiEnvironment({})["DIGITALOCEAN_REQUESTS_PER_SECOND"]).toBeUndefined();
});

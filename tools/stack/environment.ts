/** The environment in which Pulumi works on the stacks of this checkout. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inCache } from "../offline/cache.ts";
import { HOME } from "../paths.ts";

/** Passphrase of the local stacks' secrets, made once. It never leaves this checkout. */
const PASSPHRASE_FILE = join(HOME, "passphrase");
/**
 * Pulumi's own folder: plugins and the like. Kept apart from the user's, because stand-ins for official plugins may lie
 * in it.
 */
export function pulumiHome(): string {
  return process.env["PULUMI_HOME"] ?? inCache("pulumi-home");
}

/** State of the local stacks. */
export const BACKEND = join(HOME, "backend");

/** What Pulumi and its plugins need not say at each start. */
export const UNSAID = {
  PULUMI_SKIP_UPDATE_CHECK: "true",
  // Each site and each zone at Google names its project.
  PULUMI_GCP_DISABLE_GLOBAL_PROJECT_WARNING: "true",
} as const;

/**
 * DigitalOcean takes 250 requests a minute, and its plugin makes as many at once as there are records, two for each; its few seconds
 * of trying again do not outlast a minute. Cloudflare's and Google's plugins wait for minutes by themselves.
 *
 * Source: https://docs.digitalocean.com/reference/api/reference/#rate-limit
 */
const REQUESTS_PER_SECOND = { DIGITALOCEAN_REQUESTS_PER_SECOND: "4" } as const;

/**
 * Variables for Pulumi: a file backend and a passphrase inside the checkout, unless the user has chosen others.
 *
 * @param base PATH and what else the tools on this machine need.
 */
export function pulumiEnvironment(base: Readonly<Record<string, string>>): Record<string, string> {
  const chosen = (name: string): string | undefined => process.env[name];
  const paced = chosen("DIGITALOCEAN_REQUESTS_PER_SECOND") === undefined ? REQUESTS_PER_SECOND : {};
  const own: Record<string, string> = { ...UNSAID, ...paced, PULUMI_HOME: pulumiHome(), ...base };
  if (chosen("PULUMI_BACKEND_URL") === undefined) {
    mkdirSync(BACKEND, { recursive: true, mode: 0o700 });
    own["PULUMI_BACKEND_URL"] = `file://${BACKEND}`;
  }
  if (chosen("PULUMI_CONFIG_PASSPHRASE") === undefined && chosen("PULUMI_CONFIG_PASSPHRASE_FILE") === undefined) {
    own["PULUMI_CONFIG_PASSPHRASE_FILE"] = passphraseFile();
  }
  return own;
}

function passphraseFile(): string {
  if (!existsSync(PASSPHRASE_FILE)) {
    mkdirSync(dirname(PASSPHRASE_FILE), { recursive: true, mode: 0o700 });
    // `wx`: of two starts at once, one makes it and both use it.
    try {
      writeFileSync(PASSPHRASE_FILE, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
    } catch {
      readFileSync(PASSPHRASE_FILE);
    }
  }
  return PASSPHRASE_FILE;
}

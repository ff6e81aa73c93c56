/** Versions of the official plugins that the stand-ins speak for: those of the installed SDK packages. */
import { createRequire } from "node:module";
import { isRecord } from "./protocol/values.ts";

const require = createRequire(import.meta.url);

/** By plugin, such as `5.6.1`. */
export const OFFICIAL_VERSION = { tls: versionOf("@pulumi/tls"), random: versionOf("@pulumi/random") } as const;

function versionOf(packageName: string): string {
  const manifest: unknown = require(`${packageName}/package.json`);
  const version = isRecord(manifest) ? manifest["version"] : undefined;
  if (typeof version !== "string") throw new Error(`The package ${packageName} names no version; run npm ci.`);
  return version.replace(/^v/, "");
}

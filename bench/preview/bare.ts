/** The program that mailkeep is compared with: makes what is in a list with the SDKs' classes, one after the other, and decides nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { resourceSchema, withSecrets } from "./recorded.ts";

type ResourceClass = new (name: string, args: Readonly<Record<string, unknown>>) => pulumi.CustomResource;

/** Providers of the project's own have no SDK. */
class WithoutSdk extends pulumi.CustomResource {}
const WITHOUT_SDK = ["compose", "ledger"];

const list = readFileSync(join(pulumi.getRootDirectory(), "resources.json"), "utf8");
const classes = new Map<string, ResourceClass>();

for (const { type, name, inputs } of z.array(resourceSchema).parse(JSON.parse(list))) {
  const args = argumentsOf(inputs);
  if (WITHOUT_SDK.some((provider) => type.startsWith(`${provider}:`))) new WithoutSdk(type, name, args);
  else new (await classOf(type))(name, args);
}

function argumentsOf(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const wrap = (plain: unknown): unknown => pulumi.secret(plain);
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, withSecrets(value, wrap)]));
}

/** The class of a token such as `cloudflare:index/dnsRecord:DnsRecord`. */
async function classOf(token: string): Promise<ResourceClass> {
  const known = classes.get(token);
  if (known !== undefined) return known;
  const [, provider = "", path = "", type = ""] = /^([^:]+):(?:index\/)?([^:]+):(.+)$/.exec(token) ?? [];
  const module: unknown = await import(`@pulumi/${provider}/${path}.js`);
  const found: unknown = typeof module === "object" && module !== null ? Reflect.get(module, type) : undefined;
  if (!isResourceClass(found)) throw new Error(`The SDK of ${provider} has no ${token}.`);
  classes.set(token, found);
  return found;
}

function isResourceClass(value: unknown): value is ResourceClass {
  return typeof value === "function";
}

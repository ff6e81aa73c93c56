/** A short-lived token from what is given for Google: a token as it is, or the key of a service account (RFC 7523). */
import { createSign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { request, type Reply } from "./http.ts";

const keySchema = z.looseObject({ client_email: z.string(), private_key: z.string() });
const grantSchema = z.looseObject({ access_token: z.string() });

/** Reading is all that the checks need. */
const SCOPE = "https://www.googleapis.com/auth/cloud-platform.read-only";
const LIFETIME_SECONDS = 600;

export type GoogleToken = { readonly token: string } | { readonly failed: string };

/** @param given the value itself, or the path of a file with it */
export async function googleToken(endpoint: string, given: string, isToken: boolean): Promise<GoogleToken> {
  if (isToken) return { token: given };
  const text = given.trimStart().startsWith("{") ? given : await readFile(given, "utf8").catch(() => undefined);
  if (text === undefined) return { failed: `there is no file ${given}` };
  const key = keySchema.safeParse(parsed(text));
  if (!key.success) return { failed: "it is no key of a service account" };
  const assertion = signed(key.data, endpoint);
  if (assertion === undefined) return { failed: "its private key cannot be read" };
  const body = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion });
  return tokenIn(await request(endpoint, { method: "POST", body }));
}

function tokenIn(reply: Reply): GoogleToken {
  if ("failed" in reply) return { failed: `Google is not reached (${reply.failed})` };
  const grant = grantSchema.safeParse(reply.body);
  return grant.success ? { token: grant.data.access_token } : { failed: `Google refuses it (${reply.status})` };
}

function signed(
  { client_email: issuer, private_key: key }: z.infer<typeof keySchema>,
  audience: string,
): string | undefined {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: issuer, scope: SCOPE, aud: audience, iat: now, exp: now + LIFETIME_SECONDS };
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  try {
    return `${text}.${createSign("RSA-SHA256").update(text).sign(key, "base64url")}`;
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

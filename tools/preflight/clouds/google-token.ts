/**
 * A short-lived token from what is given for Google: a token as it is, the key of a service account (RFC 7523), or what a person
 * was given by `gcloud auth application-default login` (RFC 6749 section 6).
 */
import { createSign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { request, type Reply } from "./http.ts";

const keySchema = z.looseObject({ client_email: z.string(), private_key: z.string() });
const personSchema = z.looseObject({
  type: z.literal("authorized_user"),
  client_id: z.string(),
  client_secret: z.string(),
  refresh_token: z.string(),
});
const grantSchema = z.looseObject({ access_token: z.string() });

/** Reading is all that the checks need. */
const SCOPE = "https://www.googleapis.com/auth/cloud-platform.read-only";
const LIFETIME_SECONDS = 600;

/** A token, or why there is none. */
export type GoogleToken =
  | {
      readonly token: string;
      /** Address of the service account that it is for; undefined where a person's, or not told. */
      readonly account?: string;
    }
  | {
      readonly failed: string;
      /** Whether what is given is of no use, as opposed to nobody having answered. */
      readonly refused: boolean;
    };

/**
 * @param given the value itself, or the path of a file with it
 * @param scope what a service account asks for; others have what they were once granted @default reading a project
 */
export async function googleToken(
  endpoint: string,
  given: string,
  isToken: boolean,
  scope = SCOPE,
): Promise<GoogleToken> {
  if (isToken) return { token: given };
  const text = given.trimStart().startsWith("{") ? given : await readFile(given, "utf8").catch(() => undefined);
  if (text === undefined) return { failed: `there is no file ${given}`, refused: true };
  const content = parsed(text);
  const person = personSchema.safeParse(content);
  if (person.success) {
    const { client_id, client_secret, refresh_token } = person.data;
    return await grantFor(endpoint, { grant_type: "refresh_token", client_id, client_secret, refresh_token });
  }
  const key = keySchema.safeParse(content);
  if (!key.success)
    return { failed: "it is neither the key of a service account nor what a person logs in with", refused: true };
  const assertion = signed(key.data, endpoint, scope);
  if (assertion === undefined) return { failed: "its private key cannot be read", refused: true };
  const granted = await grantFor(endpoint, { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion });
  return "token" in granted ? { ...granted, account: key.data.client_email } : granted;
}

async function grantFor(endpoint: string, grant: Readonly<Record<string, string>>): Promise<GoogleToken> {
  return tokenIn(await request(endpoint, { method: "POST", body: new URLSearchParams(grant) }));
}

function tokenIn(reply: Reply): GoogleToken {
  if ("failed" in reply) return { failed: `Google is not reached (${reply.failed})`, refused: false };
  const grant = grantSchema.safeParse(reply.body);
  if (grant.success) return { token: grant.data.access_token };
  return reply.status >= 500
    ? { failed: `Google says ${reply.status}`, refused: false }
    : { failed: `Google refuses it (${reply.status})`, refused: true };
}

function signed(
  { client_email: issuer, private_key: key }: z.infer<typeof keySchema>,
  audience: string,
  scope: string,
): string | undefined {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: issuer, scope, aud: audience, iat: now, exp: now + LIFETIME_SECONDS };
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

/** Harmless reads of providers' interfaces. */
import { z } from "zod";

/** Where the interfaces are. Exchanged in tests only. */
export interface Endpoints {
  readonly digitalocean: string;
  readonly cloudflare: string;
  readonly googleCompute: string;
  readonly googleDns: string;
  readonly googleToken: string;
  readonly googleOwners: string;
  readonly routing: string;
}

/** Those of the real world. */
export const ENDPOINTS: Endpoints = {
  digitalocean: "https://api.digitalocean.com",
  cloudflare: "https://api.cloudflare.com",
  googleCompute: "https://compute.googleapis.com",
  googleDns: "https://dns.googleapis.com",
  googleToken: "https://oauth2.googleapis.com/token",
  googleOwners: "https://www.googleapis.com",
  routing: "https://stat.ripe.net",
};

/** What came back: a status of HTTP with its body, or why nothing did. */
export type Reply =
  | {
      readonly status: number;
      readonly body: unknown;
      /** How it asks who is there (the header `WWW-Authenticate`). */
      readonly challenge?: string | undefined;
    }
  | { readonly failed: string };

const PATIENCE_MS = 10_000;

/** One GET. @param token shown as a bearer token */
export async function read(url: string, token?: string): Promise<Reply> {
  const headers = { accept: "application/json", ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return await request(url, { headers });
}

/** Never throws: what went wrong is in the reply. */
export async function request(url: string, options: RequestInit): Promise<Reply> {
  try {
    const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await answer.text();
    const challenge = answer.headers.get("www-authenticate") ?? undefined;
    return { status: answer.status, body: parsed(text), challenge };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { failed: cause instanceof Error ? cause.message : String(cause) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The body of a good answer, in the form that is expected; undefined for everything else. */
export function bodyOf<T>(reply: Reply, schema: z.ZodType<T>): T | undefined {
  if (!("status" in reply) || reply.status !== 200) return undefined;
  const body = schema.safeParse(reply.body);
  return body.success ? body.data : undefined;
}

/** How an answer that is of no use is told, such as `it says 503`. */
export function troubleOf(reply: Reply): string {
  if ("failed" in reply) return `it is not reached (${reply.failed})`;
  return reply.status === 200 ? "its answer is not understood" : `it says ${reply.status}`;
}

/** Whether the credential was at fault. */
export function isRefused(reply: Reply): boolean {
  return "status" in reply && (reply.status === 401 || reply.status === 403);
}

/** Whether what was asked for does not exist. */
export function isNotThere(reply: Reply): boolean {
  return "status" in reply && reply.status === 404;
}

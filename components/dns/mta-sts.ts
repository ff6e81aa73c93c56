/** MTA-STS, RFC 8461: the policy that other servers fetch, and the record that tells them when it has changed. */
import { createHash } from "node:crypto";
import type { RecordSet } from "../plan/types.ts";

/** A domain's policy (RFC 8461 section 3.2). */
export interface MtaStsPolicy {
  /** `testing`: only report; `enforce`: do not deliver to a server that fails. */
  readonly mode: "enforce" | "testing" | "none";
  /** Host names of the MX servers; the leftmost label may be `*`. */
  readonly exchanges: readonly string[];
  readonly maxAgeSeconds: number;
}

/** What a domain asks for. */
export type MtaStsMode = MtaStsPolicy["mode"];

/** How long other servers keep a policy: weeks against an attacker (RFC 8461 section 10.2), a day while it is tried. */
const KEPT_SECONDS: Readonly<Record<MtaStsMode, number>> = {
  enforce: 7 * 86_400,
  testing: 86_400,
  none: 86_400,
};

/** The policy of a domain whose mail these hosts take in. */
export function mtaStsPolicy(mode: MtaStsMode, exchanges: readonly string[]): MtaStsPolicy {
  return { mode, exchanges, maxAgeSeconds: KEPT_SECONDS[mode] };
}

/** Longest time that a policy may be kept, RFC 8461 section 3.2. */
const MAX_AGE_SECONDS = 31_557_600;

const LABEL = "_mta-sts";

/** Where a domain says that it has a policy, and which (RFC 8461 section 3.1). */
export function mtaStsName(domain: string): string {
  return `${LABEL}.${domain}`;
}

/** Whether a record tells other servers of a policy. */
export function announcesMtaSts({ name, type }: Pick<RecordSet, "name" | "type">): boolean {
  return type === "TXT" && name.startsWith(`${LABEL}.`);
}

/** The file at `https://mta-sts.<domain>/.well-known/mta-sts.txt`, RFC 8461 section 3.2. */
export function formatMtaStsPolicy({ mode, exchanges, maxAgeSeconds }: MtaStsPolicy): string {
  const lines = ["version: STSv1", `mode: ${mode}`, ...exchanges.map((host) => `mx: ${host}`)];
  return [...lines, `max_age: ${maxAgeSeconds}`, ""].join("\r\n");
}

/** Reads what {@link formatMtaStsPolicy} writes. @throws SyntaxError for anything else */
export function parseMtaStsPolicy(text: string): MtaStsPolicy {
  const [, mode, exchanges = "", maxAge] =
    /^version: STSv1\r\nmode: (enforce|testing|none)\r\n((?:mx: \S+\r\n)*)max_age: (\d+)\r\n$/.exec(text) ?? [];
  if ((mode !== "enforce" && mode !== "testing" && mode !== "none") || Number(maxAge) > MAX_AGE_SECONDS) {
    throw new SyntaxError("This is not an MTA-STS policy: version, mode, mx lines, then a max_age of up to a year.");
  }
  const hosts = [...exchanges.matchAll(/mx: (\S+)\r\n/g)].map(([, host = ""]) => host);
  return { mode, exchanges: hosts, maxAgeSeconds: Number(maxAge) };
}

/** The id of a policy: it changes when the content does, and never else. At most 32 letters and digits (section 3.1). */
export function mtaStsId(policyText: string): string {
  return createHash("sha256").update(policyText).digest("hex").slice(0, 32);
}

/** The text of the record at `_mta-sts.<domain>`. To be published only where the policy is served. */
export function formatMtaSts(id: string): string {
  return `v=STSv1; id=${id};`;
}

/** The id in a record of the form of {@link formatMtaSts}. @throws SyntaxError for any other */
export function parseMtaSts(text: string): string {
  const [, id] = /^v=STSv1; id=([A-Za-z\d]{1,32});$/.exec(text) ?? [];
  if (id === undefined) throw new SyntaxError(`"${text}" is not "v=STSv1; id=" and up to 32 letters and digits.`);
  return id;
}

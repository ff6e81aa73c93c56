/** Whether routes to the addresses are signed (RPKI, RFC 6811): a route that contradicts its signature leads nowhere for many. */
import { z } from "zod";
import { bodyOf, read, type Reply, troubleOf } from "./clouds/http.ts";
import { judgeOf, type Verdict } from "./verdict.ts";

const originSchema = z.looseObject({
  data: z.looseObject({ asns: z.array(z.union([z.string(), z.number()])), prefix: z.string().nullish() }),
});
const validationSchema = z.looseObject({ data: z.looseObject({ status: z.string() }) });

/** Asks a public collector of routes what it sees, and whether that is signed. */
export async function checkRpki(base: string, site: string, address: string): Promise<Verdict> {
  const where = `${site} ${address}`;
  if (isDocumentation(address)) return judgeRpki(where, "documentation", undefined);
  const origin = await read(`${base}/data/network-info/data.json?resource=${encodeURIComponent(address)}`);
  const found = bodyOf(origin, originSchema)?.data;
  const [asn] = found?.asns ?? [];
  const prefix = found?.prefix;
  if (found === undefined) return judgeRpki(where, "unasked", origin);
  if (asn === undefined || prefix === undefined || prefix === null) return judgeRpki(where, "unrouted", undefined);
  const url = `${base}/data/rpki-validation/data.json?resource=AS${asn}&prefix=${encodeURIComponent(prefix)}`;
  const validation = await read(url);
  return judgeRpki(where, bodyOf(validation, validationSchema)?.data.status ?? "unasked", validation);
}

/** Pure. @param status as the collector says it, or `documentation`, `unrouted`, `unasked` */
export function judgeRpki(where: string, status: string, reply: Reply | undefined): Verdict {
  const verdict = judgeOf("RPKI", where);
  const provider = "It is up to the provider of the address: ask for a ROA, or for another address.";
  switch (status) {
    case "valid":
      return verdict("ok", "Its route is signed, and as signed.");
    case "unknown":
    case "not-found":
    case "not found":
      return verdict("warning", "Nobody has signed its route.", provider);
    case "documentation":
      return verdict("unknown", "The address is one for documentation, which has no route.", "Look at a real one.");
    case "unrouted":
      return verdict("warning", "No route to the address is seen.", "A new one takes an hour; else ask its provider.");
    case "unasked":
      return verdict(
        "unknown",
        `Routes cannot be asked about: ${reply === undefined ? "no answer" : troubleOf(reply)}.`,
        "Try again.",
      );
    default:
      return verdict(
        status.startsWith("invalid") ? "problem" : "unknown",
        status.startsWith("invalid")
          ? `Its route contradicts its signature (${status}).`
          : `The answer ${status} is not known.`,
        provider,
      );
  }
}

/** RFC 5737 and RFC 3849. */
function isDocumentation(address: string): boolean {
  return /^(192\.0\.2|198\.51\.100|203\.0\.113)\./.test(address) || address.startsWith("2001:db8:");
}

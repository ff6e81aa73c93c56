/** Asks one DNS server for the records at a name, with their TTL, which Node.js's own resolver does not tell. */
import { randomInt } from "node:crypto";
import * as dns from "dns-packet";
import { byStream, type Server } from "../dns/exchange.ts";
import { textOf } from "../dns/message.ts";

/** One record. */
export interface Answer {
  readonly ttlSeconds: number;
  /** The text of a TXT record, or the RDATA of a TLSA record as TLSA has it: three numbers, then hexadecimal digits. */
  readonly value: string;
}

/** Types of records that keys are in. */
export type RecordType = "TXT" | "TLSA";

const TIMEOUT_MS = 5000;

/**
 * The answer of one server; empty where there are no such records. By TCP (RFC 7766): a key does not fit into a datagram.
 *
 * @throws Error when the server does not answer, or refuses
 */
export async function ask(server: Server, name: string, type: RecordType): Promise<readonly Answer[]> {
  return readAnswers(await byStream(server, question(name, type), TIMEOUT_MS), name, type);
}

/** A query, RFC 1035 section 4.1. */
export function question(name: string, type: RecordType): Buffer {
  const id = randomInt(0x10000);
  return dns.encode({ type: "query", id, flags: dns.RECURSION_DESIRED, questions: [{ name, type }] });
}

const NAME_UNKNOWN = 3;

/** @throws Error for an answer that is an error */
export function readAnswers(message: Buffer, name: string, type: RecordType): readonly Answer[] {
  const { flags = 0, answers = [] } = dns.decode(message);
  const code = flags & 0x000f;
  if (code === NAME_UNKNOWN) return [];
  if (code !== 0) throw new Error(`the answer for ${name} is the error ${code}`);
  return answers.flatMap((answer) => {
    if (answer.type !== type) return [];
    const ttlSeconds = answer.ttl ?? 0;
    return [{ ttlSeconds, value: answer.type === "TXT" ? textOf(answer.data) : tlsaOf(answer.data) }];
  });
}

function tlsaOf({ usage, selector, matchingType, certificate }: dns.TlsaData): string {
  return `${usage} ${selector} ${matchingType} ${certificate.toString("hex")}`;
}

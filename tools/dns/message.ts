/** Questions to DNS servers and what they answer, RFC 1035 section 4, with what Node.js's own resolver does not tell: flags. */
import { canonicalIpv6 } from "../../components/settings/ipv6.ts";

const TYPES = { A: 1, NS: 2, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, OPT: 41, DS: 43, DNSKEY: 48 } as const;
export type RecordType = Exclude<keyof typeof TYPES, "OPT">;

const CODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"] as const;

export interface Question {
  readonly name: string;
  readonly type: RecordType;
  /** Whether the server is to ask others for it. */
  readonly recursive: boolean;
  /** Whether it is to answer what it cannot validate too (RFC 4035 section 3.2.2). @default false */
  readonly unchecked?: boolean;
}

export interface DnsRecord {
  /** Lower case, without the last dot. */
  readonly name: string;
  readonly type: RecordType;
  /** An address, a name, a text; empty for other types. */
  readonly value: string;
}

export interface Message {
  readonly id: number;
  /** Such as `NOERROR`; a number where it has no name here. */
  readonly code: string;
  /** The server has the zone itself. */
  readonly authoritative: boolean;
  readonly truncated: boolean;
  /** The server vouches that DNSSEC has proved it (RFC 4035 section 3.2.3). */
  readonly validated: boolean;
  readonly answers: readonly DnsRecord[];
  /** What it says of servers that know more. */
  readonly authority: readonly DnsRecord[];
}

const RECURSION_DESIRED = 0x0100;
const AUTHENTIC_DATA = 0x0020;
const CHECKING_DISABLED = 0x0010;
/** As RFC 9715 advises, so that no answer is cut into pieces on its way. */
const LARGEST_DATAGRAM = 1232;
const DNSSEC_OK = 0x8000;

export function encodeQuestion(id: number, { name, type, recursive, unchecked = false }: Question): Buffer {
  const flags = (recursive ? RECURSION_DESIRED : 0) | AUTHENTIC_DATA | (unchecked ? CHECKING_DISABLED : 0);
  const header = numbers(id, flags, 1, 0, 0, 1);
  // An OPT record, RFC 6891 section 6.1.2.
  const extension = Buffer.concat([Buffer.from([0]), numbers(TYPES.OPT, LARGEST_DATAGRAM, 0, DNSSEC_OK, 0)]);
  return Buffer.concat([header, encodeName(name), numbers(TYPES[type], 1), extension]);
}

function encodeName(name: string): Buffer {
  const labels = name === "" ? [] : name.split(".").map((label) => Buffer.from(label, "ascii"));
  if (labels.some(({ length }) => length < 1 || length > 63)) throw new RangeError(`${name} is no DNS name`);
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), label]), Buffer.from([0])]);
}

function numbers(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) buffer.writeUInt16BE(value, index * 2);
  return buffer;
}

/** @throws RangeError for what is no message */
export function decodeMessage(message: Buffer): Message {
  const flags = message.readUInt16BE(2);
  let at = 12;
  for (let left = message.readUInt16BE(4); left > 0; left -= 1) at = nameAt(message, at).next + 4;
  const section = (count: number): DnsRecord[] => {
    const records: DnsRecord[] = [];
    for (let left = count; left > 0; left -= 1) {
      const { record, next } = recordAt(message, at);
      if (record !== undefined) records.push(record);
      at = next;
    }
    return records;
  };
  const code = flags & 0x000f;
  return {
    id: message.readUInt16BE(0),
    code: CODES[code] ?? String(code),
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    validated: (flags & AUTHENTIC_DATA) !== 0,
    answers: section(message.readUInt16BE(6)),
    authority: section(message.readUInt16BE(8)),
  };
}

function recordAt(message: Buffer, from: number): { readonly record: DnsRecord | undefined; readonly next: number } {
  const { name, next: at } = nameAt(message, from);
  const number = message.readUInt16BE(at);
  const start = at + 10;
  const next = start + message.readUInt16BE(at + 8);
  if (next > message.length) throw new RangeError("a record goes on after the end of the message");
  const type = typeOf(number);
  return { record: type && { name, type, value: valueAt(message, type, start, next) }, next };
}

function typeOf(number: number): RecordType | undefined {
  switch (number) {
    case TYPES.A:
      return "A";
    case TYPES.AAAA:
      return "AAAA";
    case TYPES.NS:
      return "NS";
    case TYPES.SOA:
      return "SOA";
    case TYPES.PTR:
      return "PTR";
    case TYPES.MX:
      return "MX";
    case TYPES.TXT:
      return "TXT";
    case TYPES.DS:
      return "DS";
    case TYPES.DNSKEY:
      return "DNSKEY";
    default:
      return undefined;
  }
}

function valueAt(message: Buffer, type: RecordType, start: number, end: number): string {
  switch (type) {
    case "A":
      return [...message.subarray(start, end)].join(".");
    case "AAAA":
      return canonicalIpv6(
        Array.from({ length: 8 }, (_, i) => message.readUInt16BE(start + 2 * i).toString(16)).join(":"),
      );
    case "NS":
    case "PTR":
      return nameAt(message, start).name;
    case "MX":
      return nameAt(message, start + 2).name;
    case "TXT":
      return textOf(message.subarray(start, end));
    case "SOA":
    case "DS":
    case "DNSKEY":
      return "";
  }
}

function textOf(data: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at < data.length; at += 1 + data.readUInt8(at))
    parts.push(data.subarray(at + 1, at + 1 + data.readUInt8(at)).toString("utf8"));
  return parts.join("");
}

/** A name may end in a pointer to an earlier one (section 4.1.4), which may only lead backwards. */
function nameAt(message: Buffer, from: number): { readonly name: string; readonly next: number } {
  const labels: string[] = [];
  let [at, next, bound] = [from, -1, from];
  for (;;) {
    const length = message.readUInt8(at);
    if (length >= 0xc0) {
      const target = message.readUInt16BE(at) & 0x3fff;
      if (target >= bound) throw new RangeError("a name refers to what comes after it");
      if (next < 0) next = at + 2;
      [at, bound] = [target, target];
      continue;
    }
    if (length === 0) return { name: labels.join(".").toLowerCase(), next: next < 0 ? at + 1 : next };
    labels.push(message.subarray(at + 1, at + 1 + length).toString("latin1"));
    at += 1 + length;
  }
}

/** Questions to DNS servers and what they answer, with what Node.js's own resolver does not tell: flags. */
import * as dns from "dns-packet";
import { canonicalIpv6 } from "../../components/settings/ipv6.ts";

const TYPES = ["A", "AAAA", "NS", "SOA", "PTR", "MX", "TXT", "DS", "DNSKEY"] as const;
/** Types that can be asked for. */
export type RecordType = (typeof TYPES)[number];

const CODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"] as const;

/** What is asked. */
export interface Question {
  readonly name: string;
  readonly type: RecordType;
  /** Whether the server is to ask others for it. */
  readonly recursive: boolean;
  /** Whether it is to answer what it cannot validate too (RFC 4035 section 3.2.2). @default false */
  readonly unchecked?: boolean;
}

/** One record of an answer. */
export interface DnsRecord {
  /** Lower case, without the last dot. */
  readonly name: string;
  readonly type: RecordType;
  /** An address, a name, a text; empty for other types. */
  readonly value: string;
}

/** An answer, as far as anybody here asks what is in it. */
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

/** As RFC 9715 advises, so that no answer is cut into pieces on its way. */
const LARGEST_DATAGRAM = 1232;

/** @throws RangeError for what is no DNS name */
export function encodeQuestion(id: number, { name, type, recursive, unchecked = false }: Question): Buffer {
  if (name !== "" && name.split(".").some((label) => label.length < 1 || label.length > 63)) {
    throw new RangeError(`"${name}" is no DNS name: each label has 1 to 63 characters.`);
  }
  const flags = (recursive ? dns.RECURSION_DESIRED : 0) | dns.AUTHENTIC_DATA | (unchecked ? dns.CHECKING_DISABLED : 0);
  return dns.encode({
    type: "query",
    id,
    flags,
    questions: [{ name, type }],
    additionals: [
      {
        type: "OPT",
        name: ".",
        udpPayloadSize: LARGEST_DATAGRAM,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: dns.DNSSEC_OK,
        flag_do: true,
        options: [],
      },
    ],
  });
}

/** @throws RangeError for what is no message */
export function decodeMessage(message: Buffer): Message {
  const { id = 0, flags = 0, answers = [], authorities = [] } = decoded(message);
  const code = flags & 0x000f;
  return {
    id,
    code: CODES[code] ?? String(code),
    authoritative: (flags & dns.AUTHORITATIVE_ANSWER) !== 0,
    truncated: (flags & dns.TRUNCATED_RESPONSE) !== 0,
    validated: (flags & dns.AUTHENTIC_DATA) !== 0,
    answers: answers.flatMap(recordOf),
    authority: authorities.flatMap(recordOf),
  };
}

function decoded(message: Buffer): dns.Packet {
  try {
    return dns.decode(message);
  } catch (cause) {
    throw new RangeError("The server has answered with what is no DNS message.", { cause });
  }
}

function recordOf(answer: dns.Answer): readonly DnsRecord[] {
  const type = TYPES.find((known) => known === answer.type);
  return type === undefined ? [] : [{ name: answer.name.toLowerCase(), type, value: valueOf(answer) }];
}

function valueOf(answer: dns.Answer): string {
  switch (answer.type) {
    case "A":
      return answer.data;
    case "AAAA":
      return canonicalIpv6(answer.data);
    case "NS":
    case "PTR":
      return answer.data.toLowerCase();
    case "MX":
      return answer.data.exchange.toLowerCase();
    case "TXT":
      return textOf(answer.data);
    default:
      return "";
  }
}

/** The strings of a TXT record as one, RFC 7208 section 3.3. */
export function textOf(data: dns.TxtData): string {
  return [data]
    .flat()
    .map((part) => (typeof part === "string" ? part : part.toString("utf8")))
    .join("");
}

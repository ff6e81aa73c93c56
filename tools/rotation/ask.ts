/** Asks one DNS server for the records at a name, with their TTL, which Node.js's own resolver does not tell. */
import { connect } from "node:net";

export interface Answer {
  readonly ttlSeconds: number;
  /** The text of a TXT record, or the RDATA of a TLSA record as TLSA has it: three numbers, then hexadecimal digits. */
  readonly value: string;
}

const TYPES = { TXT: 16, TLSA: 52 } as const;
export type RecordType = keyof typeof TYPES;

export interface Server {
  readonly address: string;
  /** @default 53 */
  readonly port?: number;
}

const TIMEOUT_MS = 5000;

/**
 * The answer of one server; empty where there are no such records. By TCP (RFC 7766): a key does not fit into a datagram.
 *
 * @throws Error when the server does not answer, or refuses
 */
export async function ask(server: Server, name: string, type: RecordType): Promise<readonly Answer[]> {
  return readAnswers(await exchange(server, question(name, type)), name, type);
}

/** A query as it is sent by TCP, RFC 1035 section 4.2.2: with its length before it. */
export function question(name: string, type: RecordType): Buffer {
  const labels = name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label, "ascii")]));
  const header = Buffer.from([0, 1, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const body = Buffer.concat([header, ...labels, Buffer.from([0, 0, TYPES[type], 0, 1])]);
  return Buffer.concat([Buffer.from([body.length >> 8, body.length & 0xff]), body]);
}

function exchange({ address, port = 53 }: Server, query: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, timeout: TIMEOUT_MS }, () => socket.end(query));
    let got = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (got.length < 2 || got.length < 2 + got.readUInt16BE(0)) return;
      socket.destroy();
      resolve(got.subarray(2, 2 + got.readUInt16BE(0)));
    });
    socket.on("error", reject);
    socket.on("timeout", () => socket.destroy(new Error(`${address} has not answered for ${TIMEOUT_MS / 1000} s`)));
    socket.on("close", () => {
      reject(new Error(`${address} has ended the connection without an answer`));
    });
  });
}

const NAME_UNKNOWN = 3;

/** RFC 1035 section 4.1. @throws Error for an answer that is an error */
export function readAnswers(message: Buffer, name: string, type: RecordType): readonly Answer[] {
  const code = message.readUInt8(3) & 0x0f;
  if (code === NAME_UNKNOWN) return [];
  if (code !== 0) throw new Error(`the answer for ${name} is the error ${code}`);
  let at = afterName(message, 12) + 4;
  const answers: Answer[] = [];
  for (let left = message.readUInt16BE(6); left > 0; left -= 1) {
    at = afterName(message, at);
    const length = message.readUInt16BE(at + 8);
    const data = message.subarray(at + 10, at + 10 + length);
    if (message.readUInt16BE(at) === TYPES[type])
      answers.push({ ttlSeconds: message.readUInt32BE(at + 4), value: type === "TXT" ? textOf(data) : tlsaOf(data) });
    at += 10 + length;
  }
  return answers;
}

/** Where a name ends; it may be a pointer, or end in one (section 4.1.4). */
function afterName(message: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const length = message.readUInt8(at);
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    at += 1 + length;
  }
}

function textOf(data: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at < data.length; at += 1 + data.readUInt8(at))
    parts.push(data.subarray(at + 1, at + 1 + data.readUInt8(at)).toString("latin1"));
  return parts.join("");
}

function tlsaOf(data: Buffer): string {
  return `${data[0] ?? 0} ${data[1] ?? 0} ${data[2] ?? 0} ${data.subarray(3).toString("hex")}`;
}

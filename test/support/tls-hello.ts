/**
 * A TLS client that says hello and no more. It can offer what no library here can speak any more, so what a server takes
 * is seen whole: RFC 5246 section 7.4.1, RFC 8446 section 4.1.
 */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";

export const TLS = { ssl3: 0x0300, v1_0: 0x0301, v1_1: 0x0302, v1_2: 0x0303, v1_3: 0x0304 } as const;

/** What a server says to a hello. */
export type HelloAnswer =
  | { readonly kind: "taken"; readonly version: number; readonly suite: number; readonly compression: number }
  /** The alert's number, or nothing where it hung up without one. */
  | { readonly kind: "refused"; readonly alert: number | undefined };

const ALERT = 21;
const HANDSHAKE = 22;
const SERVER_HELLO = 2;
const EXTENSION = { serverName: 0, groups: 10, pointFormats: 11, signatures: 13, versions: 43, keyShare: 51 } as const;
const X25519 = 0x001d;
/** X25519, P-256, P-384, P-521 and the finite fields of RFC 7919. */
const GROUPS = [X25519, 0x0017, 0x0018, 0x0019, 0x0100, 0x0101, 0x0102];
/** ECDSA and RSA, the old hashes too. */
const SIGNATURES = [0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201];
const ANSWER_MS = 20_000;

/** Offers one version with some cipher suites on a connection that nothing but TLS is spoken on from now on. */
export async function sayHello(
  socket: Socket,
  version: number,
  suites: readonly number[],
  serverName?: string,
): Promise<HelloAnswer> {
  try {
    return await new Promise((resolve, reject) => {
      let received = Buffer.alloc(0);
      socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`no answer to a TLS hello within ${ANSWER_MS} ms`)));
      socket.once("error", reject);
      socket.once("close", () => resolve({ kind: "refused", alert: undefined }));
      socket.on("data", (part: Buffer) => {
        received = Buffer.concat([received, part]);
        const answer = parseAnswer(received);
        if (answer !== undefined) resolve(answer);
      });
      socket.write(clientHello(version, suites, serverName));
    });
  } finally {
    socket.destroy();
  }
}

/** All suites that a server takes of some, in the order in which it prefers them. Each hello leaves out those it has taken. */
export async function suitesTaken(
  connect: () => Promise<Socket>,
  version: number,
  candidates: readonly number[],
  serverName?: string,
): Promise<number[]> {
  const taken: number[] = [];
  for (;;) {
    const left = candidates.filter((suite) => !taken.includes(suite));
    const answer = await sayHello(await connect(), version, left, serverName);
    if (answer.kind === "refused") return taken;
    if (answer.version !== version || answer.compression !== 0 || !left.includes(answer.suite))
      throw new Error(`the server answered with what was not offered: ${JSON.stringify(answer)}`);
    taken.push(answer.suite);
  }
}

function clientHello(version: number, suites: readonly number[], serverName?: string): Buffer {
  const list = suites.map(u16);
  const body = [
    u16(Math.min(version, TLS.v1_2)),
    randomBytes(32),
    // A server that speaks 1.3 repeats it; older ones take it for a session that they have forgotten.
    sized(1, version === TLS.v1_3 ? randomBytes(32) : Buffer.alloc(0)),
    sized(2, ...list),
    sized(1, Buffer.from([0])),
    ...(version === TLS.ssl3 ? [] : [sized(2, ...extensions(version, serverName))]),
  ];
  const message = Buffer.concat([Buffer.from([1]), sized(3, ...body)]);
  return Buffer.concat([Buffer.from([HANDSHAKE]), u16(Math.min(version, TLS.v1_0)), sized(2, message)]);
}

function extensions(version: number, serverName?: string): Buffer[] {
  const extension = (type: number, content: Buffer): Buffer => Buffer.concat([u16(type), sized(2, content)]);
  return [
    ...(serverName === undefined
      ? []
      : [extension(EXTENSION.serverName, sized(2, Buffer.from([0]), sized(2, Buffer.from(serverName))))]),
    extension(EXTENSION.groups, sized(2, ...GROUPS.map(u16))),
    extension(EXTENSION.pointFormats, sized(1, Buffer.from([0]))),
    extension(EXTENSION.signatures, sized(2, ...SIGNATURES.map(u16))),
    ...(version === TLS.v1_3
      ? [
          extension(EXTENSION.versions, sized(1, u16(TLS.v1_3))),
          extension(EXTENSION.keyShare, sized(2, u16(X25519), sized(2, randomBytes(32)))),
        ]
      : []),
  ];
}

/** Undefined while the first message is not whole yet. */
function parseAnswer(bytes: Buffer): HelloAnswer | undefined {
  if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) return undefined;
  const record = bytes.subarray(5, 5 + bytes.readUInt16BE(3));
  if (bytes[0] === ALERT) return { kind: "refused", alert: record[1] };
  if (bytes[0] !== HANDSHAKE || record[0] !== SERVER_HELLO) throw new Error(`no TLS: ${bytes.toString("latin1")}`);
  // Type and length, version, random, then the session's name with its length.
  const after = 4 + 2 + 32 + 1 + record.readUInt8(4 + 2 + 32);
  const chosen = { suite: record.readUInt16BE(after), compression: record.readUInt8(after + 2) };
  const version = chosenVersion(record.subarray(after + 3)) ?? record.readUInt16BE(4);
  return { kind: "taken", version, ...chosen };
}

/** The version that TLS 1.3 says in an extension. */
function chosenVersion(block: Buffer): number | undefined {
  for (let at = 2; at + 4 <= block.length; at += 4 + block.readUInt16BE(at + 2)) {
    if (block.readUInt16BE(at) === EXTENSION.versions) return block.readUInt16BE(at + 4);
  }
  return undefined;
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

/** Some bytes after their length, which is written in so many bytes. */
function sized(lengthBytes: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(content.length, 0, lengthBytes);
  return Buffer.concat([length, content]);
}

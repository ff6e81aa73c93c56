/** Carries a question to one DNS server and its answer back. */
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import { decodeMessage, encodeQuestion, type Message, type Question } from "./message.ts";

/** Where a DNS server listens. */
export interface Server {
  readonly address: string;
  /** @default 53 */
  readonly port?: number;
}

/** A datagram may get lost; a server that is there answers one of them well within that. */
const DATAGRAM_MS = 2000;
const TRIES = 2;
const STREAM_MS = 4000;

/**
 * By datagrams first, as everybody asks; by a stream where the answer does not fit or no datagram comes through (RFC 7766).
 *
 * @throws Error when the server does not answer
 */
export async function exchange(server: Server, question: Question): Promise<Message> {
  const id = randomInt(0x10000);
  const query = encodeQuestion(id, question);
  for (let left = TRIES; left > 0; left -= 1) {
    const message = await byDatagram(server, query, id).catch(() => undefined);
    if (message !== undefined && !message.truncated) return message;
    if (message?.truncated === true) break;
  }
  const message = decoded(await byStream(server, query));
  if (message === undefined) throw new Error(`${server.address} has answered with what is no DNS message.`);
  return message;
}

function byDatagram({ address, port = 53 }: Server, query: Buffer, id: number): Promise<Message> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    const end = (act: () => void): void => {
      clearTimeout(timer);
      socket.close();
      act();
    };
    const timer = setTimeout(() => {
      end(() => {
        reject(silent(address, DATAGRAM_MS));
      });
    }, DATAGRAM_MS);
    socket.on("message", (data) => {
      const message = decoded(data);
      // Whatever else comes to this port is not for us.
      if (message?.id === id)
        end(() => {
          resolve(message);
        });
    });
    socket.on("error", (error) => {
      end(() => {
        reject(error);
      });
    });
    // Connected: then the kernel tells of a port where nobody listens, and lets nobody else answer.
    socket.connect(port, address, () => {
      socket.send(query);
    });
  });
}

function decoded(data: Buffer): Message | undefined {
  try {
    return decodeMessage(data);
  } catch {
    return undefined;
  }
}

/**
 * The octets of an answer that comes by a stream. Question and answer have their length before them, RFC 1035 section 4.2.2.
 *
 * @throws Error when the server does not answer
 */
export function byStream(
  { address, port = 53 }: Server,
  query: Buffer,
  milliseconds: number = STREAM_MS,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const length = Buffer.from([query.length >> 8, query.length & 0xff]);
    const socket = connect({ host: address, port }, () => socket.write(Buffer.concat([length, query])));
    const timer = setTimeout(() => socket.destroy(silent(address, milliseconds)), milliseconds);
    let got = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (got.length < 2 || got.length < 2 + got.readUInt16BE(0)) return;
      resolve(got.subarray(2, 2 + got.readUInt16BE(0)));
      socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => {
      clearTimeout(timer);
      reject(new Error(`${address} has ended the connection without an answer.`));
    });
  });
}

function silent(address: string, milliseconds: number): Error {
  return new Error(`${address} has not answered for ${milliseconds / 1000} s.`);
}

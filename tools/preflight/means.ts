/** How checks look at the world. The same checks run here and at a site, and on made-up answers in tests. */
import { request } from "node:http";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { exchange, type Server } from "../dns/exchange.ts";
import type { Door } from "./subject.ts";
import type { DnsRecord, Message, RecordType } from "../dns/message.ts";

/** An answer, or `SILENT` where none came. */
export type Seen = Pick<Message, "code" | "authoritative" | "validated" | "answers" | "authority">;

/** What a mail server says first; or why nobody could hear it. */
export type Greeting = { readonly line: string } | { readonly failed: string };

/** None of them throws: who does not answer is silent. */
export interface Means {
  /** Asks the resolver. `unchecked`: also for what it cannot validate. */
  readonly resolve: (name: string, type: RecordType, unchecked?: boolean) => Promise<Seen>;
  /** Asks one server for what it has itself. */
  readonly askServer: (address: string, name: string, type: RecordType) => Promise<Seen>;
  readonly greet: (address: string, port: number) => Promise<Greeting>;
  /** Comes to a site's port as its clients do. @param hostname that it is known by */
  readonly knock: (address: string, door: Door, hostname: string) => Promise<Greeting>;
}

const SILENT: Seen = { code: "SILENT", authoritative: false, validated: false, answers: [], authority: [] };

/** Longer than any server with good intentions waits before it greets, Postfix's own tests included. */
const GREETING_MS = 12_000;
/** The alert `unrecognized_name`, RFC 6066 section 3. */
const UNKNOWN_NAME = "ERR_SSL_TLSV1_UNRECOGNIZED_NAME";
const SILENCE: Greeting = { failed: `silent for ${GREETING_MS / 1000} s` };

/** The real ones. @param resolvers asked in turn until one answers */
export function meansOf(resolvers: readonly Server[]): Means {
  return {
    resolve: async (name, type, unchecked = false) => {
      for (const server of resolvers) {
        const seen = await exchange(server, { name, type, recursive: true, unchecked }).catch(() => SILENT);
        if (seen.code !== "SILENT") return seen;
      }
      return SILENT;
    },
    askServer: (address, name, type) => exchange({ address }, { name, type, recursive: false }).catch(() => SILENT),
    greet,
    knock: (address, { port, speaks }, hostname) => {
      if (speaks === "line") return greet(address, port);
      return speaks === "tls" ? shakeHands(address, port, hostname) : askForProof(address, port, hostname);
    },
  };
}

/** Whose certificate it is does not matter here: it may be an interim one. */
function shakeHands(host: string, port: number, servername: string): Promise<Greeting> {
  return new Promise((resolve) => {
    const socket = connectTls({ host, port, servername, rejectUnauthorized: false, timeout: GREETING_MS });
    const end = (greeting: Greeting): void => {
      socket.destroy();
      resolve(greeting);
    };
    socket.on("secureConnect", () => {
      end({ line: socket.getProtocol() ?? "TLS" });
    });
    socket.on("timeout", () => {
      end(SILENCE);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // The edge has no certificate for the site's own name at port 443, and says so.
      end(error.code === UNKNOWN_NAME ? { line: "TLS, without this name" } : { failed: reasonOf(error) });
    });
  });
}

/** Asks what an ACME directory would, RFC 8555 section 8.3. */
function askForProof(host: string, port: number, hostname: string): Promise<Greeting> {
  return new Promise((resolve) => {
    const path = "/.well-known/acme-challenge/preflight";
    const asked = request({ host, port, path, headers: { host: hostname }, timeout: GREETING_MS }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text = (text + chunk).slice(0, 200);
      });
      answer.on("close", () => {
        const [first = ""] = text.trim().split(/\r?\n/);
        resolve({ line: `HTTP ${answer.statusCode ?? 0} ${first}`.trim() });
      });
    });
    asked.on("timeout", () => {
      resolve(SILENCE);
      asked.destroy();
    });
    asked.on("error", (error: NodeJS.ErrnoException) => {
      resolve({ failed: reasonOf(error) });
    });
    asked.end();
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code === "ECONNREFUSED" ? "refused" : (error.code ?? error.message);
}

function greet(address: string, port: number): Promise<Greeting> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (greeting: Greeting): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(greeting);
    };
    const timer = setTimeout(() => {
      end(SILENCE);
    }, GREETING_MS);
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      const [line = "", rest] = text.split(/\r?\n/, 2);
      if (rest !== undefined || text.length > 1000) end({ line: line.slice(0, 200) });
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      end({ failed: reasonOf(error) });
    });
    socket.on("close", () => {
      end({ failed: "closed without a word" });
    });
  });
}

/** The values of one type. */
export function valuesOf({ answers }: Pick<Seen, "answers">, type: RecordType): string[] {
  return answers.filter((one) => one.type === type).map(({ value }) => value);
}

/** The names of a zone's servers in some records. */
export function serversIn(records: readonly DnsRecord[], zone: string): string[] {
  return records.filter(({ name, type }) => type === "NS" && name === zone).map(({ value }) => value);
}

/** Whether there is nothing of the sort, as opposed to no answer. */
export function isNone({ code, answers }: Seen, type: RecordType): boolean {
  return code === "NXDOMAIN" || (code === "NOERROR" && !answers.some((one) => one.type === type));
}

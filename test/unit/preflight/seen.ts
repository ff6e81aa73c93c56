/** Made-up answers, what is looked at, and how a verdict is read. */
import { expect } from "vitest";
import type { DnsRecord, RecordType } from "../../../tools/dns/message.ts";
import type { Seen } from "../../../tools/preflight/means.ts";
import type { SubjectSite } from "../../../tools/preflight/subject.ts";
import type { Verdict } from "../../../tools/preflight/verdict.ts";

export function seen(code: string, more: Partial<Seen> = {}): Seen {
  return { code, authoritative: false, validated: false, answers: [], authority: [], ...more };
}

export function record(name: string, type: RecordType, value = ""): DnsRecord {
  return { name, type, value };
}

/** An answer with records of one type at one name. */
export function found(type: RecordType, ...values: readonly string[]): Seen {
  return seen("NOERROR", { answers: values.map((value) => record("it.example", type, value)) });
}

export const NOTHING = seen("NXDOMAIN");
export const EMPTY = seen("NOERROR");
export const SILENT = seen("SILENT");

export const ALPHA: SubjectSite = {
  name: "alpha",
  platform: "host",
  hostname: "alpha.mailkeep.example",
  addresses: ["192.0.2.11", "2001:db8::11"],
  sendsDirectly: true,
  relays: [],
  doors: [
    { port: 25, speaks: "line" },
    { port: 80, speaks: "http" },
    { port: 465, speaks: "tls" },
  ],
  up: true,
};

/** Every verdict that is not well says what to do. */
export function short({ level, says, fix }: Verdict): string {
  expect(says).toMatch(/[.!]$|220 /);
  expect(fix === undefined).toBe(level === "ok");
  return `${level}: ${says}`;
}

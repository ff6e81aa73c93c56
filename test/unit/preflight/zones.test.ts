/** What is said of a zone: who serves it, and whether it is signed. */
import { describe, expect, it } from "vitest";
import { type DelegationSeen, judgeDelegation, type ServerSeen } from "../../../tools/preflight/delegation.ts";
import { type DnssecSeen, judgeDnssec } from "../../../tools/preflight/dnssec.ts";
import type { SubjectZone } from "../../../tools/preflight/subject.ts";
import { EMPTY, found, NOTHING, seen, SILENT } from "./seen.ts";

const zone: SubjectZone = { name: "club.example", provider: "cloudflare", servers: undefined, closed: false };
const HAS_IT = { ...found("SOA", ""), authoritative: true };
const server = (name: string, answer = HAS_IT): ServerSeen => ({ name, addresses: ["192.0.2.53"], answers: [answer] });

describe("a delegation", () => {
  const sound: DelegationSeen = {
    zone,
    resolved: EMPTY,
    named: ["b.ns.example", "a.ns.example"],
    servers: [server("a.ns.example"), server("b.ns.example")],
  };
  const wanted = { ...zone, servers: ["a.ns.example", "b.ns.example"] };
  it.each<[string, Partial<DelegationSeen>, string]>([
    ["to servers that have it", {}, "ok: a.ns.example, b.ns.example: each answers for it."],
    ["to the provider's servers", { zone: wanted }, "ok: a.ns.example, b.ns.example: each answers for it."],
    [
      "to other servers than the provider's",
      { zone: { ...zone, servers: ["x.ns.example", "y.ns.example"] } },
      "problem: club.example is delegated to a.ns.example, b.ns.example, but its records are at x.ns.example, y.ns.example.",
    ],
    [
      "to nobody",
      { named: [], servers: [] },
      "problem: club.example is not delegated: the zone above names no servers for it, so nobody finds its records.",
    ],
    [
      "to nobody, as the resolver says",
      { named: undefined, servers: [], resolved: NOTHING },
      "problem: club.example is not delegated: the zone above names no servers for it, so nobody finds its records.",
    ],
    [
      "that nobody tells",
      { named: undefined, servers: [], resolved: SILENT },
      "unknown: Nobody says which servers club.example has (SILENT).",
    ],
    [
      "to a server that sends us away",
      { servers: [server("a.ns.example"), server("b.ns.example", seen("REFUSED"))] },
      "problem: the server b.ns.example does not have the zone club.example (it says REFUSED, and not by itself).",
    ],
    [
      "to a server that asks others",
      { servers: [server("a.ns.example"), server("b.ns.example", { ...HAS_IT, authoritative: false })] },
      "problem: the server b.ns.example does not have the zone club.example (it says NOERROR, and not by itself).",
    ],
    [
      "to a server without an address",
      { servers: [server("a.ns.example"), { name: "b.ns.example", addresses: [], answers: [] }] },
      "problem: the server b.ns.example has no address.",
    ],
    [
      "to a server that is away",
      { servers: [server("a.ns.example"), server("b.ns.example", SILENT)] },
      "warning: the server b.ns.example (192.0.2.53) does not answer.",
    ],
    [
      "to servers that are all away",
      { servers: [server("a.ns.example", SILENT), server("b.ns.example", SILENT)] },
      "problem: the server a.ns.example (192.0.2.53) does not answer; the server b.ns.example (192.0.2.53) does not answer.",
    ],
  ])("%s", (_, changes, says) => {
    const verdict = judgeDelegation({ ...sound, ...changes });
    expect(`${verdict.level}: ${verdict.says}`).toBe(says);
    expect(verdict.fix === undefined).toBe(verdict.level === "ok");
  });

  it("that is wrong is mended at the registrar, with the provider's names where they are known", () => {
    const nobody = { ...sound, named: [], servers: [] };
    expect(judgeDelegation(nobody).fix).toContain("the servers that cloudflare shows for it");
    expect(judgeDelegation({ ...nobody, zone: { ...zone, provider: "print" } }).fix).toContain(
      "the servers that you keep it at shows",
    );
    expect(judgeDelegation({ ...nobody, zone: wanted }).fix).toContain(
      "name a.ns.example, b.ns.example as its name servers",
    );
  });
});

describe("DNSSEC", () => {
  const SOA = found("SOA", "");
  const sound: DnssecSeen = {
    zone,
    checked: { ...SOA, validated: true },
    unchecked: SOA,
    delegationSigner: found("DS", ""),
    keys: found("DNSKEY", ""),
  };
  it.each<[string, Partial<DnssecSeen>, string]>([
    ["that holds", {}, "ok: club.example is signed, and its signatures hold."],
    [
      "that is broken",
      { checked: seen("SERVFAIL") },
      "problem: The signatures of club.example are wrong: whoever validates finds nothing of it, and no mail comes.",
    ],
    [
      "of a zone that fails altogether",
      { checked: seen("SERVFAIL"), unchecked: seen("SERVFAIL") },
      "unknown: club.example cannot be looked up (SERVFAIL).",
    ],
    ["of a zone that there is not", { checked: NOTHING }, "unknown: club.example cannot be looked up (NXDOMAIN)."],
    [
      "asked of its own server",
      { checked: HAS_IT },
      "unknown: The zone's own server was asked, and nobody vouches for himself.",
    ],
    ["asked of a resolver that does not validate", { checked: SOA }, "unknown: The resolver does not validate."],
    [
      "asked of a resolver that knows nothing of keys",
      { checked: SOA, keys: SILENT },
      "unknown: The resolver does not answer about keys.",
    ],
    [
      "that the zone above does not know of",
      { checked: SOA, delegationSigner: EMPTY },
      "warning: club.example is signed, but the zone above has no DS record of its key, so nobody can prove it.",
    ],
    [
      "that there is not",
      { checked: SOA, delegationSigner: EMPTY, keys: EMPTY },
      "warning: club.example is not signed: TLSA records count for nothing, and answers can be forged.",
    ],
  ])("%s", (_, changes, says) => {
    const verdict = judgeDnssec({ ...sound, ...changes });
    expect(`${verdict.level}: ${verdict.says}`).toBe(says);
    expect(verdict.fix === undefined).toBe(verdict.level === "ok");
  });
});

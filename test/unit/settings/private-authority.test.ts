/** Certificates of the stack's own authority: what cannot be had with them. */
import { expect, it } from "vitest";
import { CLOUD } from "../plan/plans.ts";
import { localRaw } from "./local.ts";
import { problemsOf } from "./problems.ts";

const domains = [
  { name: "home.test", mtaSts: "off" },
  { name: "club.test", mtaSts: "off" },
];
const local = { ...localRaw(), domains, acme: { directory: "private" } };

it("they are sound settings, in the local world and on machines", () => {
  expect(problemsOf(local)).toEqual([]);
  expect(problemsOf({ ...local, ...CLOUD, domains, dnsTokens: undefined, acme: { directory: "private" } })).toEqual([]);
});

it("a token to prove names with is one too many", () => {
  const tokens = problemsOf({ ...local, ...CLOUD, domains, acme: { directory: "private" } });
  expect(tokens.map(({ path, got }) => `${path}: ${got}`)).toEqual([
    'dnsTokens["mailkeep.test"]: a token that no site uses',
  ]);
});

it.each(["enforce", "testing", "none"])("with them no domain has the MTA-STS policy %s", (mtaSts) => {
  expect(problemsOf({ ...local, domains: [{ name: "home.test", mtaSts }, domains[1]] })).toEqual([
    {
      path: "domains[0].mtaSts",
      got: `${mtaSts}, and acme.directory: private`,
      wanted: "off: no other server believes the stack's own authority, and would keep its mail for the domain",
      fix: "write mtaSts: off; TLSA records (DANE) tell servers which key to expect, without any authority",
    },
  ]);
});

it.each([
  ["email", "ann@home.test"],
  ["issuer", "letsencrypt.org"],
  ["proof", "http"],
])("nobody is asked for them, so acme.%s means nothing", (key, value) => {
  const found = problemsOf({ ...local, acme: { directory: "private", [key]: value } });
  expect(found.map(({ path }) => path)).toEqual([`acme.${key}`]);
});

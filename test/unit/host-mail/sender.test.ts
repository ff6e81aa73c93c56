import { describe, expect, it } from "vitest";
import { exampleHost, senderDomainOf, senderOf } from "../../../components/host-mail/sender.ts";

describe("a host sends", () => {
  it.each([
    ["each user under its own name, where a pattern covers the host", ["*@*.home.test"], "users"],
    ["the same with a pattern for the one host", ["printer@home.test", "@web1.home.test"], "users"],
    ["all users under one address, where the account has no more", ["printer@home.test", "x@home.test"], "one"],
    ["nothing by an account for other hosts", ["*@*.club.test", "*@home.test"], undefined],
    ["nothing by an account for one user of each host", ["root@*.home.test"], undefined],
  ])("%s", (_, patterns, kind) => expect(senderOf(patterns, "web1.home.test")?.kind).toBe(kind));
});

it.each([
  [{ kind: "users", domain: "web1.home.test" }, "web1.home.test"],
  [{ kind: "one", address: "printer@home.test" }, "home.test"],
] as const)("the domain of %j is %s", (sender, domain) => expect(senderDomainOf(sender)).toBe(domain));

it.each([
  [["*@*.home.test"], "server.home.test"],
  [["@web1.home.test"], "web1.home.test"],
  [[], undefined],
])("%j is for %s", (patterns, host) => expect(exampleHost(patterns)).toBe(host));

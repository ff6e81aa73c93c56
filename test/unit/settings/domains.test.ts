/** Which domains may be hosted, and what each of them must have. */
import { describe, expect, it } from "vitest";
import { changed } from "./changes.ts";
import { problemsOf } from "./problems.ts";

describe("a domain", () => {
  it("must have all role addresses", () => {
    const found = problemsOf(changed("domains.2", { name: "new.test" }));
    expect(found.map(({ path, got }) => `${path}: ${got}`)).toEqual(
      ["postmaster", "hostmaster", "abuse"].map((role) => `domains[2].name: new.test without ${role}@new.test`),
    );
    expect(found[0]?.fix).toBe("add to aliases: { address: postmaster@new.test, targets: [<someone who reads it>] }");
  });

  it("must not be the foreign one, nor below it", () => {
    const domain = { name: "a.outside.test", catchAll: ["ann@home.test"] };
    expect(problemsOf(changed("domains.2", domain)).map(({ path, got }) => [path, got])).toEqual([
      ["domains[2].name", "a.outside.test"],
    ]);
  });

  it("must not be a site's own name, where two SPF records would meet", () => {
    const domain = { name: "alpha.mailkeep.test", catchAll: ["ann@home.test"] };
    expect(problemsOf(changed("domains.2", domain)).map(({ path, got }) => [path, got])).toEqual([
      ["domains[2].name", "alpha.mailkeep.test, which is a site's own host name"],
    ]);
  });

  it("must not be the one that senders of forwarded mail have", () => {
    const domain = { name: "srs.mailkeep.test", catchAll: ["ann@home.test"] };
    expect(problemsOf(changed("domains.2", domain)).map(({ path, got }) => [path, got])).toEqual([
      ["domains[2].name", "srs.mailkeep.test, which the senders of forwarded mail have"],
    ]);
  });

  it("may be the infrastructure domain", () => {
    const domain = { name: "mailkeep.test", catchAll: ["ann@home.test"] };
    expect(problemsOf(changed("domains.2", domain))).toEqual([]);
  });
});

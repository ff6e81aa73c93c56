import { describe, expect, it } from "vitest";
import {
  isAddress,
  isDomainName,
  isMailboxAddress,
  matchesPattern,
  splitExtension,
} from "../../../components/directory/index.ts";
import { keptDomain, parseAddress } from "../../../components/directory/address.ts";
import { isSenderPattern } from "../../../components/directory/pattern.ts";

describe("addresses", () => {
  it.each(["ann@home.test", "Ann@Home.Test", "o'neill@home.test", "a.b+c=d@xn--bcher-kva.example", "!@home.test"])(
    "takes %s",
    (text) => {
      expect(isAddress(text)).toBe(true);
    },
  );

  it.each([
    "ann",
    "@home.test",
    "ann@",
    "ann@home",
    "a..b@home.test",
    ".a@home.test",
    '"a b"@home.test',
    "a b@home.test",
    "a@b@home.test",
    "jürgen@home.test",
    "ann@bücher.test",
  ])("refuses %s", (text) => expect(isAddress(text)).toBe(false));

  it("holds to the lengths of RFC 5321", () => {
    expect(isAddress(`${"a".repeat(64)}@home.test`)).toBe(true);
    expect(isAddress(`${"a".repeat(65)}@home.test`)).toBe(false);
    expect(isDomainName(`${"a".repeat(63)}.test`)).toBe(true);
    expect(isDomainName(`${"a".repeat(64)}.test`)).toBe(false);
  });

  it("is found whatever alphabet it is asked for in (RFC 6531)", () => {
    expect(parseAddress("Ann@BÜCHER.test")).toEqual({ local: "ann", domain: "xn--bcher-kva.test" });
    expect(parseAddress("Jürgen@home.test")).toEqual({ local: "jürgen", domain: "home.test" });
    expect(parseAddress(`${"ü".repeat(32)}@home.test`)).toBeDefined();
    expect(parseAddress(`${"ü".repeat(33)}@home.test`)).toBeUndefined();
    expect(parseAddress("ann@b\u0000ücher.test")).toBeUndefined();
    expect(keptDomain("bücher.test")).toBe("xn--bcher-kva.test");
    expect(keptDomain("Home.test")).toBe("home.test");
  });

  it.each(["a/b@home.test", "..@home.test", "ann+x@home.test", "-a@home.test", "~@home.test", "ann@bücher.test"])(
    "gives no mailbox the name %s",
    (text) => {
      expect(isMailboxAddress(text)).toBe(false);
    },
  );

  it("splits at the first delimiter that is not the first character", () => {
    expect(splitExtension("ann+a+b")).toEqual({ base: "ann", extension: "+a+b" });
    expect(splitExtension("ann-a+b", "+-")).toEqual({ base: "ann", extension: "-a+b" });
    expect(splitExtension("+ann")).toEqual({ base: "+ann", extension: "" });
    expect(splitExtension("ann+x", "")).toEqual({ base: "ann+x", extension: "" });
  });
});

describe("sender patterns", () => {
  it("match every name below a domain, at any depth, and not the domain itself", () => {
    expect(matchesPattern("*@*.home.test", "root@web1.home.test")).toBe(true);
    expect(matchesPattern("@*.home.test", "cron@a.b.home.test")).toBe(true);
    expect(matchesPattern("*@*.home.test", "ann@home.test")).toBe(false);
    expect(matchesPattern("*@*.home.test", "root@evilhome.test")).toBe(false);
    expect(matchesPattern("root@home.test", "ROOT@HOME.TEST")).toBe(true);
    expect(matchesPattern("root@home.test", "ann@home.test")).toBe(false);
  });

  it.each(["*", "*@*", "a*@home.test", "*@h*.test", "*@*.*.test", "home.test"])("refuse %s", (pattern) => {
    expect(isSenderPattern(pattern)).toBe(false);
  });
});

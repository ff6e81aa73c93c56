/** The site's certificate for mail, as the image's command `issue` keeps it. */
import { existsSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { at, hasOpenssl, issue, newAccount, openssl, read, request, withImage } from "./image.ts";

const DAY = 86_400;

describe.skipIf(!hasOpenssl)("issue", { timeout: 60_000 }, () => {
  withImage();

  test("serves the interim certificate while the directory is out of reach", () => {
    writeFileSync(at("mode"), "down");
    const { status, said } = issue();
    expect(status).toBe(75);
    expect(said).toContain("could not create client");
    expect(said).not.toContain("[INFO]");
    expect(said).toContain("No certificate was issued");
    expect(read("site.pem")).toBe(read("conf/interim.pem"));
  });

  test("serves what was issued, and then asks no more", () => {
    expect(issue()).toMatchObject({ status: 0, asked: 1 });
    expect(read("site.pem")).toBe(read("lego/certificates/alpha.mailkeep.test.crt"));
    expect(issue()).toMatchObject({ status: 0, asked: 0 });
  });

  describe("the account that the sites share", () => {
    const DIRECTORY = "https://acme.test:14000/dir";
    const key = ["lego/accounts/acme.test_14000/hostmaster@home.test/keys", "hostmaster@home.test.key"] as const;

    test("is the one that asks, whatever account there was, and its URI is told", () => {
      expect(issue(DIRECTORY).said).toContain("The account of all sites is https://acme.test/account/7.");
      expect(read(...key)).toBe(read("conf/account.key"));
      expect(statSync(at(...key)).mode & 0o777).toBe(0o600);
      newAccount();
      writeFileSync(at("wish"), "1");
      expect(issue(DIRECTORY)).toMatchObject({ status: 0, asked: 1 });
      expect(read(...key)).toBe(read("conf/account.key"));
    });

    test("stays the same when the directory forgot it", () => {
      issue(DIRECTORY);
      writeFileSync(at("mode"), "forgot");
      writeFileSync(at("wish"), "1");
      expect(issue(DIRECTORY)).toMatchObject({ status: 0, asked: 2 });
      expect(read(...key)).toBe(read("conf/account.key"));
    });
  });

  test("proves the names where the environment says", () => {
    const { asked: updates } = issue();
    expect([updates, read("calls")]).toEqual([
      1,
      expect.stringContaining("--dns rfc2136 --dns.resolvers 192.0.2.1:53 run"),
    ]);
    writeFileSync(at("wish"), "1");
    const { asked: provider } = issue("https://acme.test/dir", { ACME_PROOF: "cloudflare" });
    expect([provider, read("calls")]).toEqual([1, expect.stringContaining("--dns cloudflare run")]);
  });

  test("keeps the issued certificate while a later renewal fails", () => {
    issue();
    const before = read("site.pem");
    writeFileSync(at("mode"), "down");
    writeFileSync(at("wish"), "1");
    expect(issue()).toMatchObject({ status: 75, asked: 1 });
    expect(read("site.pem")).toBe(before);
    writeFileSync(at("mode"), "up");
    expect(issue()).toMatchObject({ status: 0, asked: 1 });
    expect(read("site.pem")).not.toBe(before);
  });

  test("fulfils a wish once", () => {
    issue();
    writeFileSync(at("wish"), "1");
    expect(issue().said).toContain("it was asked for");
    expect(issue().asked).toBe(0);
    writeFileSync(at("wish"), "2");
    expect(issue().asked).toBe(1);
  });

  test("registers anew when the directory forgot the account", () => {
    issue();
    writeFileSync(at("mode"), "forgot");
    writeFileSync(at("wish"), "1");
    const { status, said, asked } = issue();
    expect({ status, asked }).toEqual({ status: 0, asked: 2 });
    expect(said).toContain("registering a new one");
  });

  test("another key: the interim certificate at once, then a new one", () => {
    issue();
    request(["alpha.mailkeep.test", "mail.mailkeep.test"], "beta");
    writeFileSync(at("mode"), "down");
    expect(issue().said).toContain("the key is another");
    expect(read("site.pem")).toBe(read("conf/interim.pem"));
    writeFileSync(at("mode"), "up");
    expect(issue()).toMatchObject({ status: 0, asked: 1 });
    expect(read("site.pem")).not.toBe(read("conf/interim.pem"));
  });

  describe("the key that mail is to have next", () => {
    const names = ["alpha.mailkeep.test", "mail.mailkeep.test"];
    beforeEach(() => {
      issue();
      request(names, "beta", "next.csr");
    });

    test("has its certificate before it is used, and then at once", () => {
      const before = read("site.pem");
      const { status, asked, said } = issue();
      expect({ status, asked }).toEqual({ status: 0, asked: 1 });
      expect(said).toContain("The certificate for the key that alpha.mailkeep.test is to have next is there");
      expect(issue()).toMatchObject({ status: 0, asked: 0 });
      expect(read("site.pem")).toBe(before);
      const ahead = read("lego/ahead/certificates/alpha.mailkeep.test.crt");

      request(names, "beta");
      rmSync(at("conf/next.csr"));
      writeFileSync(at("mode"), "down");
      expect(issue()).toMatchObject({ status: 0, asked: 0 });
      expect(read("site.pem")).toBe(ahead);
      expect(existsSync(at("lego/ahead"))).toBe(false);
      expect(issue()).toMatchObject({ status: 0, asked: 0 });
    });

    test("has it from the same account, also when that had to be made anew", () => {
      writeFileSync(at("mode"), "forgot");
      expect(issue()).toMatchObject({ status: 0, asked: 2 });
      expect(realpathSync(at("lego/ahead/accounts"))).toBe(realpathSync(at("lego/accounts")));
    });

    test("may have none yet: the key in use keeps its own, and it is asked for again", () => {
      const before = read("site.pem");
      writeFileSync(at("mode"), "down");
      const { status, said } = issue();
      expect(status).toBe(75);
      expect(said).toContain("No certificate was issued for the key that alpha.mailkeep.test is to have next");
      expect(read("site.pem")).toBe(before);
      writeFileSync(at("mode"), "up");
      expect(issue()).toMatchObject({ status: 0, asked: 1 });
    });

    test("is forgotten with its certificate when it is not to come after all", () => {
      issue();
      rmSync(at("conf/next.csr"));
      expect(issue()).toMatchObject({ status: 0, asked: 0 });
      expect(existsSync(at("lego/ahead"))).toBe(false);
    });
  });

  test("other names or another directory: a new one, the old one serving until then", () => {
    issue();
    const before = read("site.pem");
    request(["alpha.mailkeep.test"]);
    writeFileSync(at("mode"), "down");
    expect(issue().said).toContain("the names are others");
    expect(read("site.pem")).toBe(before);
    writeFileSync(at("mode"), "up");
    expect(issue().asked).toBe(1);
    expect(issue("https://other.test/dir").said).toContain("the directory is another");
  });

  test.each([
    [90, 59, 0],
    [90, 61, 1],
    [6, 3, 0],
    [6, 5, 1],
    [365, 334, 0],
    [365, 336, 1],
  ])("a certificate for %i days, %i days on", (days, later, asked) => {
    writeFileSync(at("days"), String(days));
    issue();
    writeFileSync(at("later"), String(later * DAY));
    expect(issue().asked).toBe(asked);
  });

  test("a request without a common name is refused in words", () => {
    openssl("req", "-new", "-key", "alpha.key", "-subj", "/O=nobody", "-out", "conf/csr.pem");
    const { status, said } = issue();
    expect(status).toBe(1);
    expect(said).toContain("has no common name");
  });
});

/** Certificates for names that are proved over HTTP, as the image's command `issue` keeps them. */
import { writeFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { at, hasOpenssl, issue, read, webRequest, withImage } from "./image.ts";

const DIRECTORY = "https://acme.test:14000/dir";
const HTTP = { ACME_PROOF: "http" };
const HOSTS = ["192.0.2.1 alpha.mailkeep.test", "192.0.2.1 mail.mailkeep.test", "2001:db8::2 mail.mailkeep.test"];

const hosts = (...lines: readonly string[]): void =>
  writeFileSync(at("hosts"), lines.map((one) => `${one}\n`).join(""));
const later = (seconds: number): void => writeFileSync(at("later"), String(seconds));

describe.skipIf(!hasOpenssl)("issue, over HTTP", { timeout: 60_000 }, () => {
  withImage();
  beforeEach(() => {
    hosts(...HOSTS);
    writeFileSync(at("conf/addresses"), "192.0.2.1\n192.0.2.2\n2001:db8::2\n");
  });

  test("asks by an answer that every edge gives, and for nothing in a zone", () => {
    expect(issue(DIRECTORY, HTTP)).toMatchObject({ status: 0, asked: 1 });
    expect(read("calls")).toMatch(/ --http --http\.webroot \S+ run$/m);
    expect(read("calls")).not.toContain("--dns");
  });

  test.each([
    ["has no address", HOSTS.slice(0, 1), "mail.mailkeep.test has no address."],
    [
      "leads elsewhere",
      [...HOSTS, "198.51.100.7 alpha.mailkeep.test"],
      "alpha.mailkeep.test leads to 198.51.100.7, where none of the sites is.",
    ],
  ])("does not ask while a name %s", (_, lines, sentence) => {
    hosts(...lines);
    const { status, asked, said } = issue(DIRECTORY, HTTP);
    expect({ status, asked }).toEqual({ status: 75, asked: 0 });
    expect(said).toContain(`No certificate for alpha.mailkeep.test yet: ${sentence}`);
    expect(read("site.pem")).toBe(read("conf/interim.pem"));
    hosts(...HOSTS);
    expect(issue(DIRECTORY, HTTP)).toMatchObject({ status: 0, asked: 1 });
  });

  test("a domain whose zone is not copied yet keeps neither mail nor the others", () => {
    webRequest(1, ["mta-sts.home.test"]);
    webRequest(2, ["mta-sts.club.test"]);
    hosts(...HOSTS, "192.0.2.1 mta-sts.club.test");
    const { status, asked, said } = issue(DIRECTORY, HTTP);
    expect({ status, asked }).toEqual({ status: 75, asked: 2 });
    expect(said).toContain("No certificate for mta-sts.home.test yet: mta-sts.home.test has no address.");
    expect(said).toMatch(
      /Asked for again are certificates for mta-sts\.home\.test: mta-sts\.home\.test has no address\.\n$/,
    );
  });

  test("asks ever more rarely where it is refused, and at once for another reason", () => {
    writeFileSync(at("mode"), "down");
    const asks = (): number => issue(DIRECTORY, HTTP).asked;
    expect([asks(), asks()]).toEqual([1, 0]);
    later(40);
    expect(asks()).toBe(0);
    later(61);
    expect([asks(), asks()]).toEqual([1, 0]);
    later(61 + 90);
    expect(asks()).toBe(0);
    later(61 + 121);
    expect(asks()).toBe(1);
    expect(issue(DIRECTORY, HTTP).said).toMatch(/was refused, and is asked for again at \d\d:\d\d UTC/);
    // A refusal counts for an hour at most, however often it comes.
    for (let day = 1; day < 9; day += 1) {
      later(day * 86_400);
      expect(asks()).toBe(1);
    }
    later(8 * 86_400 + 3601);
    expect(asks()).toBe(1);
    writeFileSync(at("wish"), "1");
    expect(asks()).toBe(1);
    writeFileSync(at("mode"), "up");
    writeFileSync(at("wish"), "2");
    expect(issue(DIRECTORY, HTTP)).toMatchObject({ status: 0, asked: 1 });
    expect(issue(DIRECTORY, HTTP)).toMatchObject({ status: 0, asked: 0 });
  });
});

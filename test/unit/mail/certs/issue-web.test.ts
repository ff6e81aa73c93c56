/** The certificates for what is served over HTTPS, as the image's command `issue` keeps them. */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { at, hasOpenssl, issue, read, webRequest, withImage } from "./image.ts";

describe.skipIf(!hasOpenssl)("issue", { timeout: 60_000 }, () => {
  withImage();

  describe("what is served over HTTPS", () => {
    beforeEach(() => {
      webRequest(1, ["mta-sts.home.test", "autoconfig.home.test"]);
      webRequest(2, ["mta-sts.club.test"]);
    });

    test("has certificates of its own, after the one for mail", () => {
      expect(issue()).toMatchObject({ status: 0, asked: 3 });
      expect(read("calls").match(/conf\/\S+/g)).toEqual(["conf/csr.pem", "conf/web/1.csr", "conf/web/2.csr"]);
      expect(read("web-certs", "1.pem")).toBe(read("lego/certificates/mta-sts.home.test.crt"));
      expect(read("web-certs", "2.pem")).toBe(read("lego/certificates/mta-sts.club.test.crt"));
      expect(issue()).toMatchObject({ status: 0, asked: 0 });
    });

    test("one that is refused keeps neither the others nor mail, and is told", () => {
      writeFileSync(at("broken"), "mta-sts.home.test");
      const { status, said, asked } = issue("https://acme.test/dir", { ACME_PROOF: "cloudflare" });
      expect({ status, asked }).toEqual({ status: 75, asked: 3 });
      expect(said).toContain("No certificate was issued for mta-sts.home.test");
      expect(said).toContain("There is none, so its names are not served.");
      expect(said).toMatch(
        /Asked for again are certificates for mta-sts\.home\.test: NXDOMAIN for mta-sts\.home\.test\.\n$/,
      );
      expect(read("web-certs", "2.pem")).toBe(read("lego/certificates/mta-sts.club.test.crt"));
      expect(read("site.pem")).toBe(read("lego/certificates/alpha.mailkeep.test.crt"));
      rmSync(at("broken"));
      // A directory that is not the local world's is let be for a while.
      writeFileSync(at("later"), "61");
      expect(issue()).toMatchObject({ status: 0, asked: 1 });
    });

    test("is tried again at once where sites can meet at the name server", () => {
      writeFileSync(at("broken"), "mta-sts.club.test");
      expect(issue()).toMatchObject({ status: 75, asked: 6 });
    });

    test("another domain asks for its certificate alone", () => {
      issue();
      const before = read("site.pem");
      webRequest(2, ["mta-sts.club.test", "mta-sts.new.test"]);
      expect(issue()).toMatchObject({ status: 0, asked: 1 });
      expect(read("site.pem")).toBe(before);
    });

    test("a request that is gone takes its certificate along", () => {
      issue();
      rmSync(at("conf/web/2.csr"));
      expect(issue()).toMatchObject({ status: 0, asked: 0 });
      expect(spawnSync("ls", [at("web-certs")], { encoding: "utf8" }).stdout).toBe("1.pem\n");
    });
  });
});

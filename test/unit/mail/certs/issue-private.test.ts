/** Certificates of the private authority, as the image's command `issue` serves them. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { at, hasOpenssl, issue, openssl, read, request, webRequest, withImage } from "./image.ts";

/** The authority's certificate for what is served over HTTPS. */
function webCertificate(number: number, name: string): void {
  mkdirSync(at("conf/web"), { recursive: true });
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  openssl("req", "-x509", "-new", "-key", "beta.key", ...subject, "-days", "820", "-out", `conf/web/${number}.pem`);
}

describe.skipIf(!hasOpenssl)("issue, with a private authority", { timeout: 60_000 }, () => {
  withImage();

  test("serves what comes with the configuration, and asks nobody", () => {
    webCertificate(1, "autoconfig.home.test");
    const { status, said, asked } = issue("private", {});
    expect({ status, asked }).toEqual({ status: 0, asked: 0 });
    expect(read("site.pem")).toBe(read("conf/interim.pem"));
    expect(read("web-certs", "1.pem")).toBe(read("conf/web/1.pem"));
    expect(said).toMatch(/The daemons now use the certificate of the private authority, valid until \d{4}-/);
    expect(said).toContain("the private authority's certificate for autoconfig.home.test");
    expect(issue("private", {}).said).toBe("");
  });

  test("serves the next one, and takes away what is not served any more", () => {
    webCertificate(1, "autoconfig.home.test");
    webCertificate(2, "autoconfig.club.test");
    issue("private", {});
    rmSync(at("conf/web/2.pem"));
    request(["alpha.mailkeep.test", "mail.mailkeep.test"], "beta");
    expect(issue("private", {})).toMatchObject({ status: 0, asked: 0 });
    expect(read("site.pem")).toBe(read("conf/interim.pem"));
    expect([existsSync(at("web-certs/1.pem")), existsSync(at("web-certs/2.pem"))]).toEqual([true, false]);
  });

  test("takes the place of a directory, which is asked anew when it is named again", () => {
    webRequest(1, ["autoconfig.home.test"]);
    expect(issue()).toMatchObject({ status: 0, asked: 2 });
    rmSync(at("conf/web/1.csr"));
    webCertificate(1, "autoconfig.home.test");
    expect(issue("private", {})).toMatchObject({ status: 0, asked: 0 });
    expect([read("site.pem"), read("web-certs", "1.pem")]).toEqual([read("conf/interim.pem"), read("conf/web/1.pem")]);
    rmSync(at("conf/web/1.pem"));
    webRequest(1, ["autoconfig.home.test"]);
    expect(issue()).toMatchObject({ status: 0, asked: 2 });
    expect(read("site.pem")).not.toBe(read("conf/interim.pem"));
  });
});

/** The image's command `issue`, run with the real openssl and a stand-in for lego that signs by itself. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const ISSUE = join(import.meta.dirname, "../../../../images/certs/rootfs/usr/local/bin/issue");
const DAY = 86_400;
const root = mkdtempSync(join(tmpdir(), "certs-"));
const at = (...parts: string[]): string => join(root, ...parts);
const read = (...parts: string[]): string => readFileSync(at(...parts), "utf8");
const openssl = (...args: string[]): string =>
  execFileSync("openssl", args, { cwd: root, encoding: "utf8", stdio: "pipe" });
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** Says what it was asked in `calls`, and behaves as the file `mode` says. */
const LEGO = `#!/bin/sh
echo "$*" >>"${root}/calls"
mode=$(cat "${root}/mode")
if [ "$mode" = down ]; then echo "[INFO] trying"; echo "could not create client"; exit 1; fi
while [ "$1" != --path ]; do shift; done
path=$2
if [ "$mode" = forgot ] && [ -e "$path/accounts/ours" ]; then echo "acme: error: urn:ietf:params:acme:error:accountDoesNotExist"; exit 1; fi
mkdir -p "$path/certificates" "$path/accounts"
touch "$path/accounts/ours"
cd "${root}"
while [ "$1" != --csr ]; do shift; done
name=$(openssl req -in "$2" -noout -subject -nameopt multiline | sed -n 's/^ *commonName *= //p')
if [ "$name" = "$(cat broken 2>/dev/null)" ]; then echo "NXDOMAIN for $name"; exit 1; fi
openssl x509 -req -in "$2" -CA ca.pem -CAkey ca.key -set_serial "0x$(openssl rand -hex 8)" -days "$(cat days)" \\
  -copy_extensions copy -out "$path/certificates/$name.crt" 2>/dev/null
`;
/** The real clock, moved on. */
const DATE = `#!/bin/sh
if [ "$*" = "+%s" ]; then echo $(($(/bin/date +%s) + $(cat "${root}/later"))); else exec /bin/date "$@"; fi
`;

function request(names: readonly string[], key = "alpha", file = "csr.pem"): void {
  const alternative = `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`;
  const subject = ["-subj", "/CN=alpha.mailkeep.test", "-addext", alternative];
  openssl("req", "-new", "-key", `${key}.key`, ...subject, "-out", `conf/${file}`);
  if (file !== "csr.pem") return;
  openssl("req", "-x509", "-new", "-key", `${key}.key`, ...subject, "-days", "365", "-out", "conf/interim.pem");
}

/** A request for what is served over HTTPS. */
function webRequest(number: number, names: readonly string[], key = "beta"): void {
  mkdirSync(at("conf/web"), { recursive: true });
  const alternative = `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`;
  const subject = ["-subj", `/CN=${names[0] ?? ""}`, "-addext", alternative];
  openssl("req", "-new", "-key", `${key}.key`, ...subject, "-out", `conf/web/${number}.csr`);
}

function issue(
  directory = "https://acme.test/dir",
  proof: Readonly<Record<string, string>> = { RFC2136_NAMESERVER: "192.0.2.1:53" },
): { status: number | null; said: string; asked: number } {
  writeFileSync(at("calls"), "");
  const { status, stdout, stderr } = spawnSync("sh", [ISSUE], {
    encoding: "utf8",
    env: {
      PATH: `${at("bin")}:${process.env["PATH"] ?? ""}`,
      CONF: at("conf"),
      LEGO_PATH: at("lego"),
      SERVED: at("site.pem"),
      WEB_SERVED: at("web-certs"),
      PAUSE: "0",
      WISH: at("wish"),
      TMPDIR: root,
      ACME_DIRECTORY: directory,
      ACME_EMAIL: "hostmaster@home.test",
      ...proof,
    },
  });
  return { status, said: stdout + stderr, asked: read("calls").split("\n").length - 1 };
}

describe.skipIf(!hasOpenssl)("issue", { timeout: 60_000 }, () => {
  beforeAll(() => {
    mkdirSync(at("bin"));
    writeFileSync(at("bin/lego"), LEGO, { mode: 0o755 });
    writeFileSync(at("bin/date"), DATE, { mode: 0o755 });
    for (const key of ["ca", "alpha", "beta"]) {
      openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", `${key}.key`);
    }
    openssl("req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=trial", "-out", "ca.pem");
  });
  beforeEach(() => {
    for (const file of ["conf", "lego", "web-certs", "broken", "site.pem", "wish"])
      rmSync(at(file), { recursive: true, force: true });
    for (const folder of ["conf", "lego", "web-certs"]) mkdirSync(at(folder));
    for (const [file, text] of Object.entries({ mode: "up", days: "90", later: "0" })) writeFileSync(at(file), text);
    request(["alpha.mailkeep.test", "mail.mailkeep.test"]);
  });
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  test("serves the interim certificate while the directory is out of reach", () => {
    writeFileSync(at("mode"), "down");
    const { status, said } = issue();
    expect(status).toBe(1);
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

  test("proves the names where the environment says", () => {
    const { asked: updates } = issue();
    expect([updates, read("calls")]).toEqual([
      1,
      expect.stringContaining("--dns rfc2136 --dns.resolvers 192.0.2.1:53 run"),
    ]);
    writeFileSync(at("wish"), "1");
    const { asked: provider } = issue("https://acme.test/dir", { ACME_DNS: "cloudflare" });
    expect([provider, read("calls")]).toEqual([1, expect.stringContaining("--dns cloudflare run")]);
  });

  test("asks nobody where nobody takes a proof", () => {
    const { status, said, asked } = issue("https://acme.test/dir", { ACME_DNS: "none" });
    expect({ status, asked }).toEqual({ status: 0, asked: 0 });
    expect(said).toContain("their zone is kept by hand");
    expect(read("site.pem")).toBe(read("conf/interim.pem"));
  });

  test("keeps the issued certificate while a later renewal fails", () => {
    issue();
    const before = read("site.pem");
    writeFileSync(at("mode"), "down");
    writeFileSync(at("wish"), "1");
    expect(issue()).toMatchObject({ status: 1, asked: 1 });
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
      expect(status).toBe(1);
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
      const { status, said, asked } = issue("https://acme.test/dir", { ACME_DNS: "cloudflare" });
      expect({ status, asked }).toEqual({ status: 1, asked: 3 });
      expect(said).toContain("No certificate was issued for mta-sts.home.test");
      expect(said).toContain("There is none, so its names are not served.");
      expect(said).toContain("1 of the site's certificates could not be had");
      expect(read("web-certs", "2.pem")).toBe(read("lego/certificates/mta-sts.club.test.crt"));
      expect(read("site.pem")).toBe(read("lego/certificates/alpha.mailkeep.test.crt"));
      rmSync(at("broken"));
      expect(issue()).toMatchObject({ status: 0, asked: 1 });
    });

    test("is tried again at once where sites can meet at the name server", () => {
      writeFileSync(at("broken"), "mta-sts.club.test");
      expect(issue()).toMatchObject({ status: 1, asked: 6 });
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

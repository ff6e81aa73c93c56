/** The image's command `issue`, run with the real openssl and a stand-in for lego that signs by itself. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";

const ISSUE = join(import.meta.dirname, "../../../../images/certs/rootfs/usr/local/bin/issue");
const root = mkdtempSync(join(tmpdir(), "certs-"));
export const at = (...parts: string[]): string => join(root, ...parts);
export const read = (...parts: string[]): string => readFileSync(at(...parts), "utf8");
export const openssl = (...args: string[]): string =>
  execFileSync("openssl", args, { cwd: root, encoding: "utf8", stdio: "pipe" });
export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

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
for account in "$path"/accounts/*/*; do
  printf '{\\n\\t"email": "x",\\n\\t"registration": {\\n\\t\\t"body": {},\\n\\t\\t"uri": "https://acme.test/account/7"\\n\\t}\\n}\\n' >"$account/account.json"
done
cd "${root}"
while [ "$1" != --csr ]; do shift; done
name=$(openssl req -in "$2" -noout -subject -nameopt multiline | sed -n 's/^ *commonName *= //p')
if [ "$name" = "$(cat broken 2>/dev/null)" ]; then echo "NXDOMAIN for $name"; exit 1; fi
openssl x509 -req -in "$2" -CA ca.pem -CAkey ca.key -set_serial "0x$(openssl rand -hex 8)" -days "$(cat days)" \\
  -copy_extensions copy -out "$path/certificates/$name.crt" 2>/dev/null
`;
/** Knows the names in the file `hosts`, an address and a name a line, and that an address is its own. */
const GETENT = `#!/bin/sh
case "$2" in *:* | [0-9]*) echo "$2 STREAM" ;; *) sed -n "s/ $2\$/ STREAM/p" "${root}/hosts" ;; esac
`;
/** The real clock, moved on. */
const DATE = `#!/bin/sh
if [ "$*" = "+%s" ]; then echo $(($(/bin/date +%s) + $(cat "${root}/later"))); else exec /bin/date "$@"; fi
`;

export function request(names: readonly string[], key = "alpha", file = "csr.pem"): void {
  const alternative = `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`;
  const subject = ["-subj", "/CN=alpha.mailkeep.test", "-addext", alternative];
  openssl("req", "-new", "-key", `${key}.key`, ...subject, "-out", `conf/${file}`);
  if (file !== "csr.pem") return;
  openssl("req", "-x509", "-new", "-key", `${key}.key`, ...subject, "-days", "365", "-out", "conf/interim.pem");
}

/** A request for what is served over HTTPS. */
export function webRequest(number: number, names: readonly string[], key = "beta"): void {
  mkdirSync(at("conf/web"), { recursive: true });
  const alternative = `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`;
  const subject = ["-subj", `/CN=${names[0] ?? ""}`, "-addext", alternative];
  openssl("req", "-new", "-key", `${key}.key`, ...subject, "-out", `conf/web/${number}.csr`);
}

export function issue(
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

/** The key of an account, as the release brings it. */
export function newAccount(): void {
  writeFileSync(at("conf/account.key"), openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout"));
}

/** A fresh store and fresh requests for each test. */
export function withImage(): void {
  beforeAll(() => {
    mkdirSync(at("bin"));
    writeFileSync(at("bin/lego"), LEGO, { mode: 0o755 });
    writeFileSync(at("bin/date"), DATE, { mode: 0o755 });
    writeFileSync(at("bin/getent"), GETENT, { mode: 0o755 });
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
    newAccount();
  });
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });
}

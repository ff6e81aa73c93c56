import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fields } from "../../policy/read/values.ts";
import { Project, pulumiPath } from "./project.ts";

const MINUTES = 60_000;
const POLICY_PACK = fileURLToPath(new URL("../../policy/network", import.meta.url));

const PROGRAM = `
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { names } from "./names.ts";

const caKey = new tls.PrivateKey("ca", { algorithm: "ECDSA", ecdsaCurve: "P256" });
const ca = new tls.SelfSignedCert("ca", {
  privateKeyPem: caKey.privateKeyPem,
  isCaCertificate: true,
  validityPeriodHours: 87600,
  allowedUses: ["cert_signing", "crl_signing"],
  subject: { commonName: "private CA" },
});
const key = new tls.PrivateKey("site", { algorithm: "RSA", rsaBits: 2048 });
const request = new tls.CertRequest("site", { privateKeyPem: key.privateKeyPem, dnsNames: names });
const certificate = new tls.LocallySignedCert("site", {
  caCertPem: ca.certPem,
  caPrivateKeyPem: caKey.privateKeyPem,
  certRequestPem: request.certRequestPem,
  validityPeriodHours: 720,
  allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
});
const password = new random.RandomPassword("valkey", { length: 40, special: false });
const octets = new random.RandomBytes("tsig", { length: 32 });
const identifier = new random.RandomId("site", { byteLength: 4 });

export const caPem: unknown = ca.certPem;
export const certPem: unknown = certificate.certPem;
export const keyPem: unknown = key.privateKeyPemPkcs8;
export const passwordText: unknown = password.result;
export const octetsText: unknown = octets.hex;
export const id: unknown = identifier.hex;
`;

/** The stack's outputs from the command line's JSON. */
function texts(json: string): Record<string, string> {
  const values: unknown = JSON.parse(json);
  return Object.fromEntries(Object.entries(fields(values)).map(([name, value]) => [name, String(value)]));
}

const pulumi = pulumiPath();

describe.skipIf(pulumi === undefined)("the stand-ins in the real engine", { timeout: 3 * MINUTES }, () => {
  let project: Project;
  let outputs: Record<string, string>;

  beforeAll(async () => {
    project = await Project.create(String(pulumi));
    await project.write("program/names.ts", 'export const names: string[] = ["alpha.mailkeep.test"];\n');
    await project.write("program/index.ts", PROGRAM);
  }, MINUTES);
  afterAll(() => project.remove(), MINUTES);

  it("make everything at the first update, without a warning and without a download", async () => {
    const output = await project.expect("up", "--yes", "--skip-preview");
    expect(output).toMatch(/\+ 9 created/);
    expect(output).not.toMatch(/warning|ExperimentalWarning|download/i);
    outputs = texts(await project.expect("stack", "output", "--json", "--show-secrets"));
  });

  it("make certificates that OpenSSL accepts", async () => {
    await project.write("ca.pem", String(outputs["caPem"]));
    await project.write("site.pem", String(outputs["certPem"]));
    const args = ["verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "alpha.mailkeep.test"];
    const files = [join(project.folder, "ca.pem"), join(project.folder, "site.pem")] as const;
    expect(execFileSync("openssl", [...args, "-CAfile", ...files], { encoding: "utf8" })).toContain("OK");
  });

  it("leave no secret readable in the state", async () => {
    const state = await project.state();
    const password = String(outputs["passwordText"]);
    expect(password).toHaveLength(40);
    expect(state).toContain("BEGIN CERTIFICATE");
    expect(state).not.toContain("PRIVATE KEY");
    expect(state).not.toContain(password);
    // In hex, for the official plugin takes them in base64 for the id.
    expect(state).not.toContain(String(outputs["octetsText"]));
    expect(state).not.toMatch(/\$2[ab]\$10\$/);
  });

  it("change nothing the second time, after a refresh too, with the policy pack on", async () => {
    const preview = ["preview", "--expect-no-changes", "--policy-pack", POLICY_PACK];
    expect(await project.expect(...preview)).toMatch(/mailkeep-network@v[^]*9 unchanged/);
    await project.expect("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    await project.expect("preview", "--expect-no-changes");
  });

  it("make anew what has other inputs, and only that", async () => {
    await project.write("program/names.ts", 'export const names: string[] = ["bravo.mailkeep.test"];\n');
    const output = await project.expect("up", "--yes", "--skip-preview");
    expect(output).toMatch(/\+-\s*2 replaced/);
    expect(output).toMatch(/7 unchanged/);
  });

  it("say in a sentence what is wrong with an input", async () => {
    await project.write(
      "program/wrong.ts",
      'import * as tls from "@pulumi/tls";\nnew tls.PrivateKey("x", { algorithm: "DSA" });\n',
    );
    await project.write("package.json", '{"name":"trial","type":"module","main":"program/wrong.ts"}');
    const { code, output } = await project.run("preview");
    expect(code).not.toBe(0);
    // The official plugin, with PLUGINS=official, has words of its own.
    expect(output).toMatch(/algorithm .*must be one of.*RSA.*ECDSA.*ED25519.*"DSA"\./);
  });

  it("go away when the stack is destroyed", async () => {
    expect(await project.expect("destroy", "--yes", "--skip-preview")).toMatch(/- 9 deleted/);
    await project.expect("stack", "rm", "--yes");
  });
});

describe.skipIf(pulumi === undefined)("the language host in the real engine", { timeout: 3 * MINUTES }, () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create(String(pulumi));
  }, MINUTES);
  afterAll(() => project.remove(), MINUTES);

  it("hands on configuration, and keeps what is secret in it secret", async () => {
    await project.expect("config", "set", "plain", "visible");
    await project.expect("config", "set", "--secret", "hidden", "s3cret");
    await project.write(
      "program/index.ts",
      `import * as pulumi from "@pulumi/pulumi";
const config = new pulumi.Config();
export const plain: string = config.require("plain");
export const hidden: unknown = config.requireSecret("hidden");
export const where: string[] = [pulumi.getProject(), pulumi.getStack(), pulumi.getRootDirectory()];
`,
    );
    await project.expect("up", "--yes", "--skip-preview");
    expect(JSON.parse(await project.expect("stack", "output", "--json"))).toEqual({
      plain: "visible",
      hidden: "[secret]",
      where: ["trial", "test", project.folder],
    });
    expect(await project.state()).not.toContain("s3cret");
  });

  it("tells of an error once, where it is, and soon", { timeout: MINUTES }, async () => {
    await project.write("program/index.ts", 'import { thrower } from "./thrower.ts";\nthrower();\n');
    await project.write(
      "program/thrower.ts",
      'export function thrower(): void {\n  throw new Error("on purpose");\n}\n',
    );
    const { code, output } = await project.run("preview");
    expect(code).not.toBe(0);
    expect(output).toContain("Error: on purpose");
    expect(output).toContain("thrower.ts:2:9");
    expect(output).not.toContain("exit code");
  });

  it("says what it runs with", async () => {
    await project.write("program/index.ts", "export {};\n");
    const about = await project.expect("about");
    expect(about).toContain(`executable='${process.execPath}' version='${process.version}'`);
  });

  it("ends the program when the user presses Ctrl-C", async () => {
    await project.write(
      "program/index.ts",
      'console.log("waiting");\nawait new Promise((r) => setTimeout(r, 600_000));\n',
    );
    const { child, output, ended } = project.start("preview");
    await expect.poll(output, { timeout: MINUTES }).toContain("waiting");
    child.kill("SIGINT");
    expect((await ended).code).not.toBe(0);
    await expect.poll(() => project.leftovers(), { timeout: MINUTES / 4 }).toEqual([]);
  });

  it("ends the program when the engine is killed", async () => {
    const { child, output, ended } = project.start("preview");
    await expect.poll(output, { timeout: MINUTES }).toContain("waiting");
    child.kill("SIGKILL");
    await ended;
    await expect.poll(() => project.leftovers(), { timeout: MINUTES / 4 }).toEqual([]);
  });
});

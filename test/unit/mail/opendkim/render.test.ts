import { describe, expect, test } from "vitest";
import { renderOpendkim } from "../../../../components/mail/opendkim/render.ts";
import { opendkimWorkloads } from "../../../../components/mail/opendkim/workload.ts";
import { isSecret } from "../../../../components/plan/text.ts";
import { goldenText } from "../golden-text.ts";
import { alpha, alphaSigningTwice } from "../site-context.ts";

const [rsa, ...others] = opendkimWorkloads(alpha);
const [again, ed25519] = opendkimWorkloads(alphaSigningTwice);
const files = rsa?.files ?? {};
const secrets = (texts: typeof files): string[] =>
  Object.entries(texts).flatMap(([file, text]) => (isSecret(text) ? [file] : []));

test.each(Object.entries(files))("%s is as in its golden file", async (file, text) => {
  await expect(goldenText(text)).toMatchFileSnapshot(`golden/${file}`);
});

test("keys are secrets, nothing else is", () => {
  expect(secrets(files)).toEqual(["keys/home.test.s1.pem", "keys/club.test.s1.pem"]);
});

describe("a signer with Ed25519", () => {
  test("is not there where nothing is signed so", () => {
    expect(rsa?.name).toBe("opendkim");
    expect(others).toEqual([]);
    expect(opendkimWorkloads({ ...alpha, signing: [] }).map(({ name }) => name)).toEqual(["opendkim"]);
  });

  test("changes nothing of the other one", () => {
    expect(again).toEqual(rsa);
  });

  test.each(["opendkim.conf", "keytable", "signingtable"])("%s is as in its golden file", async (file) => {
    await expect(goldenText(ed25519?.files[file] ?? "")).toMatchFileSnapshot(`golden/ed25519/${file}`);
  });

  test("has its own keys alone, and a place of its own", () => {
    expect(secrets(ed25519?.files ?? {})).toEqual(["keys/home.test.e1.pem", "keys/club.test.e1.pem"]);
    expect(ed25519).toMatchObject({
      name: "opendkim-ed25519",
      image: "opendkim",
      network: { attach: [{ address: "10.77.1.27" }] },
      volumes: [{ volume: "milter-opendkim-ed25519", path: "/run/milter/opendkim-ed25519" }],
    });
  });

  test("listens on a port of its own over TCP", () => {
    const { "opendkim.conf": text = "" } = renderOpendkim({ transport: "tcp", algorithm: "ed25519", signing: [] });
    expect(goldenText(text)).toMatch(/^Socket +inet:8892$/m);
  });
});

test("over TCP it listens on the port of the plan", async () => {
  const text = renderOpendkim({ transport: "tcp", algorithm: "rsa", signing: alpha.signing })["opendkim.conf"] ?? "";
  await expect(goldenText(text)).toMatchFileSnapshot("golden/tcp/opendkim.conf");
});

describe("the table of signers", () => {
  const table = (...domains: string[]): string[] => {
    const signing = domains.map((domain) => ({ domain, selector: "s1", key: domain }));
    return goldenText(renderOpendkim({ transport: "unix", algorithm: "rsa", signing })["signingtable"] ?? "").split(
      "\n",
    );
  };

  test("a hosted subdomain is signed by its own key, not by its parent's", () => {
    expect(table("home.test", "sub.home.test")).toEqual([
      "*@sub.home.test s1._domainkey.sub.home.test",
      "*@home.test s1._domainkey.home.test",
      "*@*.sub.home.test s1._domainkey.sub.home.test",
      "*@*.home.test s1._domainkey.home.test",
      "",
    ]);
  });

  test("without keys it is empty", () => {
    expect(table()).toEqual([""]);
  });
});

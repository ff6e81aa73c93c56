import { describe, expect, test } from "vitest";
import { modules } from "../../../../components/mail/rspamd/modules.ts";
import { list } from "../../../../components/mail/rspamd/ucl.ts";
import { rspamdWorkload } from "../../../../components/mail/rspamd/workload.ts";
import { isSecret } from "../../../../components/plan/text.ts";
import { goldenText } from "../golden-text.ts";
import { alpha, alphaSigningTwice } from "../site-context.ts";

const { files } = rspamdWorkload(alpha);

test.each(Object.entries(files))("%s is as in its golden file", async (file, text) => {
  await expect(goldenText(text)).toMatchFileSnapshot(`golden/${file}`);
});

test("the key and the password are in secret files of their own", () => {
  const secrets = Object.entries(files).filter(([, text]) => isSecret(text));
  expect(secrets.map(([file]) => file)).toEqual(["arc.pem", "valkey-password.conf"]);
});

test("the filter is ready only with its memory, which must be able to write, and with the resolver", () => {
  const [memory, resolver] = rspamdWorkload(alpha).keeper.ready ?? [];
  expect(memory).toMatchObject({
    address: "10.77.1.23:6379",
    steps: [{}, {}, { send: "PING" }, { expect: "^\\+PONG" }],
  });
  expect(resolver).toMatchObject({ kind: "dns", address: "10.77.1.53:53", question: "localhost" });
});

test.each([
  [1, 756],
  [50, 756],
  [500, 4096],
])("a message of %i MiB that is one long text fits into %i MiB of memory", (size, memory) => {
  const site = { ...alpha, mail: { ...alpha.mail, messageSizeBytes: size * 1024 * 1024 } };
  expect(rspamdWorkload(site).limits.memoryMiB).toBe(memory);
});

test("nothing is fetched from the network", () => {
  expect(JSON.stringify(files)).not.toMatch(/https:\/\//);
});

describe("what the guard lets leave", () => {
  const signedDomains = (site: typeof alpha): string =>
    /signed_domains = (.*);/.exec(goldenText(rspamdWorkload(site).files["guard.conf"] ?? ""))?.[1] ?? "";

  test("a hosted domain without a key must be signed all the same, so its mail waits", () => {
    expect(signedDomains({ ...alpha, domains: ["new.test"], signing: [] })).toBe('["new.test"]');
  });

  test("the domain of the site's name, which bounces come from, must be signed as well", () => {
    const own = { domain: "mailkeep.test", selector: "s1", key: "dkim/mailkeep.test/s1", algorithm: "rsa" } as const;
    expect(signedDomains({ ...alpha, signing: [own] })).toBe('["club.test", "home.test", "mailkeep.test"]');
  });
});

test.each([
  [alpha, '["rsa-sha256"]'],
  [alphaSigningTwice, '["rsa-sha256", "ed25519-sha256"]'],
])("the guard wants a signature of each kind that signs (%#)", (site, kinds) => {
  expect(goldenText(rspamdWorkload(site).files["guard.conf"] ?? "")).toContain(`signatures = ${kinds};`);
});

describe("greylisting", () => {
  const text = (greylistDelaySeconds?: number): string =>
    modules({
      messagesPerUserPerMinute: 60,
      recipientsPerUserPerDay: 2000,
      seal: { domain: "mailkeep.test", selector: "s1", keyFile: "/run/conf/arc.pem" },
      ...(greylistDelaySeconds === undefined ? {} : { greylistDelaySeconds }),
    });

  test("takes its delay from the settings", () => {
    expect(text(5)).toContain("timeout = 5s;");
    expect(text()).toContain("timeout = 300s;");
  });

  test("is off at 0", () => {
    expect(text(0)).not.toContain("greylist {");
  });
});

test("a quote in a value cannot end it", () => {
  expect(list(['a"; evil = "b', "c\\"])).toBe(String.raw`["a\"; evil = \"b", "c\\"]`);
});

/** What the image holds must fit what is rendered. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rspamdWorkload } from "../../../../components/mail/rspamd/workload.ts";
import { goldenText } from "../golden-text.ts";
import { alpha } from "../site-context.ts";

const inImage = (path: string): string =>
  readFileSync(new URL(`../../../../images/rspamd/rootfs/${path}`, import.meta.url), "utf8");
const rendered = (file: string): string => goldenText(rspamdWorkload(alpha).files[file] ?? "");
const names = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""))].sort();

test("the guard reads exactly the settings that are rendered for it", () => {
  const read = names(inImage("etc/rspamd/lua.local.d/guard.lua"), /settings\.(\w+)/g);
  expect(read).toEqual(names(rendered("guard.conf"), /^ {2}(\w+) =/gm));
});

test("the image compiles the expressions that the rendered configuration uses", () => {
  const deciding = /^\s*(?:filters|url_tld|lua|(?:helo|hostname|url|from|rcpt|mid)_enabled) = .*$/gm;
  const lines = (text: string): string[] => (text.match(deciding) ?? []).map((line) => line.trim()).sort();
  expect(lines(inImage("usr/share/mailkeep/warm.conf"))).toEqual(
    lines(rendered("rspamd.conf") + rendered("modules.conf")),
  );
});

test("the guard's checks run before all others", () => {
  const checks = names(inImage("etc/rspamd/lua.local.d/guard.lua"), /^before_all\("(\w+)"/gm);
  expect(checks).toEqual([
    "MAILKEEP_AUTHOR",
    "MAILKEEP_HEADER",
    "MAILKEEP_RESOLVER",
    "MAILKEEP_SENDER",
    "MAILKEEP_SIGNED",
    "MAILKEEP_VALKEY",
  ]);
});

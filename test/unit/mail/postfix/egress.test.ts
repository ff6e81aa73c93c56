import { describe, expect, test } from "vitest";
import { renderMx } from "../../../../components/mail/postfix/render-mx.ts";
import { renderSubmission } from "../../../../components/mail/postfix/render-submission.ts";
import type { SiteContext } from "../../../../components/plan/context.ts";
import type { WayOut } from "../../../../components/plan/egress.ts";
import { isSecret, type Text } from "../../../../components/plan/text.ts";
import { goldenText } from "../golden-text.ts";
import { alpha, alphaForBravo, bravoByOthers, siteWith, SMART } from "../site-context.ts";

type Files = Readonly<Record<string, Text>>;

const DIRECT: WayOut = { kind: "direct" };
const RELAY: WayOut = { kind: "relay", relay: SMART };
const VIA: WayOut = { kind: "via", site: "bravo" };
const SMART_AT = "[smtp.provider.example]:587";

describe.each([
  ["bravo-by-others", bravoByOthers],
  ["alpha-for-bravo", alphaForBravo],
])("%s", (name, site) => {
  test.each<[string, Files]>([
    ["mx", renderMx(site)],
    ["submission", renderSubmission(site)],
  ])("%s is as in its golden files", async (role, files) => {
    for (const file of ["main.cf", "master.cf", "relay-passwords"] as const)
      await expect(goldenText(files[file] ?? "")).toMatchFileSnapshot(`golden/egress/${name}-${role}/${file}`);
  });
});

describe("the ways out of a site", () => {
  const out = (waysOut: readonly WayOut[], more: Partial<SiteContext> = {}) => renderMx(siteWith({ waysOut, ...more }));
  const main = (waysOut: readonly WayOut[]): string => goldenText(out(waysOut)["main.cf"]);

  test.each<[string, readonly WayOut[], string, string]>([
    ["directly alone", [DIRECT], "", ""],
    ["directly, else by others", [DIRECT, RELAY, VIA], "", ` ${SMART_AT}, [127.0.0.1]:10602`],
    ["by a relay alone", [RELAY], ` ${SMART_AT}`, ""],
    ["by a relay and another site", [RELAY, VIA], ` ${SMART_AT}, [127.0.0.1]:10601`, ""],
    ["by another site, else directly", [VIA, DIRECT], " [127.0.0.1]:10600, [127.0.0.1]:11027", ""],
    ["directly in the middle", [VIA, DIRECT, RELAY], " [127.0.0.1]:10600, [127.0.0.1]:11027", ` ${SMART_AT}`],
  ])("are tried in order: %s", (_, ways, relayhost, fallback) => {
    expect(main(ways)).toContain(`relayhost =${relayhost}\nsmtp_fallback_relay =${fallback}\n`);
  });

  test("have a listener for what leaves directly after others, for this server's own client alone", () => {
    const files = out([VIA, DIRECT]);
    expect(goldenText(files["main.cf"])).toContain(
      "direct_client_restrictions = check_client_access inline:{ {198.51.100.11 = permit} }, reject\n",
    );
    expect(service(files["master.cf"], "127.0.0.1:11027")).toContain("-o { content_filter = smtp: }");
    expect(out([DIRECT, VIA])["master.cf"]).not.toContain("11027");
  });

  test("are those of forwards as well, and nothing passes by the rewriting when it does not take a message", () => {
    const { "master.cf": text } = out([RELAY, VIA, DIRECT]);
    expect(service(text, "127.0.0.1:11026")).toContain(
      `-o { content_filter = smtp:${SMART_AT}, [127.0.0.1]:10601, [127.0.0.1]:11027 }`,
    );
    expect(service(text, "forward")).toContain("-o { smtp_fallback_relay = }");
  });

  test("have no TLS on the loopback, whatever is demanded of others, and towards a relay what it is to have", () => {
    const relay = (tls: "verified" | "required" | "none"): WayOut => ({
      kind: "relay",
      relay: { ...SMART, user: undefined, name: tls, host: `${tls}.example`, tls },
    });
    const outboundTls = { default: "required", destinations: [{ domain: "bank.example", tls: "required" }] } as const;
    const ways = [relay("verified"), relay("required"), relay("none"), VIA, DIRECT];
    expect(goldenText(out(ways, { outboundTls })["main.cf"])).toContain(
      "smtp_tls_policy_maps = inline:{ {bank.example = encrypt}, {[127.0.0.1]:10603 = none}, {[127.0.0.1]:11027 = none}, " +
        "{[verified.example]:587 = secure}, {[required.example]:587 = encrypt}, {[none.example]:587 = none} }\n",
    );
  });

  test("have a table of logins only where a relay wants one, and it is a secret", () => {
    for (const files of [renderMx(bravoByOthers), renderSubmission(bravoByOthers)] satisfies Files[]) {
      const table: Text | undefined = Object.entries(files).find(([file]) => file === "relay-passwords")?.[1];
      expect(table).toEqual([`${SMART_AT} mailkeep:`, { ref: "relayPassword", relay: "smart" }, "\n"]);
      expect(isSecret(table ?? "")).toBe(true);
      expect(goldenText(files["main.cf"])).toContain("smtp_sasl_password_maps = texthash:/run/conf/relay-passwords\n");
    }
    expect(Object.keys(renderMx(alpha))).toEqual(["main.cf", "master.cf"]);
    expect(goldenText(renderMx(alpha)["main.cf"])).not.toContain("smtp_sasl");
  });
});

describe("mail of other sites", () => {
  const { "main.cf": main, "master.cf": master } = renderMx(alphaForBravo);

  test("is taken of those that name this one as their way, by their addresses", () => {
    expect(goldenText(main)).toContain(
      "carry_client_restrictions = check_client_access inline:{ {198.51.100.12 = permit} }, reject\n",
    );
    const listener = service(master, "127.0.0.1:10026");
    expect(listener).toContain("-o { smtpd_upstream_proxy_protocol = haproxy }");
    expect(listener).toContain("-o { smtpd_relay_restrictions = $carry_client_restrictions }");
    expect(renderMx({ ...alphaForBravo, carriesFor: [] })["master.cf"]).not.toContain("10026");
  });

  test("leaves by this one's own ways, and by no third site's", () => {
    expect(goldenText(main)).toContain("smtp_fallback_relay = [127.0.0.1]:10602\n");
    expect(service(master, "127.0.0.1:10026")).toContain(
      `-o { content_filter = carry:${SMART_AT}, [127.0.0.1]:11028 }`,
    );
    expect(service(master, "127.0.0.1:11028")).toContain("-o { content_filter = carry: }");
    expect(service(master, "carry")).toContain("-o { smtp_fallback_relay = }");
  });

  test("is passed on as it is: signed", () => {
    for (const option of ["header_checks =", "recipient_canonical_maps =", "virtual_alias_maps ="])
      expect(service(renderSubmission(alphaForBravo)["master.cf"], "exit-cleanup")).toContain(`-o { ${option} }`);
    expect(service(master, "127.0.0.1:10026")).toContain("-o { smtpd_milters = }");
  });

  test("is taken by the workload of the same kind", () => {
    const mxAlone = {
      ...alphaForBravo,
      carriesFor: [{ hostname: "bravo.mailkeep.test", address: "198.51.100.12", roles: ["mx" as const] }],
    };
    expect(renderMx(mxAlone)["master.cf"]).toContain("127.0.0.1:10026");
    expect(renderSubmission(mxAlone)["master.cf"]).not.toContain("127.0.0.1:10588");
  });
});

function service(text: string, name: string): string {
  return new RegExp(`^${name.replaceAll(".", "\\.")} .*\n(?: .*\n)*`, "m").exec(text)?.[0] ?? "";
}

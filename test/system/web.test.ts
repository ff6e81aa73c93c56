/** HTTPS: MTA-STS policies, and what mail programs set themselves up with, as their makers' clients ask for it. */
import { Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import type { RequestOptions } from "node:https";
import { connect } from "node:tls";
import { beforeAll, describe, expect, it } from "vitest";
import { mtaStsId, parseMtaSts, parseMtaStsPolicy } from "../../components/dns/mta-sts.ts";
import { fixture, until, type Fixture } from "../support/system.ts";
import { askHttp, askHttps, type Answer } from "../support/web-client.ts";

let on: Fixture;
let ca: string;
let dns: Resolver;

/** Asks a site over TLS that is verified, under a name. */
function ask(name: string, path: string, options: RequestOptions = {}, body = ""): Promise<Answer> {
  return askHttps(on.site.address, name, path, { ca, ...options }, body);
}

beforeAll(async () => {
  on = await fixture();
  ca = await readFile(on.report.ca ?? "", "utf8");
  dns = new Resolver();
  dns.setServers([on.report.dns]);
  await until(
    "the web names have their certificate",
    async () => (await ask("mta-sts.home.test", "/.well-known/mta-sts.txt")).status === 200,
    400_000,
  );
}, 420_000);

describe("MTA-STS", () => {
  it.each(["home.test", "club.test"])(
    "%s: the policy is the one that DNS tells of, and names its MX hosts",
    async (domain) => {
      const { status, type, text } = await ask(`mta-sts.${domain}`, "/.well-known/mta-sts.txt");
      expect({ status, type }).toEqual({ status: 200, type: "text/plain" });
      const [record = []] = await dns.resolveTxt(`_mta-sts.${domain}`);
      expect(parseMtaSts(record.join(""))).toBe(mtaStsId(text));
      const policy = parseMtaStsPolicy(text);
      expect(policy.mode).toBe("enforce");
      const exchanges = (await dns.resolveMx(domain)).map(({ exchange }) => exchange);
      expect([...policy.exchanges].sort()).toEqual(exchanges.sort());
    },
  );

  it("leads its name to the sites, over both families", async () => {
    const [target = ""] = await dns.resolveCname("mta-sts.home.test");
    expect(await dns.resolve4(target)).toContain(on.site.address);
    expect(await dns.resolve6(target)).toContain(on.site.address6);
    const answer = await ask("mta-sts.home.test", "/.well-known/mta-sts.txt", { host: on.site.address6 ?? "" });
    expect(answer.status).toBe(200);
  });
});

describe("mail programs", () => {
  it("Thunderbird finds both servers at its first address, and by plain HTTP is sent there", async () => {
    const path = "/mail/config-v1.1.xml?emailaddress=ann%40home.test";
    const { status, type, text } = await ask("autoconfig.home.test", path);
    expect({ status, type }).toEqual({ status: 200, type: "application/xml; charset=utf-8" });
    expect(text).toContain('<emailProvider id="home.test">');
    expect(text.match(/<(hostname|port|socketType|username)>[^<]*/g)).toEqual([
      ...["<hostname>mail.mailkeep.test", "<port>993", "<socketType>SSL", "<username>%EMAILADDRESS%"],
      ...["<hostname>mail.mailkeep.test", "<port>465", "<socketType>SSL", "<username>%EMAILADDRESS%"],
      ...["<hostname>mail.mailkeep.test", "<port>587", "<socketType>STARTTLS", "<username>%EMAILADDRESS%"],
    ]);
    // Some name the port that they ask at; it is not the one that they are sent to.
    for (const host of ["autoconfig.home.test", "autoconfig.home.test:80"]) {
      const location = `https://autoconfig.home.test${path}`;
      expect(await askHttp(on.site.address, host, path)).toMatchObject({ status: 301, location });
    }
  });

  const question = (address: string): string =>
    '<?xml version="1.0" encoding="utf-8"?>\n' +
    '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>' +
    `<EMailAddress>${address}</EMailAddress>` +
    "<AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a" +
    "</AcceptableResponseSchema></Request></Autodiscover>";
  const outlook = (address: string): Promise<Answer> => {
    const body = question(address);
    const headers = { host: "autodiscover.home.test", "content-type": "text/xml", "content-length": body.length };
    return ask("autodiscover.home.test", "/Autodiscover/Autodiscover.xml", { method: "POST", headers }, body);
  };

  it("Outlook is told the whole address as login name", async () => {
    const { status, text } = await outlook("ann@home.test");
    expect(status).toBe(200);
    expect(text.match(/<(Type|Server|Port|LoginName)>[^<]*/g)).toEqual([
      ...["<Type>IMAP", "<Server>mail.mailkeep.test", "<Port>993", "<LoginName>ann@home.test"],
      ...["<Type>SMTP", "<Server>mail.mailkeep.test", "<Port>465", "<LoginName>ann@home.test"],
    ]);
  });

  it("Outlook is told of an address with an apostrophe as it asked for it", async () => {
    const { status, text } = await outlook("ann.o'brien@home.test");
    expect(status).toBe(200);
    expect(text).toMatch(/<LoginName>ann\.o('|&apos;|&#39;)brien@home\.test<\/LoginName>/);
  });

  it.each([
    ["of another domain", "ann@elsewhere.test"],
    ["that is none", "<b>ann</b>"],
    ["with quotes", "a&quot;b@home.test"],
  ])("Outlook gets nothing for an address %s", async (_, address) => {
    expect(await outlook(address)).toMatchObject({ status: 400, text: "" });
  });

  it("Apple's devices get a profile", async () => {
    const { status, type, text } = await ask("autoconfig.home.test", "/apple.mobileconfig");
    expect({ status, type }).toEqual({ status: 200, type: "application/x-apple-aspen-config" });
    expect(text).toContain("<string>mailkeep.home.test</string>");
    const uuids = text.match(/[\dA-F]{8}-[\dA-F]{4}-8[\dA-F]{3}-A[\dA-F]{3}-[\dA-F]{12}/g) ?? [];
    expect(new Set(uuids).size).toBe(2);
  });
});

describe("everybody else", () => {
  it.each(["/", "/.well-known/mta-sts.txt", "/apple.mobileconfig/.."])(
    "finds nothing at %s of another name",
    async (path) => {
      expect(await ask("autodiscover.home.test", path)).toMatchObject({ status: 404, text: "" });
    },
  );

  it("hears that the name is not the connection's", async () => {
    const headers = { host: "mta-sts.elsewhere.test" };
    const answer = await ask("mta-sts.home.test", "/.well-known/mta-sts.txt", { headers });
    expect(answer).toMatchObject({ status: 421, text: "" });
  });

  it("gets no certificate for a name that is not served", async () => {
    const said = await new Promise<string>((resolve) => {
      const socket = connect({
        host: on.site.address,
        port: 443,
        servername: "www.home.test",
        rejectUnauthorized: false,
      });
      socket.once("secureConnect", () => {
        socket.destroy();
        resolve("a certificate");
      });
      socket.once("error", (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? error.message);
      });
    });
    expect(said).toBe("ERR_SSL_TLSV1_UNRECOGNIZED_NAME");
  });

  it("is not redirected from a name that is not ours", async () => {
    expect(await askHttp(on.site.address, "elsewhere.test", "/")).toMatchObject({ status: 404, location: "" });
  });
});

/** The zones as they are served: each type of record, validated, and TLSA true to the keys that servers show. */
import { createHash, type X509Certificate } from "node:crypto";
import { connect, type TLSSocket } from "node:tls";
import { beforeAll, describe, expect, it } from "vitest";
import { parseCaa } from "../../components/dns/caa.ts";
import { parseDkim } from "../../components/dns/dkim.ts";
import { parseSpf } from "../../components/dns/spf.ts";
import { parseSrv } from "../../components/dns/srv.ts";
import { parseTlsa, tlsaName } from "../../components/dns/tlsa.ts";
import { parseTxt } from "../../components/dns/txt.ts";
import { containerOf, docker, fixture, type Fixture } from "../support/system.ts";

let on: Fixture;

beforeAll(async () => {
  on = await fixture();
});

interface Reply {
  readonly status: string;
  /** Whether the resolver has validated it, RFC 4035 section 3.2.3. */
  readonly validated: boolean;
  /** Data of each record, in order of text. */
  readonly data: readonly string[];
}

/** Asks the site's resolver, which serves nobody outside of its network. */
async function ask(name: string, type: string): Promise<Reply> {
  const unbound = await containerOf(on.stack, on.site.name, "unbound");
  const outside = await containerOf(on.stack, "world", "outside");
  const image = (await docker("inspect", "--format", "{{.Config.Image}}", outside)).trim();
  const network = ["--network", `container:${unbound}`];
  const question = ["@127.0.0.1", name, type, "+noall", "+comments", "+answer", "+dnssec", "+time=5", "+tries=3"];
  const said = await docker("run", "--rm", ...network, "--entrypoint", "dig", image, ...question);
  const answers = [...said.matchAll(new RegExp(String.raw`^${name}\.\s+\d+\s+IN\s+${type}\s+(.+)$`, "gm"))];
  return {
    status: /status: (\w+)/.exec(said)?.[1] ?? said,
    validated: /flags:[^;]* ad[; ]/.test(said),
    data: answers.map(([, data = ""]) => data).toSorted(),
  };
}

const served = (...data: readonly string[]): Reply => ({ status: "NOERROR", validated: true, data });

describe("the resolver gets, validated,", () => {
  const minute = 60_000;

  it("a domain's policies", { timeout: minute }, async () => {
    const spf = await ask("home.test", "TXT");
    expect(spf).toMatchObject({ status: "NOERROR", validated: true });
    const { senders, rest } = parseSpf(parseTxt(spf.data[0] ?? ""));
    expect(senders).toEqual(expect.arrayContaining([on.access.host, on.access6.host]));
    expect(rest).toBe("-all");
    expect(await ask("_dmarc.home.test", "TXT")).toEqual(
      served('"v=DMARC1; p=reject; rua=mailto:postmaster@home.test"'),
    );
    expect(await ask("_smtp._tls.home.test", "TXT")).toEqual(served('"v=TLSRPTv1; rua=mailto:postmaster@home.test"'));
  });

  it("the keys that sign and the next ones, no two alike", { timeout: minute }, async () => {
    const selectors = ["s1", "s2", "e1", "e2"];
    const replies = await Promise.all(selectors.map((one) => ask(`${one}._domainkey.home.test`, "TXT")));
    const keys = replies.map(({ data }) => parseDkim(parseTxt(data[0] ?? "")));
    expect(replies.map(({ validated }) => validated)).toEqual([true, true, true, true]);
    expect(keys.map(({ algorithm }) => algorithm)).toEqual(["rsa", "rsa", "ed25519", "ed25519"]);
    expect(new Set(keys.map(({ key }) => key)).size).toBe(4);
    // Some judges ask for the name above, RFC 2308 section 2.2.
    expect(await ask("_domainkey.home.test", "TXT")).toEqual(served());
  });

  it("where mail programs find their servers, and which services are not there", { timeout: minute }, async () => {
    const services = ["imaps", "submissions", "submission", "imap", "pop3", "pop3s", "sieve"];
    const found = await Promise.all(
      services.map(async (service) => {
        const { validated, data } = await ask(`_${service}._tcp.home.test`, "SRV");
        const { target, port } = parseSrv(data[0] ?? "");
        return [service, validated, target === "" ? "nowhere" : `${target}:${port}`];
      }),
    );
    expect(found).toEqual([
      ["imaps", true, "mail.mailkeep.test:993"],
      ["submissions", true, "mail.mailkeep.test:465"],
      ["submission", true, "mail.mailkeep.test:587"],
      ["imap", true, "nowhere"],
      ["pop3", true, "nowhere"],
      ["pop3s", true, "nowhere"],
      ["sieve", true, "nowhere"],
    ]);
  });

  it("who may issue certificates for a site", { timeout: minute }, async () => {
    const { validated, data } = await ask(on.site.hostname, "CAA");
    expect(validated).toBe(true);
    expect(data.map(parseCaa)).toEqual([
      { flags: 0, tag: "issue", value: "acme.mailkeep.test; validationmethods=dns-01" },
      { flags: 0, tag: "issuemail", value: ";" },
      { flags: 0, tag: "issuewild", value: ";" },
    ]);
  });

  it("that a parked domain has no mail", { timeout: minute }, async () => {
    expect(await ask("parked.test", "MX")).toEqual(served("0 ."));
    expect(await ask("parked.test", "TXT")).toEqual(served('"v=spf1 -all"'));
    expect(await ask("_dmarc.parked.test", "TXT")).toEqual(served('"v=DMARC1; p=reject"'));
  });
});

describe("TLSA records are true", () => {
  /** Digests of the keys that may answer there. */
  async function keysAt(port: number, host: string): Promise<readonly string[]> {
    const { validated, data } = await ask(tlsaName(port, host), "TLSA");
    expect(validated).toBe(true);
    return data.map(parseTlsa).map(({ usage, selector, matchingType, data: digest }) => {
      expect([usage, selector, matchingType]).toEqual([3, 1, 1]);
      return digest;
    });
  }

  it.each(["own name", "outside"])(
    "at port 25, as a sending Postfix sees it: %s",
    { timeout: 120_000 },
    async (whose) => {
      const host = whose === "outside" ? "mail.outside.test" : on.site.hostname;
      const digests = await keysAt(25, host);
      const mx = await containerOf(on.stack, on.site.name, "mx");
      const finger = ["posttls-finger", "-c", "-t", "30", "-l", "dane-only", "-d", "sha256", `'[${host}]'`];
      // Its exit code is 0 whatever it finds.
      const said = await docker("exec", mx, "sh", "-c", `${finger.join(" ")} 2>&1`);
      expect(said).toContain("Verified TLS connection established");
      const shown = /(?:pkey|raw public key) fingerprint=([\dA-F:]+)/.exec(said)?.[1] ?? said;
      expect(shown.replaceAll(":", "").toLowerCase()).toBe(digests.join());
    },
  );

  it("at port 993, by either name", { timeout: 60_000 }, async () => {
    const shown = createHash("sha256")
      .update(spki(await certificateAt(on.site.address, 993)))
      .digest("hex");
    expect(await keysAt(993, on.site.hostname)).toEqual([shown]);
    expect(await keysAt(993, "mail.mailkeep.test")).toContain(shown);
  });
});

/** The certificate of a TLS server, whoever has signed it. */
function certificateAt(host: string, port: number): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host, port, servername: on.site.hostname, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate === undefined) reject(new Error(`${host}:${port} shows no certificate`));
      else resolve(certificate);
    });
    socket.setTimeout(30_000, () => socket.destroy(new Error(`${host}:${port} does not answer`)));
    socket.on("error", reject);
  });
}

function spki(certificate: X509Certificate): Uint8Array {
  return Uint8Array.from(certificate.publicKey.export({ type: "spki", format: "der" }));
}

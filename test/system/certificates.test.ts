/** A certificate renewed while mail programs and servers are connected. */
import { X509Certificate } from "node:crypto";
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { beforeAll, expect, it } from "vitest";
import { answer } from "../support/dialog.ts";
import { containerOf, docker, fixture, until, type Fixture } from "../support/system.ts";

let on: Fixture;

beforeAll(async () => {
  on = await fixture();
});

it("new connections see the new certificate, open ones go on", { timeout: 180_000 }, async () => {
  const imap = await Session.imap(on);
  const smtp = await Session.smtp(on, 25);
  const submission = await Session.smtp(on, 587);
  const before = imap.certificate();
  expect(smtp.certificate().serialNumber).toBe(before.serialNumber);
  expect(before.checkHost(on.site.hostname)).toBe(on.site.hostname);
  expect(before.checkHost("mail.mailkeep.test")).toBe("mail.mailkeep.test");

  await docker("exec", await containerOf(on.stack, on.site.name, "certs"), "renew");
  await until("IMAP shows the new certificate", async () => (await imapSerial()) !== before.serialNumber, 60_000);
  await until("port 25 shows the new certificate", async () => (await smtpSerial(25)) !== before.serialNumber, 60_000);
  await until(
    "port 587 shows the new certificate",
    async () => (await smtpSerial(587)) !== before.serialNumber,
    60_000,
  );

  expect(await imap.ask("a1 NOOP", /^a1 /m)).toMatch(/^a1 OK/m);
  expect(await smtp.ask("NOOP", /^\d{3} /m)).toMatch(/^250 /m);
  expect(await submission.ask("NOOP", /^\d{3} /m)).toMatch(/^250 /m);
  // The key stays, so that what TLSA records say of it stays true (RFC 7671 section 5.1).
  const renewed = await Session.imap(on);
  expect(renewed.certificate().publicKey.equals(before.publicKey)).toBe(true);
  for (const session of [imap, smtp, submission, renewed]) session.close();
});

async function imapSerial(): Promise<string> {
  const session = await Session.imap(on);
  session.close();
  return session.certificate().serialNumber;
}

async function smtpSerial(port: number): Promise<string> {
  const session = await Session.smtp(on, port);
  session.close();
  return session.certificate().serialNumber;
}

/** A connection over verified TLS that stays open. */
class Session {
  readonly #socket: TLSSocket;
  readonly #certificate: X509Certificate;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    this.#certificate = new X509Certificate(socket.getPeerCertificate().raw);
  }

  static async imap({ access }: Fixture): Promise<Session> {
    const { host, servername, ca } = access;
    const socket = connectTls({ host, port: 993, servername, ca });
    const session = await Session.#secure(socket);
    await answer(socket, undefined, /^\* OK/m);
    return session;
  }

  static async smtp({ access }: Fixture, port: number): Promise<Session> {
    const { host, servername, ca } = access;
    const plain = connectTcp({ host, port });
    await answer(plain, undefined, /^220 /m);
    await answer(plain, "EHLO laptop.example", /^250 /m);
    await answer(plain, "STARTTLS", /^220 /m);
    return Session.#secure(connectTls({ socket: plain, servername, ca }));
  }

  static #secure(socket: TLSSocket): Promise<Session> {
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("secureConnect", () => resolve(new Session(socket)));
    });
  }

  /** As it was at the handshake. */
  certificate(): X509Certificate {
    return this.#certificate;
  }

  ask(line: string, end: RegExp): Promise<string> {
    return answer(this.#socket, line, end);
  }

  close(): void {
    this.#socket.destroy();
  }
}

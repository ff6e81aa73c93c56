/**
 * A site's TLS key is changed while mail programs connect all the time: its next certificate is there before its next key is,
 * so nobody is shown the private authority's.
 *
 * The stack is left with the next key. To go back would take as long again and show nothing more.
 */
import type { X509Certificate } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "node:tls";
import { beforeAll, expect, it } from "vitest";
import { run as rotate } from "../../tools/commands/rotate.ts";
import { ask } from "../../tools/rotation/ask.ts";
import { serverAt } from "../../tools/rotation/served.ts";
import { stackSettings } from "../../tools/stack/settings.ts";
import { containerOf, docker, fixture, until, untilHealthy, type Fixture } from "../support/system.ts";

const PORTS = [465, 993] as const;
const PATIENCE_MS = 120_000;
const SLOW = { timeout: 600_000 };
const EVERY_MS = 100;
const INTERIM = /mailkeep private CA/;

let on: Fixture;

beforeAll(async () => {
  on = await fixture();
  await untilHealthy(on.stack);
});

it("the next key serves with a certificate that everybody believes, from its first connection on", SLOW, async () => {
  const first = await tlsKey();
  const before = await shown(993);
  expect(before?.issuer).not.toMatch(INTERIM);

  await step();
  expect(await tlsKey()).toEqual({ serves: first.serves, standby: [first.serves + 1] });
  expect(await associations()).toHaveLength(2);
  await until("the next key has its certificate", haveNextCertificate, PATIENCE_MS);
  expect(spki(await shown(993))).toEqual(spki(before));
  await expect(step()).rejects.toThrow(/^It is too early to serve with /);

  const watch = startWatch();
  await step("--now");
  await until("every port shows the next key", () => watch.showsAnother(before), PATIENCE_MS);
  const seen = await watch.stop();
  for (const port of PORTS) {
    expect(seen.filter((one) => one.port === port).length, `connections to ${String(port)}`).toBeGreaterThan(10);
  }
  expect(seen.filter(({ certificate: { issuer } }) => INTERIM.test(issuer))).toEqual([]);

  await step("--now");
  expect(await tlsKey()).toEqual({ serves: first.serves + 1, standby: [] });
  expect(await associations()).toHaveLength(1);
  await untilHealthy(on.stack);
});

function step(...flags: readonly string[]): Promise<number> {
  return rotate(["tls", on.stack, "--site", on.site.name, ...flags]);
}

async function tlsKey(): Promise<{ serves: number; standby: readonly number[] }> {
  const { tlsKeys } = await stackSettings(on.stack);
  const { serves, standby } = tlsKeys.find(({ site }) => site === on.site.name) ?? { serves: 1, standby: [] };
  return { serves, standby };
}

async function associations(): Promise<readonly string[]> {
  const answers = await ask(serverAt(on.report.dns), `_25._tcp.${on.site.hostname}`, "TLSA");
  return answers.map(({ value }) => value);
}

async function haveNextCertificate(): Promise<boolean> {
  const path = `/var/lib/lego/ahead/certificates/${on.site.hostname}.crt`;
  const script = 'test ! -s "$1" || echo there';
  const container = await containerOf(on.stack, on.site.name, "certs");
  return (await docker("exec", container, "sh", "-c", script, "sh", path)).includes("there");
}

/** The certificate at a port, whoever it is from; undefined where the handshake fails. */
function shown(port: number): Promise<X509Certificate | undefined> {
  const { host, servername } = on.access;
  return new Promise((resolve) => {
    // Whether it is believed is what is to be found out.
    const socket = connect({ host, port, servername, rejectUnauthorized: false, timeout: PATIENCE_MS });
    const finish = (certificate?: X509Certificate): void => {
      socket.destroy();
      resolve(certificate);
    };
    socket.once("secureConnect", () => finish(socket.getPeerX509Certificate()));
    socket.once("error", () => finish());
    socket.once("timeout", () => finish());
    socket.once("close", () => finish());
  });
}

function spki(certificate: X509Certificate | undefined): Buffer | undefined {
  return certificate?.publicKey.export({ type: "spki", format: "der" });
}

interface Seen {
  readonly port: number;
  readonly certificate: X509Certificate;
}

interface Watch {
  /** Whether the last connection to each port has shown another key than this certificate's. */
  showsAnother(than: X509Certificate | undefined): Promise<boolean>;
  stop(): Promise<readonly Seen[]>;
}

/** Connects to each port again and again, as mail programs do. */
function startWatch(): Watch {
  const stopping = new AbortController();
  const seen: Seen[] = [];
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      for (const port of PORTS) {
        const certificate = await shown(port);
        if (certificate !== undefined) seen.push({ port, certificate });
      }
      await delay(EVERY_MS);
    }
  };
  const running = run();
  const last = (port: number): X509Certificate | undefined => seen.findLast((one) => one.port === port)?.certificate;
  return {
    showsAnother: (than) =>
      Promise.resolve(PORTS.every((port) => spki(last(port))?.equals(spki(than) ?? Buffer.alloc(0)) === false)),
    async stop() {
      stopping.abort();
      await running;
      return seen;
    },
  };
}

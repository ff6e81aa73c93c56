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
import { startLoad, tally } from "../support/load.ts";
import { containerOf, docker, fixture, mark, until, untilHealthy, type Fixture } from "../support/system.ts";

const PORTS = [465, 993] as const;
const PATIENCE_MS = 120_000;
const SLOW = { timeout: 600_000 };
const EVERY_MS = 100;
/** How long mail programs may have to try again. */
const GAP_MS = 15_000;
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
  const putBack = await hideNextCertificate();
  await expect(step().finally(putBack)).rejects.toThrow(
    `${on.site.name} cannot serve with its next key: there is no certificate for it, for none has been issued yet.`,
  );
  await expect(step()).rejects.toThrow(/^It is too early to serve with /);

  const load = startLoad(on.stack, mark(), on.user("ann@home.test").address, 1000);
  const watch = startWatch();
  await step("--now");
  await until("every port shows the next key", () => watch.showsAnother(before), PATIENCE_MS);
  const { seen, longestGapMs } = await watch.stop();
  for (const port of PORTS) {
    expect(seen.filter((one) => one.port === port).length, `connections to ${String(port)}`).toBeGreaterThan(10);
  }
  expect(seen.filter(({ certificate: { issuer } }) => INTERIM.test(issuer))).toEqual([]);
  // Handshakes fail between the key and the certificate of a daemon, and only then.
  expect(longestGapMs).toBeLessThan(GAP_MS);
  const accepted = await load.stop();
  const count = await tally(on.stack, load, accepted, on.user("ann@home.test"), on.access, PATIENCE_MS);
  expect(count).toEqual({ accepted, delivered: accepted, lost: [], doubled: [], bounced: 0 });
  expect(accepted).toBeGreaterThan(10);

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
  const container = await containerOf(on.stack, on.site.name, "certs");
  return (await docker("exec", container, "next-ready")).trim() === "there";
}

/** As if the ACME directory had given none. @returns what puts it back */
async function hideNextCertificate(): Promise<() => Promise<unknown>> {
  const path = `/var/lib/lego/ahead/certificates/${on.site.hostname}.crt`;
  const container = await containerOf(on.stack, on.site.name, "certs");
  await docker("exec", container, "mv", path, `${path}.hidden`);
  return () => docker("exec", container, "mv", `${path}.hidden`, path);
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
  /** What was seen, and the longest that a port has shown none. */
  stop(): Promise<{ readonly seen: readonly Seen[]; readonly longestGapMs: number }>;
}

/** Connects to each port again and again, as mail programs do. */
function startWatch(): Watch {
  const stopping = new AbortController();
  const seen: Seen[] = [];
  const lastAt = new Map<number, number>();
  let longestGapMs = 0;
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      for (const port of PORTS) {
        const certificate = await shown(port);
        const now = performance.now();
        longestGapMs = Math.max(longestGapMs, now - (lastAt.get(port) ?? now));
        if (certificate === undefined) continue;
        seen.push({ port, certificate });
        lastAt.set(port, now);
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
      return { seen, longestGapMs };
    },
  };
}

/** Which versions of TLS and which cipher suites each port takes: 1.2 and 1.3, authenticated and with forward secrecy. */
import { connect, type Socket } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { afterStartTls } from "../support/dialog.ts";
import { fixture, until, type Fixture } from "../support/system.ts";
import { sayHello, suitesTaken, TLS } from "../support/tls-hello.ts";

/**
 * The registry's numbers up to TLS 1.2: without encryption, export, RC4, DES, 3DES, CBC, static RSA, finite fields,
 * anonymous, pre-shared keys, and the good ones.
 */
const UP_TO_1_2 = [
  ...range(0x0000, 0x001b),
  ...range(0x001e, 0x00c7),
  ...range(0xc001, 0xc0b7),
  ...range(0xcca8, 0xccae),
];
/** All of TLS 1.3, with its integrity-only ones (RFC 9150). */
const OF_1_3 = [...range(0x1301, 0x1307), 0xc0b4, 0xc0b5];

/** ECDHE-ECDSA with AES-256-GCM, ChaCha20-Poly1305 and AES-128-GCM: the site's key is of elliptic curves. */
const GOOD_1_2 = [0xc02c, 0xcca9, 0xc02b];
/** AES-256-GCM, ChaCha20-Poly1305, AES-128-GCM. */
const GOOD_1_3 = [0x1302, 0x1303, 0x1301];
const PROTOCOL_VERSION = 70;

let on: Fixture;

beforeAll(async () => {
  on = await fixture();
  await until(
    "port 443 has a certificate",
    async () => {
      const socket = connect({ host: on.access.host, port: 443 });
      return (await sayHello(socket, TLS.v1_2, GOOD_1_2, "mta-sts.home.test")).kind === "taken";
    },
    400_000,
  );
}, 420_000);

describe.each([
  ["25 after STARTTLS", 25],
  ["587 after STARTTLS", 587],
  ["465", 465],
  ["993", 993],
  ["443", 443, "mta-sts.home.test"],
])("port %s", (_, port, name?: string) => {
  const open = async (): Promise<Socket> => {
    const { host } = on.access;
    return port === 25 || port === 587 ? afterStartTls(host, port) : connect({ host, port });
  };

  it("takes in TLS 1.2 three suites of nearly four hundred", async () => {
    expect(sorted(await suitesTaken(open, TLS.v1_2, UP_TO_1_2, name))).toEqual(sorted(GOOD_1_2));
  });

  it("takes in TLS 1.3 the three that everybody has", async () => {
    expect(sorted(await suitesTaken(open, TLS.v1_3, OF_1_3, name))).toEqual(sorted(GOOD_1_3));
  });

  it.each([
    ["TLS 1.0", TLS.v1_0],
    ["TLS 1.1", TLS.v1_1],
  ])("refuses %s, whatever its suite", async (__, version) => {
    expect(await sayHello(await open(), version, UP_TO_1_2, name)).toEqual({
      kind: "refused",
      alert: PROTOCOL_VERSION,
    });
  });

  it("refuses SSL 3.0, whatever its suite", async () => {
    // Its alert has a number of its own.
    expect(await sayHello(await open(), TLS.ssl3, UP_TO_1_2)).toMatchObject({ kind: "refused" });
  });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function sorted(suites: readonly number[]): string[] {
  return suites.map((suite) => `0x${suite.toString(16).padStart(4, "0")}`).sort();
}

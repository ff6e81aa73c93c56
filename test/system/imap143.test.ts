/** Port 143, which is off until the setting `imap143` wants it. */
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { ImapFlow } from "imapflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stackFile } from "../../tools/paths.ts";
import { editSettings } from "../support/changes.ts";
import { bringUpWell, mailkeep } from "../support/command-line.ts";
import { afterStartTls, answer } from "../support/dialog.ts";
import { fixture, untilHealthy, type Fixture } from "../support/system.ts";
import { sayHello, TLS } from "../support/tls-hello.ts";

let on: Fixture;
let original: string;

beforeAll(async () => {
  on = await fixture();
  original = await readFile(stackFile(on.stack), "utf8");
});

afterAll(async () => {
  await writeFile(stackFile(on.stack), original);
  await bringUpWell(on.stack);
  await expect(greeting()).rejects.toThrow("ECONNREFUSED");
}, 400_000);

it("is closed by itself", async () => {
  await expect(greeting()).rejects.toThrow("ECONNREFUSED");
});

describe("when it is wanted", () => {
  it(
    "and another program holds it on this machine, up says which port, and the same command works when it is free",
    { timeout: 600_000 },
    async () => {
      await editSettings(on.stack, (settings) => (settings["mailkeep:imap143"] = true));
      const other = createServer().listen(143, String(on.site.published));
      await once(other, "listening");
      try {
        const { code, output } = await mailkeep("up", on.stack, "--yes");
        expect(code).toBe(1);
        expect(output).toContain(
          `Port 143 of ${String(on.site.published)} is in use by another program on this machine`,
        );
        expect(output).toContain("The same command goes on from where it stopped");
      } finally {
        other.close();
        await once(other, "close");
      }
      await bringUpWell(on.stack);
      await untilHealthy(on.stack);
    },
  );

  it("is read after STARTTLS, with the certificate of the site", async () => {
    const ann = on.user("ann@home.test");
    const client = new ImapFlow({
      host: on.access.host,
      port: 143,
      secure: false,
      doSTARTTLS: true,
      auth: { user: ann.address, pass: ann.password },
      tls: { servername: on.access.servername, ca: on.access.ca },
      logger: false,
    });
    await client.connect();
    expect(await client.status("INBOX", { messages: true })).toMatchObject({ path: "INBOX" });
    await client.logout();
  });

  it("takes no login before TLS", async () => {
    const ann = on.user("ann@home.test");
    const socket = connect({ host: on.access.host, port: 143 });
    try {
      expect(await answer(socket, undefined, /^\* OK/m)).toContain("LOGINDISABLED");
      expect(await answer(socket, "a CAPABILITY", /^a OK/m)).not.toContain("AUTH=");
      expect(await answer(socket, `b LOGIN ${ann.address} ${ann.password}`, /^b /m)).toMatch(/^b (NO|BAD) /m);
      expect(await answer(socket, "c SELECT INBOX", /^c /m)).toMatch(/^c (NO|BAD) /m);
    } finally {
      socket.destroy();
    }
  });

  it("speaks no old TLS", async () => {
    const socket = await afterStartTls(on.access.host, 143);
    expect(await sayHello(socket, TLS.v1_1, [0xc009, 0xc013, 0x002f])).toMatchObject({ kind: "refused" });
  });
});

async function greeting(): Promise<string> {
  const socket = connect({ host: on.access.host, port: 143 });
  try {
    return await answer(socket, undefined, /^\* /m);
  } finally {
    socket.destroy();
  }
}

import { afterEach, describe, expect, it } from "vitest";
import { Directory } from "../../../images/couchmail/src/directory.ts";
import { lookups } from "../../../images/couchmail/src/lookups.ts";
import { Metrics } from "../../../images/couchmail/src/metrics.ts";
import type { Store } from "../../../images/couchmail/src/store.ts";
import { HASH, cleanUp, firstValues, freshFolder, start } from "./fixture.ts";

afterEach(cleanUp);

describe("Postfix's questions", () => {
  it.each([
    ["domain", "home.test", "200 home.test"],
    ["domain", "OLD-home.test", "200 old-home.test"],
    ["domain", ".home.test", "500 not%20there"],
    ["domain", "outside.test", "500 not%20there"],
    ["mailbox", "ann%2Bx@home.test", "200 ann@home.test"],
    ["mailbox", "ann%2Bb%C3%BCcher@home.test", "200 ann@home.test"],
    ["mailbox", "%C3%A4nn@home.test", "500 not%20there"],
    ["mailbox", "ann@old-home.test", "200 ann@home.test"],
    ["mailbox", "machine@home.test", "500 not%20there"],
    ["alias", "family@home.test", "200 ann@home.test,ben@home.test"],
    ["alias", "nobody@club.test", "200 cat@club.test"],
    ["alias", "j%C3%BCrgen@club.test", "200 cat@club.test"],
    ["sender", "family@home.test", "200 ann@home.test,ben@home.test"],
    ["sender", "root@web1.home.test", "200 machine@home.test"],
    ["sender", "<>", "500 not%20there"],
  ] as const)("%s %s: %s", async (port, key, answer) => {
    const running = await start(await freshFolder());
    expect(await running.ask(port, key)).toBe(answer);
  });

  it("are answered temporary before the records are read and after they cannot be followed", async () => {
    const store = new SilentStore();
    const directory = new Directory(store, "+");
    const { mailbox } = lookups(directory, new Metrics());
    const opened = directory.open(firstValues(), () => undefined);
    expect(mailbox("ann@home.test").kind).toBe("temporary");
    store.answer();
    await opened;
    expect(mailbox("ann@home.test").kind).toBe("found");
    expect(mailbox("eve@home.test").kind).toBe("absent");
    store.fail(new Error("the disk is gone"));
    expect(mailbox("eve@home.test").kind).toBe("temporary");
  });
});

describe("metrics", () => {
  it("count answers by table and kind", async () => {
    const running = await start(await freshFolder());
    await running.ask("alias", "family@home.test");
    await running.ask("alias", "nobody@home.test");
    const text = await (
      await fetch(`http://127.0.0.1:${running.service.ports.http}/metrics`, { headers: { connection: "close" } })
    ).text();
    expect(text).toContain('couchmail_lookups_total{table="alias",answer="absent"} 1');
    expect(text).toContain('couchmail_lookups_total{table="alias",answer="found"} 1');
    expect(text).toMatch(/^couchmail_ready 1$/m);
    expect(text).not.toContain("family");
  });
});

describe("Dovecot's questions", () => {
  it("are answered for mailboxes, and for machines where they may submit", async () => {
    const { http } = await start(await freshFolder());
    const ask = (question: string, user: string): ReturnType<typeof http> =>
      http("GET", `/dovecot/${question}?user=${encodeURIComponent(user)}`);
    const absent = { status: 200, body: "found=no\n" };
    const home = "home=/srv/mail/home.test/ann";
    const ann = { status: 200, body: `found=yes\nuser=ann@home.test\npassword=${HASH}\n${home}\n` };
    expect(await ask("passdb", "Ann@home.test")).toEqual(ann);
    expect(await ask("passdb", "ann@old-home.test")).toEqual(ann);
    for (const user of ["eve@home.test", "ann+x@home.test", "family@home.test", "nobody@club.test", ""])
      expect(await ask("passdb", user)).toEqual(absent);
    const machine = `found=yes\nuser=machine@home.test\npassword=${HASH}\n`;
    expect((await ask("passdb", "machine@home.test")).body).toBe(machine);
    expect((await ask("userdb", "ann+x@home.test")).body).toBe(`found=yes\nuser=ann@home.test\n${home}\n`);
    expect(await ask("userdb", "machine@home.test")).toEqual(absent);
    const users = "user=ann@home.test\nuser=ben@home.test\nuser=cat@club.test\n";
    expect((await http("GET", "/dovecot/users")).body).toBe(users);
    expect((await http("GET", "/dovecot/passdb")).status).toBe(400);
  });

  it("of another version are refused, and never answered with 'not there'", async () => {
    const { http } = await start(await freshFolder());
    expect((await http("POST", "/dovecot/userdb", { user: "ann@home.test" })).status).toBe(405);
    expect((await http("GET", "/dovecot/quota?user=ann@home.test")).status).toBe(405);
  });

  it.each([
    ["ann@home.test", ["ann@home.test"], true, true],
    ["ann@home.test", ["ann@home.test", "ben@home.test"], false, true],
    ["machine@home.test", ["root@web1.home.test"], true, true],
    ["ann@home.test", ["ann@outside.test"], false, false],
    ["ann@home.test", [], false, false],
  ])("policy: %s from %j: allowed %s, hosted %s", async (login, from, allowed, domainHosted) => {
    const { http } = await start(await freshFolder());
    expect((await http("POST", "/policy/from", { login, from })).body).toEqual({ allowed, domainHosted });
  });
});

/** A store that answers when it is told to. */
class SilentStore implements Store {
  readonly #waiting: (() => void)[] = [];
  #failed: (error: Error) => void = () => undefined;
  #answering = false;

  answer(): void {
    this.#answering = true;
    for (const resolve of this.#waiting) resolve();
  }

  fail(error: Error): void {
    this.#failed(error);
  }

  async all(): Promise<readonly []> {
    if (!this.#answering) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return [];
  }

  follow(_: unknown, failed: (error: Error) => void): void {
    this.#failed = failed;
  }

  async plant(): Promise<void> {}

  write(): Promise<never> {
    return Promise.reject(new Error("nothing is written here"));
  }

  async close(): Promise<void> {}
}

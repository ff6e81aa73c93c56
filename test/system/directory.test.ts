/** The directory as Postfix, Dovecot and an administrator see it. */
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { PORT } from "../../components/plan/ports.ts";
import { findMail, waitForMail } from "../../tools/site/clients.ts";
import { sendFromOutside } from "../../tools/site/outside.ts";
import { rest } from "../support/rest.ts";
import { containerOf, docker, fixture, mark, message, until, type Fixture } from "../support/system.ts";

const VISITOR = "visitor@outside.test";
/** What the IMAP client throws when it was told that a login is none. */
const REFUSED = { authenticationFailed: true };
let on: Fixture;

beforeAll(async () => {
  on = await fixture();
});

describe("Postfix's own tool", () => {
  it.each([
    [PORT.directoryDomain, "home.test", "home.test"],
    [PORT.directoryMailbox, "ann@home.test", "ann@home.test"],
    [PORT.directoryAlias, "family@home.test", "ann@home.test,ben@home.test"],
    [PORT.directorySender, "ann@home.test", "ann@home.test"],
  ])("asks port %i for %s", async (port, key, value) => {
    expect((await postmap(port, key)).trim()).toBe(value);
  });

  it.each([
    [PORT.directoryDomain, "elsewhere.test"],
    [PORT.directoryMailbox, "nobody@home.test"],
    [PORT.directoryAlias, "nobody@home.test"],
    [PORT.directorySender, "nobody@home.test"],
  ])("hears from port %i that %s is not there", async (port, key) => {
    await expect(postmap(port, key)).rejects.toThrow();
  });
});

it("the edge keeps no connection of a question whose asker has gone", async () => {
  // What Postfix's own processes have open is theirs, and they keep it for 100 s without work.
  const before = await sessionsOf(PORT.directorySender);
  for (let i = 0; i < 5; i++) await postmap(PORT.directorySender, "ann@home.test");
  const gone = async (): Promise<boolean> => (await sessionsOf(PORT.directorySender)) <= before;
  await until("the edge has closed all of them", gone, 150_000);
});

it("Dovecot's own tool finds users, and no others", async () => {
  const container = await containerOf(on.stack, on.site.name, "dovecot");
  const doveadm = (...args: string[]): Promise<string> =>
    docker("exec", container, "doveadm", "-c", "/run/conf/dovecot.conf", ...args);
  expect(await doveadm("user", "ann@home.test")).toContain("/srv/mail");
  await expect(doveadm("user", "nobody@home.test")).rejects.toThrow();
  expect((await doveadm("user", "*")).trim().split("\n")).toEqual(
    expect.arrayContaining(["ann@home.test", "cat@club.test"]),
  );
});

describe("the REST interface", () => {
  it("takes an alias that is live at once, and its deletion", async () => {
    const { call } = await rest(on.stack);
    const address = `${randomUUID().slice(0, 8)}@home.test`;
    expect((await call("POST", "/aliases", { address, targets: ["ben@home.test"] })).status).toBe(201);
    const subject = mark();
    await sendFromOutside(on.stack, VISITOR, [address], message({ from: VISITOR, to: address, subject }));
    await waitForMail(on.access, on.user("ben@home.test"), subject, 45_000);
    expect((await call("DELETE", `/aliases/${address}`)).status).toBeLessThan(300);
    await until(
      "the alias is gone",
      () =>
        postmap(PORT.directoryAlias, address).then(
          () => false,
          () => true,
        ),
      5_000,
    );
  });

  it("a new mailbox, a changed password and a deletion count at once", async () => {
    const { call } = await rest(on.stack);
    const address = `${randomUUID().slice(0, 8)}@home.test`;
    const [first, second] = [
      { address, password: randomUUID() },
      { address, password: randomUUID() },
    ];
    const subject = mark();
    await expect(findMail(on.access, first, subject)).rejects.toMatchObject(REFUSED);
    expect((await call("POST", "/mailboxes", first)).status).toBe(201);
    await sendFromOutside(on.stack, VISITOR, [address], message({ from: VISITOR, to: address, subject }));
    await waitForMail(on.access, first, subject, 45_000);
    expect((await call("PUT", `/mailboxes/${address}/password`, { password: second.password })).status).toBe(204);
    await expect(findMail(on.access, first, subject)).rejects.toMatchObject(REFUSED);
    expect(await findMail(on.access, second, subject)).toHaveLength(1);
    expect((await call("DELETE", `/mailboxes/${address}`)).status).toBe(204);
    await expect(findMail(on.access, second, subject)).rejects.toMatchObject(REFUSED);
    await expect(postmap(PORT.directoryMailbox, address)).rejects.toThrow();
  });

  it("answers nobody without the token, and says what is wrong with a bad request", async () => {
    const { base, call } = await rest(on.stack);
    expect((await fetch(`${base}/mailboxes`)).status).toBe(401);
    expect((await fetch(`${base}/mailboxes`, { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
    const bad = await call("POST", "/aliases", { address: "not an address", targets: [] });
    expect(bad.status).toBe(422);
    expect(await bad.text()).toMatch(/address/);
  });
});

async function postmap(port: number, key: string): Promise<string> {
  const container = await containerOf(on.stack, on.site.name, "mx");
  return docker("exec", container, "postmap", "-q", key, `tcp:127.0.0.1:${port}`);
}

/** Connections that the edge has for the questions at a port, by its own metrics. */
async function sessionsOf(port: number): Promise<number> {
  const container = await containerOf(on.stack, on.site.name, "edge");
  const ask = `exec 3<>/dev/tcp/127.0.0.1/${PORT.edgeStatus}; printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`;
  const page = await docker("exec", container, "bash", "-c", ask);
  const found = new RegExp(`^haproxy_frontend_current_sessions\\{proxy="lookup-${port}"\\} (\\d+)`, "m").exec(
    page,
  )?.[1];
  if (found === undefined) throw new Error(`The edge says nothing of lookup-${port}.`);
  return Number(found);
}

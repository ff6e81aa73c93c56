import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { HASH, TOKEN, cleanUp, freshFolder, start } from "./fixture.ts";

afterEach(cleanUp);

describe("the REST interface", () => {
  it.each([undefined, "wrong", `${TOKEN}x`, ""])("refuses the token %j", async (token) => {
    const { http } = await start(await freshFolder());
    const { status, body } = await http("GET", "/api/v1/mailboxes", undefined, token);
    expect(status).toBe(401);
    expect(body).toEqual({ error: "Send the directory's token: Authorization: Bearer <token>." });
    expect((await http("DELETE", "/api/v1/mailboxes/ben@home.test", undefined, token)).status).toBe(401);
  });

  it("makes a mailbox that can be used at once, and never shows or logs its password or hash", async () => {
    const running = await start(await freshFolder());
    const made = await running.http(
      "POST",
      "/api/v1/mailboxes",
      { address: "Dan@home.test", password: "correct horse" },
      TOKEN,
    );
    expect(made).toEqual({ status: 201, body: { address: "dan@home.test", state: "active", owner: "directory" } });
    expect(await running.ask("mailbox", "dan@home.test")).toBe("200 dan@home.test");
    const passdb = await running.http("GET", "/dovecot/passdb?user=dan%40home.test");
    expect(JSON.stringify(passdb.body)).toMatch(/\{SHA512-CRYPT\}\$6\$/);
    const shown = await Promise.all(
      ["/mailboxes", "/mailboxes/dan@home.test"].map((path) => running.http("GET", `/api/v1${path}`, undefined, TOKEN)),
    );
    expect(JSON.stringify(shown)).not.toMatch(/\$6\$|password/i);
    expect(running.log.join()).not.toMatch(/horse|\$6\$/);
  });

  it.each([
    ["POST", "/mailboxes", { address: "dan@home.test", password: "short" }, 422, /password: Too small/],
    [
      "POST",
      "/mailboxes",
      { address: "dan@home.test", passwordHash: HASH, quota: 1 },
      422,
      /The whole: quota is not known here; take it out/,
    ],
    [
      "POST",
      "/mailboxes",
      { address: "dan@outside.test", passwordHash: HASH },
      422,
      /The domain of dan@outside\.test is not hosted.*list outside\.test under domains/,
    ],
    ["POST", "/mailboxes", { address: "ann@home.test", passwordHash: HASH }, 409, /exists already/],
    ["POST", "/mailboxes", "{", 422, /./],
    ["PUT", "/mailboxes/eve@home.test/password", { passwordHash: HASH }, 404, /There is no mailbox eve@home\.test/],
    ["PUT", "/mailboxes/not-an-address/password", { passwordHash: HASH }, 422, /wanted is an address such as/],
    ["DELETE", "/mailboxes/ann@home.test", undefined, 422, /postmaster@home\.test/],
    ["DELETE", "/aliases/postmaster@home.test", undefined, 422, /home\.test without postmaster@home\.test/],
    [
      "PUT",
      "/aliases/family@home.test",
      { targets: ["family@home.test"] },
      422,
      /a loop: family@home\.test -> family@home\.test/,
    ],
    [
      "POST",
      "/aliases",
      { address: "x@home.test", targets: ["eve@home.test"] },
      422,
      /eve@home\.test, which does not exist/,
    ],
    ["POST", "/aliases", { address: "ann@home.test", targets: ["ben@home.test"] }, 422, /must name that mailbox/],
    ["POST", "/domains", { name: "home.test" }, 409, /hosted already/],
    ["DELETE", "/domains/home.test", undefined, 409, /in the settings/],
    ["GET", "/nothing", undefined, 404, /openapi\.json/],
  ])("%s %s %j: %i", async (method, path, body, status, sentence) => {
    const { http } = await start(await freshFolder());
    const answer = await http(method, `/api/v1${path}`, body, TOKEN);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toMatch(sentence);
  });

  it("keeps a new domain pending until the settings name it", async () => {
    const { http, ask } = await start(await freshFolder());
    expect((await http("POST", "/api/v1/domains", { name: "new.test" }, TOKEN)).status).toBe(201);
    expect(await ask("domain", "new.test")).toBe("500 not%20there");
    expect((await http("GET", "/api/v1/domains", undefined, TOKEN)).body).toContainEqual(
      expect.objectContaining({ name: "new.test", state: "pending" }),
    );
    expect((await http("DELETE", "/api/v1/domains/new.test", undefined, TOKEN)).status).toBe(204);
  });

  it("changes aliases, live at once", async () => {
    const { http, ask } = await start(await freshFolder());
    expect(
      (await http("POST", "/api/v1/aliases", { address: "x@home.test", targets: ["ben@home.test"] }, TOKEN)).status,
    ).toBe(201);
    expect(await ask("alias", "x@home.test")).toBe("200 ben@home.test");
    expect((await http("PUT", "/api/v1/aliases/x@home.test", { discard: true }, TOKEN)).status).toBe(200);
    expect(await ask("alias", "x@home.test")).toBe("200 discard@discard.invalid");
    expect((await http("DELETE", "/api/v1/aliases/x@home.test", undefined, TOKEN)).status).toBe(204);
    expect(await ask("alias", "x@home.test")).toBe("500 not%20there");
  });

  it("takes changes that come together one after the other", async () => {
    const { http, ask } = await start(await freshFolder());
    const made = await Promise.all(
      Array.from({ length: 8 }, () =>
        http("POST", "/api/v1/aliases", { address: "x@home.test", targets: ["ben@home.test"] }, TOKEN),
      ),
    );
    expect(made.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    expect(await ask("alias", "x@home.test")).toBe("200 ben@home.test");
  });

  it("describes itself, without a token, by the schemas that it checks with", async () => {
    const { http } = await start(await freshFolder());
    const { status, body } = await http("GET", "/api/v1/openapi.json");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      openapi: "3.1.0",
      paths: {
        "/api/v1/mailboxes/{address}/password": {
          put: { parameters: [{ name: "address", in: "path", required: true }] },
        },
        "/api/v1/aliases": { get: {}, post: { requestBody: { required: true } } },
      },
    });
  });

  it("refuses a body that is too large", async () => {
    const { http } = await start(await freshFolder());
    expect((await http("POST", "/api/v1/aliases", "x".repeat(70_000), TOKEN)).status).toBe(413);
  });
});

describe("closing", () => {
  it("lets go of idle connections and frees the database", async () => {
    const folder = await freshFolder();
    const running = await start(folder);
    const idle = connect(running.service.ports.alias, "127.0.0.1");
    await new Promise((resolve) => idle.once("connect", resolve));
    const ended = new Promise((resolve) => idle.once("close", resolve));
    await running.service.close();
    await ended;
    expect(await (await start(folder)).ask("domain", "home.test")).toBe("200 home.test");
  });
});

import { afterEach, describe, expect, it } from "vitest";
import type { DirectoryFile } from "../../../components/directory/index.ts";
import { HASH, TOKEN, cleanUp, configuration, firstValues, freshFolder, start } from "./fixture.ts";
import type { Running } from "./fixture.ts";

afterEach(cleanUp);

const OTHER_HASH = HASH.replace(/a+$/, "b".repeat(86));

async function reload(running: Running, directory: DirectoryFile): Promise<void> {
  await running.service.reload(configuration("/unused", directory));
}

const ABSENT = "there is no such user";

async function hashOf(running: Running, user: string): Promise<unknown> {
  const { status, body } = await running.http("GET", `/dovecot/passdb?user=${encodeURIComponent(user)}`);
  if (body === "found=no\n") return ABSENT;
  return status === 200 ? /^password=(.*)$/m.exec(String(body))?.[1] : status;
}

function withHash(address: string, passwordHash: string): DirectoryFile {
  const values = firstValues();
  return {
    ...values,
    mailboxes: values.mailboxes.map((mailbox) => (mailbox.address === address ? { address, passwordHash } : mailbox)),
  };
}

describe("settings", () => {
  it("change a domain, a password and an alias without a restart", async () => {
    const running = await start(await freshFolder());
    expect(await running.ask("domain", "new.test")).toBe("500 not%20there");
    const values = withHash("ben@home.test", OTHER_HASH);
    await reload(running, {
      ...values,
      domains: [...values.domains, { name: "new.test", aliasOf: "home.test" }],
      aliases: values.aliases.map((alias) =>
        alias.address === "family@home.test" ? { address: alias.address, targets: ["ben@home.test"] } : alias,
      ),
    });
    expect(await running.ask("domain", "new.test")).toBe("200 new.test");
    expect(await running.ask("alias", "family@home.test")).toBe("200 ben@home.test");
    expect(await hashOf(running, "ben@home.test")).toBe(OTHER_HASH);
  });

  it("do not change a password any more that was set in the directory", async () => {
    const folder = await freshFolder();
    const running = await start(folder);
    await running.http("PUT", "/api/v1/mailboxes/ben@home.test/password", { passwordHash: OTHER_HASH }, TOKEN);
    await reload(running, withHash("ben@home.test", HASH.replace(/a+$/, "c".repeat(86))));
    expect(await hashOf(running, "ben@home.test")).toBe(OTHER_HASH);
    await running.service.close();
    expect(await hashOf(await start(folder), "ben@home.test")).toBe(OTHER_HASH);
  });

  it("do not bring back what was deleted in the directory", async () => {
    const folder = await freshFolder();
    const running = await start(folder);
    expect((await running.http("DELETE", "/api/v1/aliases/family@home.test", undefined, TOKEN)).status).toBe(204);
    expect((await running.http("DELETE", "/api/v1/mailboxes/ben@home.test", undefined, TOKEN)).status).toBe(204);
    await reload(running, withHash("ben@home.test", OTHER_HASH));
    expect(await hashOf(running, "ben@home.test")).toBe(ABSENT);
    await running.service.close();
    const again = await start(folder);
    expect(await again.ask("mailbox", "ben@home.test")).toBe("500 not%20there");
    expect(await again.ask("alias", "family@home.test")).toBe("500 not%20there");
  });

  it("switch a user off that they no longer name, and on again", async () => {
    const running = await start(await freshFolder());
    const values = firstValues();
    await reload(running, {
      ...values,
      mailboxes: values.mailboxes.filter(({ address }) => address !== "ben@home.test"),
    });
    expect(await running.ask("mailbox", "ben@home.test")).toBe("500 not%20there");
    expect(await running.ask("alias", "family@home.test")).toBe("200 ann@home.test");
    expect(await hashOf(running, "ben@home.test")).toBe(ABSENT);
    const listed = { address: "ben@home.test", state: "detached", owner: "settings" };
    expect((await running.http("GET", "/api/v1/mailboxes/ben@home.test", undefined, TOKEN)).body).toEqual(listed);
    await reload(running, values);
    expect(await running.ask("mailbox", "ben@home.test")).toBe("200 ben@home.test");
  });

  it("keep a user who was changed in the directory when they no longer name them", async () => {
    const running = await start(await freshFolder());
    await running.http("PUT", "/api/v1/mailboxes/ben@home.test/password", { passwordHash: OTHER_HASH }, TOKEN);
    const values = firstValues();
    await reload(running, {
      ...values,
      mailboxes: values.mailboxes.filter(({ address }) => address !== "ben@home.test"),
    });
    expect(await hashOf(running, "ben@home.test")).toBe(OTHER_HASH);
  });

  it("own domains: one they no longer name is inactive with all that is in it", async () => {
    const running = await start(await freshFolder());
    await running.http("PUT", "/api/v1/mailboxes/cat@club.test/password", { passwordHash: OTHER_HASH }, TOKEN);
    const values = firstValues();
    const mine = ({ address }: { address: string }): boolean => !address.endsWith("@club.test");
    await reload(running, {
      ...values,
      domains: values.domains.filter(({ name }) => name !== "club.test"),
      mailboxes: values.mailboxes.filter(mine),
      aliases: values.aliases.filter(mine),
    });
    expect(await running.ask("domain", "club.test")).toBe("500 not%20there");
    expect(await running.ask("mailbox", "cat@club.test")).toBe("500 not%20there");
    expect(await running.ask("sender", "cat@club.test")).toBe("500 not%20there");
    expect(await hashOf(running, "cat@club.test")).toBe(ABSENT);
    const { body } = await running.http("GET", "/api/v1/domains", undefined, TOKEN);
    expect(body).toContainEqual({ name: "club.test", state: "inactive" });
  });

  it("and the directory can make a loop together: its mail waits, and it is named", async () => {
    const running = await start(await freshFolder());
    await running.http("POST", "/api/v1/aliases", { address: "one@home.test", targets: ["family@home.test"] }, TOKEN);
    const values = firstValues();
    await reload(running, {
      ...values,
      aliases: values.aliases
        .map((alias) =>
          alias.address === "family@home.test" ? { address: alias.address, targets: ["two@home.test"] } : alias,
        )
        .concat({
          address: "two@home.test",
          targets: ["ann@home.test"],
        }),
    });
    expect(await running.ask("alias", "one@home.test")).toBe("200 family@home.test");
    await running.http("PUT", "/api/v1/aliases/two@home.test", { targets: ["ben@home.test"] }, TOKEN);
    await reload(running, {
      ...values,
      aliases: values.aliases.map((alias) =>
        alias.address === "family@home.test"
          ? { address: alias.address, targets: ["one@home.test", "ann@home.test"] }
          : alias,
      ),
    });
    expect(await running.ask("alias", "one@home.test")).toMatch(/^400 /);
    expect(await running.ask("alias", "family+x@home.test")).toMatch(/^400 /);
    expect(JSON.stringify((await running.http("GET", "/api/v1/problems", undefined, TOKEN)).body)).toContain(
      "family@home.test -> one@home.test",
    );
  });
});

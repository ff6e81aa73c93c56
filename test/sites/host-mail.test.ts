/** Mail of hosts: what cron and root of another server write goes to a person, by exactly the configuration that is printed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ImapFlow } from "imapflow";
import { renderNullmailer } from "../../components/host-mail/nullmailer.ts";
import { literal } from "../../components/plan/text.ts";
import { waitForMail, withImap, type Access } from "../../tools/site/clients.ts";
import { mailkeep } from "../support/command-line.ts";
import { makeOtherHost, type OtherHost } from "../support/other-host.ts";
import { killSite, sitesFixture, type SitesFixture } from "../support/sites.ts";
import { mark, until, untilHealthy } from "../support/system.ts";

const PATIENCE_MS = 240_000;
const LONG = { timeout: 420_000 };
const HOST = "web1.home.test";
const LOGIN = "hosts@home.test";
let on: SitesFixture;
let access: Access;
let postfix: OtherHost;
let nullmailer: OtherHost;
let password: string;

/** What the command prints. */
async function printed(client: string): Promise<string> {
  const { code, stdout, output } = await mailkeep(
    "host-mail",
    on.stack,
    "--host",
    HOST,
    "--client",
    client,
    "--show-password",
  );
  expect({ code, output }).toMatchObject({ code: 0 });
  return stdout;
}

/** Waits for it in the mailbox of who reads root's mail. */
const arrived = async (text: string): Promise<string> =>
  (await waitForMail(access, on.user("ann@home.test"), text, PATIENCE_MS)).source;

const toRoot = (subject: string, from = ""): string => `${from}Subject: ${subject}\n\nFrom a program.\n`;

beforeAll(async () => {
  on = await sitesFixture();
  await untilHealthy(on.stack);
  access = await on.access("alpha");
  postfix = await makeOtherHost(on.stack, "postfix", HOST);
  nullmailer = await makeOtherHost(on.stack, "nullmailer", HOST);
  const scripts = { postfix: await printed("postfix"), nullmailer: await printed("nullmailer") };
  password = /:([A-Za-z0-9]{32})\n/.exec(scripts.postfix)?.[1] ?? "";
  expect(password).not.toBe("");
  for (const [host, script] of [
    [postfix, scripts.postfix],
    [nullmailer, scripts.nullmailer],
  ] as const) {
    await host.configure(script);
    await host.start();
  }
}, 900_000);

afterAll(async () => {
  await postfix.remove();
  await nullmailer.remove();
}, 120_000);

describe("another server's mail to root comes to a person, signed and without a trace of the client", () => {
  const expectClean = (source: string): void => {
    const [head = ""] = source.split("\r\n\r\n");
    expect(head).toMatch(/^DKIM-Signature: [^]*?d=home\.test;/m);
    expect(head).toMatch(/^From: .*root@web1\.home\.test/m);
    expect(head).not.toMatch(/^Received:.*web1/m);
  };

  it("by Postfix", LONG, async () => {
    const subject = mark();
    await postfix.sh("sendmail root", toRoot(subject));
    expectClean(await arrived(subject));
  });

  it("by nullmailer", LONG, async () => {
    const subject = mark();
    await nullmailer.sh("sendmail root", toRoot(subject));
    expectClean(await arrived(subject));
  });

  it("by msmtp, which mends the sender that cron writes", LONG, async () => {
    const subject = mark();
    await postfix.configure(await printed("msmtp"));
    await postfix.sh("msmtp root", toRoot(subject, "From: root (Cron Daemon)\nTo: root\n"));
    expectClean(await arrived(subject));
  });

  it("from cron", LONG, async () => {
    const word = mark();
    await postfix.sh(`printf '* * * * * root echo ${word}\\n' > /etc/cron.d/word`);
    try {
      expectClean(await arrived(word));
    } finally {
      await postfix.sh("rm /etc/cron.d/word");
    }
  });
});

it("a sender that the account may not use is refused, in the envelope and in the From field", LONG, async () => {
  const [envelope, field] = [mark(), mark()];
  await postfix.sh("sendmail -f ann@home.test ben@home.test", toRoot(envelope));
  await nullmailer.sh("sendmail ben@home.test", toRoot(field, "From: ann@home.test\n"));
  await until(
    "Postfix has told",
    async () => /553 5\.7\.1 .*not owned by user hosts@home\.test/.test(await postfix.log()),
    PATIENCE_MS,
  );
  await until(
    "nullmailer has told",
    async () => (await nullmailer.log()).includes("554 5.7.1 hosts@home.test may not send as ann@home.test"),
    PATIENCE_MS,
  );
});

it("the account has no mailbox to log in to", LONG, async () => {
  const attempt = withImap(access, { address: LOGIN, password }, (client: ImapFlow) => client.list());
  await expect(attempt).rejects.toThrow();
  await expect(attempt).rejects.toMatchObject({ authenticationFailed: true });
});

it("what is written while the network is away waits, and comes later", LONG, async () => {
  const subjects = [mark(), mark()] as const;
  for (const host of [postfix, nullmailer]) await host.connected(false);
  const before = { postfix: (await postfix.log()).length, nullmailer: (await nullmailer.log()).length };
  try {
    await postfix.sh("sendmail root", toRoot(subjects[0]));
    await nullmailer.sh("sendmail root", toRoot(subjects[1]));
    await until(
      "both have tried",
      async () =>
        /deferred/.test((await postfix.log()).slice(before.postfix)) &&
        /Delivery complete, 1 message/.test((await nullmailer.log()).slice(before.nullmailer)),
      PATIENCE_MS,
    );
  } finally {
    for (const host of [postfix, nullmailer]) await host.connected(true);
  }
  for (const subject of subjects) await arrived(subject);
});

it("a site's machine sends by another site while its own is away", LONG, async () => {
  const site = on.site("bravo");
  const servers = [site.hostname, on.site("charlie").hostname];
  const files = renderNullmailer({
    host: HOST,
    servers,
    login: LOGIN,
    password,
    sender: { kind: "users", domain: HOST },
    to: "postmaster@home.test",
    caFile: "/etc/ssl/mailkeep-ca.pem",
  });
  const remotes = files.find(({ path }) => path === "/etc/nullmailer/remotes");
  await nullmailer.sh("cat > /etc/nullmailer/remotes", literal(remotes?.content ?? ""));
  const [first, second] = [mark(), mark()];
  await nullmailer.sh("sendmail root", toRoot(first));
  expect(await arrived(first)).toMatch(/^Received: by bravo\./m);
  const mend = await killSite(on.stack, "bravo");
  try {
    await nullmailer.sh("sendmail root", toRoot(second));
    expect(await arrived(second)).toMatch(/^Received: by charlie\./m);
  } finally {
    await mend();
    await untilHealthy(on.stack, PATIENCE_MS);
  }
});

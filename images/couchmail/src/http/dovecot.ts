/** Questions of Dovecot and of the guard before the signer. They come over the site's own network, without a token. */
import { Hono } from "hono";
import type { Context } from "hono";
import * as z from "zod";
import { parseAddress } from "../../../../components/directory/address.ts";
import { isSignedDomain, senderLogins } from "../../../../components/directory/resolve.ts";
import { mailboxAt } from "../../../../components/directory/view.ts";
import type { Mailbox } from "../../../../components/directory/schema.ts";
import type { Config } from "../config.ts";
import type { Directory, Snapshot } from "../directory.ts";
import { sentences } from "../sentences.ts";

const question = z.object({ user: z.string().toLowerCase() });
const fromQuestion = z.object({ login: z.string().toLowerCase(), from: z.array(z.string().toLowerCase()).max(1000) });

/**
 * Answers to Dovecot are lines of a name, `=` and a value, for its Lua reads no JSON. "Not there" is an answer of its own and no
 * 404, which anybody gives who does not know the question.
 */
const ABSENT = "found=no\n";
const present = (values: Readonly<Record<string, string>>): string =>
  ["found=yes", ...Object.entries(values).map(([name, value]) => `${name}=${value}`), ""].join("\n");

/** @param mailHome folder below which each mailbox has one */
export function dovecotRoutes(directory: Directory, mailHome: Config["mailHome"]): Hono {
  const app = new Hono();
  const homeOf = ({ address }: Mailbox): string => {
    const { domain = "", local = "" } = parseAddress(address) ?? {};
    return `${mailHome}/${domain}/${local}`;
  };

  /** Who logs in, and the mailbox behind it. A machine account has none: it sends, and has nothing to open. */
  app.get("/dovecot/passdb", (c) =>
    answer(c, directory, question, c.req.query(), ({ view }, { user }) => {
      const mailbox = mailboxByLogin(view, user);
      if (mailbox?.passwordHash !== undefined)
        return c.text(present({ user: mailbox.address, password: mailbox.passwordHash, home: homeOf(mailbox) }));
      const machine = view.machines.get(user);
      const password = machine?.passwordHash;
      return c.text(
        machine === undefined || password === undefined ? ABSENT : present({ user: machine.login, password }),
      );
    }),
  );

  app.get("/dovecot/userdb", (c) =>
    answer(c, directory, question, c.req.query(), ({ view }, { user }) => {
      const mailbox = mailboxAt(view, user);
      return c.text(mailbox === undefined ? ABSENT : present({ user: mailbox.address, home: homeOf(mailbox) }));
    }),
  );

  app.get("/dovecot/users", (c) => {
    const snapshot = directory.now();
    if (snapshot === undefined) return notReady(c);
    return c.text(
      [...snapshot.view.mailboxes.keys()]
        .sort()
        .map((address) => `user=${address}\n`)
        .join(""),
    );
  });

  app.all("/dovecot/*", (c) => c.json({ error: "This is no question that the directory knows." }, 405));

  app.post("/policy/from", async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    return answer(c, directory, fromQuestion, body, ({ view }, { login, from }) =>
      c.json({
        allowed: from.length > 0 && from.every((address) => senderLogins(view, address).includes(login)),
        domainHosted: from.length > 0 && from.every((address) => isSignedDomain(view, address)),
      }),
    );
  });

  app.get("/healthz", (c) => (directory.now() === undefined ? notReady(c) : c.json({ status: "ok" })));
  return app;
}

/** The mailbox that somebody logs in to: its address, or the same one in a domain that is an alias. No extensions. */
function mailboxByLogin(view: Snapshot["view"], login: string): Mailbox | undefined {
  const mailbox = mailboxAt(view, login);
  return parseAddress(mailbox?.address ?? "")?.local === parseAddress(login)?.local ? mailbox : undefined;
}

function answer<Question>(
  c: Context,
  directory: Directory,
  schema: z.ZodType<Question>,
  content: unknown,
  tell: (snapshot: Snapshot, asked: Question) => Response,
): Response {
  const asked = schema.safeParse(content);
  if (!asked.success) return c.json({ error: sentences(asked.error).join(" ") }, 400);
  const snapshot = directory.now();
  if (snapshot === undefined) return notReady(c);
  return tell(snapshot, asked.data);
}

/** 503: "not there" is only said by a directory that was read. */
export function notReady(c: Context): Response {
  return c.json({ error: "The directory is not ready. Ask again." }, 503);
}

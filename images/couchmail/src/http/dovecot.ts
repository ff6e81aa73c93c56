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

const question = z.object({
  user: z.string().toLowerCase(),
  /** Dovecot's name of the protocol that is logged in to. */
  service: z.string().optional(),
});
const fromQuestion = z.object({ login: z.string().toLowerCase(), from: z.array(z.string().toLowerCase()).max(1000) });

/** "Not there" is an answer of its own and no 404, which anybody gives who does not know the question. */
const ABSENT = { found: false } as const;
/** Services of Dovecot that a machine account may log in to: it sends, and has no mailbox to open. */
const SUBMISSION = new Set(["smtp", "submission"]);

export function dovecotRoutes(directory: Directory, mail: Config["mail"]): Hono {
  const app = new Hono();

  app.get("/dovecot/passdb", (c) =>
    answer(c, directory, question, c.req.query(), ({ view }, { user, service }) => {
      const mailbox = mailboxByLogin(view, user);
      if (mailbox?.passwordHash !== undefined)
        return { user: mailbox.address, password: mailbox.passwordHash, kind: "mailbox" };
      const machine = service === undefined || SUBMISSION.has(service) ? view.machines.get(user) : undefined;
      if (machine?.passwordHash === undefined) return undefined;
      return { user: machine.login, password: machine.passwordHash, kind: "machine" };
    }),
  );

  app.get("/dovecot/userdb", (c) =>
    answer(c, directory, question, c.req.query(), ({ view }, { user }) => {
      const mailbox = mailboxAt(view, user);
      const parsed = mailbox === undefined ? undefined : parseAddress(mailbox.address);
      if (mailbox === undefined || parsed === undefined) return undefined;
      return {
        user: mailbox.address,
        home: `${mail.home}/${parsed.domain}/${parsed.local}`,
        uid: mail.uid,
        gid: mail.gid,
      };
    }),
  );

  app.get("/dovecot/users", (c) => {
    const snapshot = directory.now();
    return snapshot === undefined ? notReady(c) : c.json([...snapshot.view.mailboxes.keys()].sort());
  });

  app.all("/dovecot/*", (c) => c.json({ error: "This is no question that the directory knows." }, 405));

  app.post("/policy/from", async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    return answer(c, directory, fromQuestion, body, ({ view }, { login, from }) => ({
      allowed: from.length > 0 && from.every((address) => senderLogins(view, address).includes(login)),
      domainHosted: from.length > 0 && from.every((address) => isSignedDomain(view, address)),
    }));
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
  find: (snapshot: Snapshot, asked: Question) => object | undefined,
): Response {
  const asked = schema.safeParse(content);
  if (!asked.success) return c.json({ error: sentences(asked.error).join(" ") }, 400);
  const snapshot = directory.now();
  if (snapshot === undefined) return notReady(c);
  return c.json(find(snapshot, asked.data) ?? ABSENT);
}

/** 503: "not there" is only said by a directory that was read. */
export function notReady(c: Context): Response {
  return c.json({ error: "The directory is not ready. Ask again." }, 503);
}

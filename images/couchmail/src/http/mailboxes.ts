/** Mailboxes over REST. A password goes in and is hashed before anything else happens; no hash ever comes out. */
import * as z from "zod";
import { hashPassword } from "../../../../components/directory/hash.ts";
import { mailboxAddress, passwordHash } from "../../../../components/directory/schema.ts";
import type { Directory, Snapshot } from "../directory.ts";
import type { Editor } from "./editor.ts";
import { Refusal, bodyRoute, route } from "./route.ts";
import type { Route } from "./route.ts";

const mailboxAnswer = z.object({
  address: z.string(),
  state: z
    .enum(["active", "detached"])
    .describe(
      "`detached`: the settings, or its domain, no longer name it; no login, mail to it is refused, what it holds is kept.",
    ),
  owner: z
    .enum(["settings", "directory"])
    .describe("Whose password is in force. The first change here makes it the directory's."),
});

const password = z.string().min(8).max(1024).describe("Hashed at once, never stored or logged.");
const secret = z.union([z.strictObject({ password }), z.strictObject({ passwordHash })]);
const newMailbox = z.union([
  z.strictObject({ address: mailboxAddress, password }),
  z.strictObject({ address: mailboxAddress, passwordHash }),
]);

function hashOf(given: z.infer<typeof secret>): string {
  return "password" in given ? hashPassword(given.password) : given.passwordHash;
}

/** All that can be done with mailboxes. */
export function mailboxRoutes(directory: Directory, editor: Editor): readonly Route[] {
  const describe = (address: string): z.infer<typeof mailboxAnswer> => {
    const found = listMailboxes(directory, editor.snapshot()).find((mailbox) => mailbox.address === address);
    if (found === undefined) throw new Refusal(404, `There is no mailbox ${address}.`);
    return found;
  };
  return [
    route({
      method: "get",
      path: "/mailboxes",
      summary: "All mailboxes.",
      status: 200,
      answer: z.array(mailboxAnswer),
      run: () => listMailboxes(directory, editor.snapshot()),
    }),
    route({
      method: "get",
      path: "/mailboxes/:address",
      summary: "One mailbox.",
      parameter: mailboxAddress,
      status: 200,
      answer: mailboxAnswer,
      run: describe,
    }),
    bodyRoute({
      method: "post",
      path: "/mailboxes",
      summary: "Makes a mailbox. One that was deleted or is detached gets the mail back that is still there.",
      status: 201,
      body: newMailbox,
      answer: mailboxAnswer,
      run: async (_, given) => {
        const hash = hashOf(given);
        await editor.change(({ view }) => {
          if (view.mailboxes.has(given.address)) throw new Refusal(409, `${given.address} exists already.`);
          return { type: "mailbox", name: given.address, state: "own", passwordHash: hash };
        });
        return describe(given.address);
      },
    }),
    bodyRoute({
      method: "put",
      path: "/mailboxes/:address/password",
      summary: "Sets the password.",
      parameter: mailboxAddress,
      status: 204,
      body: secret,
      run: async (address, given) => {
        describe(address);
        const hash = hashOf(given);
        await editor.change(() => ({ type: "mailbox", name: address, state: "own", passwordHash: hash }));
      },
    }),
    route({
      method: "delete",
      path: "/mailboxes/:address",
      summary: "Deletes a mailbox for good, also when the settings go on naming it. Its mail is not touched.",
      parameter: mailboxAddress,
      status: 204,
      run: async (address) => {
        describe(address);
        await editor.change(() => ({ type: "mailbox", name: address, state: "deleted" }));
      },
    }),
  ];
}

function listMailboxes(directory: Directory, { view }: Snapshot): readonly z.infer<typeof mailboxAnswer>[] {
  return directory.entries().flatMap(({ record }) => {
    if (record.type !== "mailbox" || record.state === "deleted") return [];
    const owner = record.state === "own" ? "directory" : "settings";
    return [{ address: record.name, state: view.mailboxes.has(record.name) ? "active" : "detached", owner }];
  });
}

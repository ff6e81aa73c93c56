/** Domains over REST. Settings own them: keys, DNS and certificates of a domain need a deployment. */
import * as z from "zod";
import { domainName } from "../../../../components/directory/schema.ts";
import type { Directory } from "../directory.ts";
import type { Editor } from "./editor.ts";
import { Refusal, bodyRoute, route } from "./route.ts";
import type { Route } from "./route.ts";

const domainAnswer = z.object({
  name: z.string(),
  state: z
    .enum(["active", "pending", "inactive"])
    .describe(
      "`pending`: asked for here and not in the settings yet. `inactive`: was in the settings; its mail is kept and refused.",
    ),
  aliasOf: z.string().optional(),
  catchAll: z.array(z.string()).optional(),
  note: z.string().optional().describe("What to do, where something is to be done."),
});

const PENDING_NOTE =
  "Add it to domains in the stack's settings and deploy: its keys, DNS records and certificates are made then.";

/** All that can be done with domains. */
export function domainRoutes(directory: Directory, editor: Editor): readonly Route[] {
  return [
    route({
      method: "get",
      path: "/domains",
      summary: "All domains.",
      status: 200,
      answer: z.array(domainAnswer),
      run: () => listDomains(directory, editor),
    }),
    bodyRoute({
      method: "post",
      path: "/domains",
      summary: "Asks for a domain. It is `pending`, and hosts nothing, until the settings name it.",
      status: 201,
      body: z.strictObject({ name: domainName }),
      answer: domainAnswer,
      run: async (_, { name }) => {
        await editor.change(({ view }) => {
          const state = directory.entry("domain", name)?.record.state;
          if (view.domains.has(name)) throw new Refusal(409, `${name} is hosted already.`);
          if (state === "pending") throw new Refusal(409, `${name} is pending already. ${PENDING_NOTE}`);
          return { type: "domain", name, state: "pending" };
        });
        return { name, state: "pending", note: PENDING_NOTE };
      },
    }),
    route({
      method: "delete",
      path: "/domains/:name",
      summary: "Takes back a domain that is pending.",
      parameter: domainName,
      status: 204,
      run: async (name) => {
        await editor.change(({ view }) => {
          if (view.domains.has(name))
            throw new Refusal(409, `${name} is in the settings. Take it out of domains there and deploy.`);
          if (directory.entry("domain", name)?.record.state !== "pending")
            throw new Refusal(404, `There is no pending domain ${name}.`);
          return { type: "domain", name, state: "deleted" };
        });
      },
    }),
  ];
}

function listDomains(directory: Directory, editor: Editor): readonly z.infer<typeof domainAnswer>[] {
  const { content, view } = editor.snapshot();
  const active = content.domains.map((domain) => ({ ...domain, state: "active" as const }));
  const waiting = directory.entries().flatMap(({ record }) => {
    if (record.type !== "domain" || record.state === "deleted" || view.domains.has(record.name)) return [];
    const { name } = record;
    return [
      record.state === "pending"
        ? { name, state: "pending" as const, note: PENDING_NOTE }
        : { name, state: "inactive" as const },
    ];
  });
  return [...active, ...waiting];
}

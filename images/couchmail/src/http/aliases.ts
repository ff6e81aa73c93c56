/** Aliases over REST. */
import * as z from "zod";
import { aliasSchema, mailAddress } from "../../../../components/directory/schema.ts";
import type { Alias } from "../../../../components/directory/schema.ts";
import type { DirectoryRecord } from "../record.ts";
import type { Editor } from "./editor.ts";
import { Refusal, bodyRoute, route } from "./route.ts";
import type { Route } from "./route.ts";

const destination = z.union([
  z.strictObject({ targets: z.array(mailAddress).min(1).max(1000) }),
  z.strictObject({ discard: z.literal(true) }),
]);

function recordOf(alias: Alias): DirectoryRecord {
  const { address, ...value } = alias;
  return { type: "alias", name: address, state: "own", ...value };
}

/** All that can be done with aliases. */
export function aliasRoutes(editor: Editor): readonly Route[] {
  const described = (address: string): Alias => {
    const found = editor.snapshot().view.aliases.get(address);
    if (found === undefined) throw new Refusal(404, `There is no alias ${address}.`);
    return found;
  };
  return [
    route({
      method: "get",
      path: "/aliases",
      summary: "All aliases in force.",
      status: 200,
      answer: z.array(aliasSchema),
      run: () => [...editor.snapshot().view.aliases.values()].sort((a, b) => (a.address < b.address ? -1 : 1)),
    }),
    route({
      method: "get",
      path: "/aliases/:address",
      summary: "One alias.",
      parameter: mailAddress,
      status: 200,
      answer: aliasSchema,
      run: described,
    }),
    bodyRoute({
      method: "post",
      path: "/aliases",
      summary: "Makes an alias. Its targets may be here or elsewhere; a loop is refused.",
      status: 201,
      body: aliasSchema,
      answer: aliasSchema,
      run: async (_, alias) => {
        await editor.change(({ view }) => {
          if (view.aliases.has(alias.address))
            throw new Refusal(409, `${alias.address} exists already; change it with PUT.`);
          return recordOf(alias);
        });
        return described(alias.address);
      },
    }),
    bodyRoute({
      method: "put",
      path: "/aliases/:address",
      summary: "Changes where an alias leads.",
      parameter: mailAddress,
      status: 200,
      body: destination,
      answer: aliasSchema,
      run: async (address, value) => {
        described(address);
        await editor.change(() => recordOf({ address, ...value }));
        return described(address);
      },
    }),
    route({
      method: "delete",
      path: "/aliases/:address",
      summary: "Deletes an alias for good, also when the settings go on naming it.",
      parameter: mailAddress,
      status: 204,
      run: async (address) => {
        described(address);
        await editor.change(() => ({ type: "alias", name: address, state: "deleted" }));
      },
    }),
  ];
}

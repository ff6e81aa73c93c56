/** The REST interface's operations. */
import * as z from "zod";
import { checkDirectory } from "../../../../components/directory/check.ts";
import type { Directory } from "../directory.ts";
import { recordId } from "../record.ts";
import { aliasRoutes } from "./aliases.ts";
import { domainRoutes } from "./domains.ts";
import { mailboxRoutes } from "./mailboxes.ts";
import type { Editor } from "./editor.ts";
import { failureSchema, route } from "./route.ts";
import type { Route } from "./route.ts";

/** All of them, in the order of the description. */
export function apiRoutes(directory: Directory, editor: Editor): readonly Route[] {
  return [
    ...domainRoutes(directory, editor),
    ...mailboxRoutes(directory, editor),
    ...aliasRoutes(editor),
    route({
      method: "get",
      path: "/conflicts",
      summary: "Records that sites changed apart from each other; the revision shown is the one in force everywhere.",
      status: 200,
      answer: z.array(z.object({ id: z.string(), revision: z.string(), conflicts: z.array(z.string()) })),
      run: () =>
        directory
          .entries()
          .filter(({ conflicts }) => conflicts.length > 0)
          .map(({ record, revision, conflicts }) => ({ id: recordId(record), revision, conflicts })),
    }),
    route({
      method: "get",
      path: "/problems",
      summary: "What is wrong with the directory as a whole, such as a loop made by settings and directory together.",
      status: 200,
      answer: failureSchema.shape.problems.unwrap(),
      run: () => checkDirectory(editor.snapshot().content, directory.delimiter),
    }),
  ];
}

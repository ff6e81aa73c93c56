/** Files that go on with lists of the settings. */
import { z } from "zod";

/** The keys that such a file may have: lists that grow with those who have mail here, without a secret in them. */
export const INCLUDED_KEYS = ["domains", "parkedDomains", "dnsZones", "mailboxes", "aliases", "machines"] as const;

const fileName = z.string().regex(/^(?!Pulumi\.)[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)*\.ya?ml$/, {
  error: "a file below the folder of the stack's own, such as clubs.yaml",
});

/** The settings' `include`: names of files, relative to the folder of the stack's own. */
export const includeSchema = z.array(fileName).refine((names) => new Set(names).size === names.length, {
  error: "each file once",
});

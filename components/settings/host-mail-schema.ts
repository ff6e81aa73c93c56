/** What the sites' machines do with their own mail: what cron, upgrades and the like write to root. */
import { z } from "zod";
import { mailAddress, mailboxAddress } from "../directory/schema.ts";

/** The settings' `hostMail`. */
export const hostMailSchema = z.strictObject({
  account: mailboxAddress.describe("Login, under `machines`, that they send with. Its password is a made-up one."),
  to: mailAddress
    .optional()
    .describe(
      "Who reads mail to root and to everybody else of a machine. Without it: postmaster@ of the first domain.",
    ),
});

/** The directory's records: one definition for the settings, the file that brings first values, and the REST interface. */
import * as z from "zod";
import { isAddress, isDomainName, isMailboxAddress } from "./address.ts";
import { isSenderPattern } from "./pattern.ts";
import { isPasswordHash, withScheme } from "./scheme.ts";

/** A domain that mail can be sent to, in lower case. */
export const domainName = z
  .string()
  .toLowerCase()
  .refine(isDomainName, "a domain name such as home.test; international ones as A-labels (xn--…)")
  .meta({ format: "hostname" });

/** Any address that mail can be sent to, here or elsewhere. */
export const mailAddress = z
  .string()
  .toLowerCase()
  .refine(isAddress, "an address such as ann@home.test, without quotes or a display name")
  .meta({ format: "email" });

/** An address that a mailbox can have. */
export const mailboxAddress = z
  .string()
  .toLowerCase()
  .refine(
    (text) => isMailboxAddress(text),
    "an address such as ann@home.test: letters, digits, . _ - = & ' and no + before the @",
  )
  .meta({ format: "email" });

/** A password's hash; its scheme is written before it where it was left out. */
export const passwordHash = z
  .string()
  .refine(isPasswordHash, "a SHA512-CRYPT ($6$…) or ARGON2ID ($argon2id$…) hash; never the password itself")
  .overwrite(withScheme);

const senderPattern = z
  .string()
  .toLowerCase()
  .refine(isSenderPattern, "an address, or with * for every local part and *. for every subdomain: *@*.home.test");

const targets = z.array(mailAddress).min(1).max(1000);

/** A hosted domain. */
export const domainSchema = z.strictObject({
  name: domainName.describe("The mail domain."),
  aliasOf: domainName
    .optional()
    .describe("Mail to any address here goes to the same local part there, where that one exists."),
  catchAll: targets
    .optional()
    .describe("Who receives mail to addresses that do not exist. Without it such mail is refused."),
});

/** An alias: it has targets, or throws its mail away. */
export const aliasSchema = z.union([
  z.strictObject({
    address: mailAddress.describe("The alias."),
    targets: targets.describe("Who receives its mail: mailboxes and aliases here, or any address elsewhere."),
  }),
  z.strictObject({
    address: mailAddress,
    discard: z.literal(true).describe("Accept mail to the address and throw it away."),
  }),
]);

/** An account of machines, which may submit mail and has no mailbox. */
export const machineSchema = z.strictObject({
  login: mailboxAddress.describe("What the machines log in as."),
  senders: z.array(senderPattern).min(1).max(100).describe("Addresses they may send from, such as `*@*.home.test`."),
});

/** The file that brings the settings' domains and first values to couchmail: `directory.json`. */
export const directoryFileSchema = z.strictObject({
  domains: z.array(domainSchema),
  mailboxes: z.array(z.strictObject({ address: mailboxAddress, passwordHash })),
  aliases: z.array(aliasSchema),
  machines: z.array(machineSchema.extend({ passwordHash })).default([]),
  ownDomain: domainName.optional(),
});

/** A hosted domain. */
export type Domain = z.infer<typeof domainSchema>;
/** An alias, with targets or without. */
export type Alias = z.infer<typeof aliasSchema>;
/** A machine account as the settings list it. */
export type MachineSenders = z.infer<typeof machineSchema>;
/** Passwords are hashes, and are absent where they are not known yet: in a plan. */
export type Mailbox = { readonly address: string; readonly passwordHash?: string | undefined };
/** The same with its password's hash, as a mailbox has it. */
export type Machine = MachineSenders & { readonly passwordHash?: string | undefined };
/** Content of `directory.json`. */
export type DirectoryFile = z.infer<typeof directoryFileSchema>;

/** What a directory holds at one moment. */
export interface DirectoryContent {
  readonly domains: readonly Domain[];
  readonly mailboxes: readonly Mailbox[];
  readonly aliases: readonly Alias[];
  readonly machines: readonly Machine[];
  /** Domain of the sites' own names. Nobody has a mailbox there, but machines send from it, and it signs. */
  readonly ownDomain?: string | undefined;
}

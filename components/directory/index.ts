/** The directory's shapes and rules: one definition for the settings and for the service. */
export {
  DEFAULT_DELIMITER,
  DISCARD_ADDRESS,
  isAddress,
  isDomainName,
  isMailboxAddress,
  parseAddress,
  splitExtension,
} from "./address.ts";
export { checkDirectory } from "./check.ts";
export { directoryJson } from "./json.ts";
export { findLoops } from "./loops.ts";
export { matchesPattern } from "./pattern.ts";
export { aliasTargets, destinations, isSignedDomain, senderLogins } from "./resolve.ts";
export { ROLE_ADDRESSES, missingRoles } from "./roles.ts";
export * from "./schema.ts";
export { isPasswordHash, withScheme } from "./scheme.ts";
export { isHosted, locate, mailboxAt, viewOf } from "./view.ts";
export type { DirectoryView, Place } from "./view.ts";

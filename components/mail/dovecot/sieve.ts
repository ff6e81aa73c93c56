/** The administrator's Sieve script, RFC 5228. */

/** Folder where Dovecot keeps the compiled form of scripts whose own folder is read-only. */
export const SIEVE_CACHE = "/var/cache/sieve";

/** Runs before a user's own scripts, which do not see what it has filed: a filter must not answer or forward spam. */
export const JUNK_SCRIPT = `# Files what the filter has marked.
require ["fileinto", "mailbox"];

if header :is "X-Spam" "Yes" {
    fileinto :create "Junk";
    stop;
}
`;

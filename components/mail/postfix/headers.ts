/** Header fields that a submitted message leaves behind. */

/** Names that tell the user's address or program, and that no reader needs. */
const REMOVED = [
  "User-Agent",
  "X-Mailer",
  "X-MimeOLE",
  "X-Newsreader",
  "X-Originating-Client",
  "X-Originating-IP",
  "X-Sender-IP",
  "X-Client-IP",
  "X-Enigmail",
  "X-PHP-Originating-Script",
] as const;

/**
 * A regexp_table(5) for `header_checks`.
 *
 * Our own trace line stays; those from before the submission go, because they hold the client's name and address. It is
 * recognised by its start, which has no client in it while `smtpd_hide_client_session` is on.
 */
export function submissionHeaders(hostname: string): string {
  const own = hostname.replaceAll(".", "\\.");
  return [
    "# The trace line of this server stays, earlier ones tell where the user was.",
    `/^Received: by ${own} \\(Postfix\\)/ DUNNO`,
    "/^Received:/ IGNORE",
    "# What tells the user's address or program.",
    ...REMOVED.map((name) => `/^${name}:/ IGNORE`),
    "",
  ].join("\n");
}

/** A mail transaction, RFC 5321 section 3.3. */

export interface Transaction {
  readonly from: string;
  readonly to: string;
  /** Whole, with lines that end with CRLF. No line of it may begin with a dot. */
  readonly text: string;
}

/** What the foreign server says for one after the greeting, as `smtpFromOutside` takes it: four commands, then the message and its end. */
export function transaction({ from, to, text }: Transaction): string[] {
  return [
    "EHLO mail.outside.test",
    `MAIL FROM:<${from}>`,
    `RCPT TO:<${to}>`,
    "DATA",
    ...text.split("\r\n").map((line) => ` ${line}`),
    ".",
  ];
}

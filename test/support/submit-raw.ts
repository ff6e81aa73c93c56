/** A message of a user's, handed in as it is: mail programs and libraries would put it in order first. */
import type { Access, Account } from "../../tools/site/clients.ts";
import { tlsSession } from "./session.ts";

/**
 * @param message lines with CRLF; none of them begins with a point
 * @returns the answer to it, or to what was said before if that was refused
 */
export async function submitRaw(access: Access, account: Account, to: string, message: string): Promise<string> {
  const { address, password } = account;
  const answers = await tlsSession(access, 465, [
    "EHLO laptop.example",
    `AUTH PLAIN ${Buffer.from(`\0${address}\0${password}`).toString("base64")}`,
    `MAIL FROM:<${address}>`,
    `RCPT TO:<${to}>`,
    "DATA",
    `${message}\r\n.`,
  ]);
  return answers.at(-1) ?? "";
}

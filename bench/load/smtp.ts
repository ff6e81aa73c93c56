/** A sender: one SMTP session (RFC 5321), without TLS, over which one message goes after the other. */
import { Lines, type Endpoint } from "./lines.ts";

export interface Envelope {
  readonly from: string;
  readonly to: string;
  readonly message: string;
}

export class Smtp {
  readonly #lines: Lines;

  private constructor(lines: Lines) {
    this.#lines = lines;
  }

  static async open(server: Endpoint, helo: string): Promise<Smtp> {
    const session = new Smtp(new Lines(server));
    await session.#say("", 220);
    await session.#say(`EHLO ${helo}\r\n`, 250);
    return session;
  }

  /** @throws Error with the server's words when it does not take the message */
  async send({ from, to, message }: Envelope): Promise<void> {
    await this.#say(`MAIL FROM:<${from}>\r\n`, 250);
    await this.#say(`RCPT TO:<${to}>\r\n`, 250);
    await this.#say("DATA\r\n", 354);
    await this.#say(`${message}.\r\n`, 250);
  }

  async quit(): Promise<void> {
    await this.#say("QUIT\r\n", 221);
    this.#lines.close();
  }

  async #say(text: string, code: number): Promise<void> {
    const answer = await this.#lines.ask(text, (line) => /^\d{3}( |$)/.test(line));
    if (!answer.at(-1)?.startsWith(String(code))) throw new Error(`SMTP: ${answer.join(" / ")}`);
  }
}

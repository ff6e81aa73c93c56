/** A reader: one IMAP session (RFC 3501) with the inbox open, which is asked how many messages it has. */
import { Lines, type Endpoint } from "./lines.ts";

export interface Login {
  readonly address: string;
  readonly password: string;
}

export class Inbox {
  readonly #lines: Lines;
  #tag = 0;
  #messages = 0;

  private constructor(lines: Lines) {
    this.#lines = lines;
  }

  static async open(server: Endpoint, { address, password }: Login): Promise<Inbox> {
    const lines = new Lines(server);
    await lines.ask("", (line) => line.startsWith("* OK"));
    const inbox = new Inbox(lines);
    await inbox.#command(`LOGIN "${address}" "${password}"`);
    await inbox.#command("SELECT INBOX");
    return inbox;
  }

  /** How many messages can be read now. */
  async count(): Promise<number> {
    await this.#command("NOOP");
    return this.#messages;
  }

  close(): void {
    this.#lines.close();
  }

  async #command(text: string): Promise<void> {
    const tag = `t${(this.#tag += 1)}`;
    const answer = await this.#lines.ask(`${tag} ${text}\r\n`, (line) => line.startsWith(`${tag} `));
    if (!answer.at(-1)?.startsWith(`${tag} OK`)) throw new Error(`IMAP: ${answer.at(-1)}`);
    for (const line of answer) {
      const exists = /^\* (\d+) EXISTS/.exec(line);
      if (exists?.[1] !== undefined) this.#messages = Number(exists[1]);
    }
  }
}

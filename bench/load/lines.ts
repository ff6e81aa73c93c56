/** A connection on which lines are sent and answers waited for, as little work as can be: SMTP and IMAP stand on it. */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** TLS from the start, with a certificate for this name from this authority; absent: none. */
  readonly tls?: { readonly servername: string; readonly ca: string } | undefined;
}

/** No server takes longer for an answer here; a run that hangs ends with an error. */
const PATIENCE_MS = 120_000;

/** Answers are taken one after the other; `isLast` says which line completes the one that is waited for. */
export class Lines {
  readonly #socket: Socket;
  #pending = "";
  #gathered: string[] = [];
  #isLast: (line: string) => boolean = () => true;
  #answered: ((lines: readonly string[]) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #error: Error | undefined;

  constructor({ host, port, tls }: Endpoint) {
    this.#socket = tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ...tls });
    this.#socket.setNoDelay(true);
    this.#socket.setTimeout(PATIENCE_MS, () => this.#fail(new Error(`${host}:${port} does not answer`)));
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text: string) => this.#take(text));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error(`${host}:${port} hung up`)));
  }

  /** Sends text, if any, and gives the lines of the answer. */
  ask(text: string, isLast: (line: string) => boolean): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) {
        reject(this.#error);
        return;
      }
      this.#isLast = isLast;
      this.#answered = resolve;
      this.#failed = reject;
      if (text !== "") this.#socket.write(text, "latin1");
      this.#take("");
    });
  }

  close(): void {
    this.#answered = this.#failed = undefined;
    this.#error ??= new Error("closed");
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#pending += text;
    while (this.#answered !== undefined) {
      const end = this.#pending.indexOf("\n");
      if (end < 0) return;
      const line = this.#pending.slice(0, end).trimEnd();
      this.#pending = this.#pending.slice(end + 1);
      this.#gathered.push(line);
      if (!this.#isLast(line)) continue;
      const [answered, lines] = [this.#answered, this.#gathered];
      this.#answered = this.#failed = undefined;
      this.#gathered = [];
      answered(lines);
    }
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#failed?.(this.#error);
    this.#answered = this.#failed = undefined;
  }
}

/** SMTP with a server that takes its time. */
import { connect, type Socket } from "node:net";

/** A server that asks a resolver which hears from nobody answers late. */
const ANSWER_MS = 180_000;

/** Delivers a message with the empty sender, as a notice of non-delivery comes. @throws Error on any refusal */
export async function sendMail(host: string, recipient: string, text: string): Promise<void> {
  const socket = connect({ host, port: 25 });
  try {
    await answered(socket, "", /^220 /m);
    const lines = ["EHLO far.example", "MAIL FROM:<>", `RCPT TO:<${recipient}>`];
    for (const line of lines) await answered(socket, `${line}\r\n`, /^250 /m);
    await answered(socket, "DATA\r\n", /^354 /m);
    await answered(socket, `${text}\r\n.\r\n`, /^250 /m);
    socket.end("QUIT\r\n");
  } finally {
    socket.destroy();
  }
}

/** What the server says that it can do. */
export async function capabilities(host: string): Promise<string> {
  const socket = connect({ host, port: 25 });
  try {
    await answered(socket, "", /^220 /m);
    return await answered(socket, "EHLO far.example\r\n", /^250 /m);
  } finally {
    socket.destroy();
  }
}

function answered(socket: Socket, line: string, wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      socket.removeAllListeners("data").removeAllListeners("error").removeAllListeners("close");
      if (error === undefined) resolve(said);
      else reject(error);
    };
    const refuse = (why: string): void => finish(new Error(`${why} after ${line.split("\r\n")[0] ?? ""}: ${said}`));
    const timer = setTimeout(() => refuse("no answer"), ANSWER_MS);
    socket.on("data", (data: Buffer) => {
      said += data.toString();
      if (wanted.test(said)) finish();
      // The last line of another answer.
      else if (/^\d{3} .*\r\n$/m.test(said)) refuse("another answer");
    });
    socket.on("error", (error) => refuse(error.message));
    socket.on("close", () => refuse("the connection was closed"));
    if (line !== "") socket.write(line);
  });
}

/** The load's own SMTP and IMAP, against small servers on the loopback. */
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Inbox } from "../../../bench/load/imap.ts";
import { Smtp } from "../../../bench/load/smtp.ts";

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

/** Answers each line by a script; what it does not know goes on without an answer, as the text of a message does. */
async function serve(
  greeting: string,
  answer: (line: string) => string | undefined,
): Promise<{ host: string; port: number }> {
  const made = createServer((socket: Socket) => {
    let pending = "";
    socket.setEncoding("latin1");
    socket.on("error", () => socket.destroy());
    socket.write(greeting);
    socket.on("data", (text: string) => {
      const lines = (pending + text).split("\r\n");
      pending = lines.pop() ?? "";
      for (const line of lines) socket.write(answer(line) ?? "");
    });
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  const address = made.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { host: "127.0.0.1", port: address.port };
}

const TAKES: Readonly<Record<string, string>> = {
  EHLO: "250-there\r\n250 SIZE 1000\r\n",
  MAIL: "250 ok\r\n",
  RCPT: "250 ok\r\n",
  DATA: "354 go on\r\n",
  ".": "250 queued\r\n",
  QUIT: "221 bye\r\n",
};

const envelope = { from: "a@outside.test", to: "b@home.test", message: "Subject: x\r\n\r\nhello\r\n" };

describe("the sender", () => {
  it("sends one message after the other over one connection", async () => {
    const heard: string[] = [];
    const session = await Smtp.open(
      await serve("220 there\r\n", (line) => {
        heard.push(line);
        return TAKES[line.split(" ")[0] ?? ""];
      }),
      "me.test",
    );
    await session.send(envelope);
    await session.send(envelope);
    await session.quit();
    expect(heard.filter((line) => line === ".")).toHaveLength(2);
    expect(heard[0]).toBe("EHLO me.test");
  });

  it("does not count a message that is refused", async () => {
    const answers = { ...TAKES, ".": "451 4.7.1 later\r\n" };
    const session = await Smtp.open(
      await serve(
        "220 there\r\n",
        (line) => Object.entries(answers).find(([word]) => line.split(" ")[0] === word)?.[1],
      ),
      "me.test",
    );
    await expect(session.send(envelope)).rejects.toThrow("451 4.7.1 later");
  });
});

describe("the reader", () => {
  it("knows how many messages there are from what any answer says", async () => {
    let messages = 3;
    const inbox = await Inbox.open(
      await serve("* OK hello\r\n", (line) => {
        const [tag = "", command] = line.split(" ");
        const news = command === "LOGIN" ? "" : `* ${messages} EXISTS\r\n`;
        messages += 1;
        return `${news}${tag} OK done\r\n`;
      }),
      { address: "b@home.test", password: "secret" },
    );
    expect(await inbox.count()).toBe(5);
    expect(await inbox.count()).toBe(6);
    inbox.close();
  });

  it("says when it is not let in", async () => {
    const endpoint = await serve("* OK hello\r\n", (line) => `${line.split(" ")[0] ?? ""} NO not you\r\n`);
    await expect(Inbox.open(endpoint, { address: "b@home.test", password: "wrong" })).rejects.toThrow("NO not you");
  });
});

/** A stand-in for providers' interfaces, on the loopback: answers by path, and what it was asked. */
import { createServer } from "node:http";
import { onTestFinished } from "vitest";
import { z } from "zod";
import type { Verdict } from "../../../tools/preflight/verdict.ts";

export interface CloudServer {
  readonly base: string;
  readonly asked: readonly { readonly path: string; readonly token: string | undefined; readonly body: string }[];
  readonly close: () => Promise<void>;
}

/** What it says when it is asked for a path. */
export type Answer = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>];

/** An answer may depend on who asks: on the whole header `Authorization`. */
export type Answers = Readonly<Record<string, Answer | ((authorization: string | undefined) => Answer)>>;

/** Paths that it has no answer for are not found. */
async function cloudServer(answers: Answers): Promise<CloudServer> {
  const asked: { path: string; token: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      asked.push({ path, token: request.headers.authorization?.replace(/^Bearer /, ""), body });
      const given = answers[path] ?? [404, { message: "not found" }];
      const [status, answer, headers] = typeof given === "function" ? given(request.headers.authorization) : given;
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { base: `http://127.0.0.1:${port}`, asked, close };
}

let last: CloudServer | undefined;

/** One that is there until the test has ended. */
export async function serving(answers: Answers): Promise<CloudServer> {
  const server = await cloudServer(answers);
  last = server;
  onTestFinished(server.close);
  return server;
}

/** The one that was last made. */
export const lastServer = (): CloudServer | undefined => last;

export const told = (verdicts: readonly Verdict[]): string[] =>
  verdicts.map(({ check, where, level, says }) => `${check} of ${where}: ${level}. ${says}`);

/** What a site answers over HTTP and HTTPS. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly location: string;
  readonly text: string;
}

/** Asks a server at an address for what it has under a name. */
export function askHttp(address: string, name: string, path: string): Promise<Answer> {
  return answerOf(httpRequest({ host: address, ...common(name, path) }), "");
}

/** The same over TLS, which is verified with `ca` unless the options say otherwise. */
export function askHttps(
  address: string,
  name: string,
  path: string,
  options: RequestOptions = {},
  body = "",
): Promise<Answer> {
  return answerOf(httpsRequest({ host: address, servername: name, ...common(name, path), ...options }), body);
}

const common = (name: string, path: string): RequestOptions => ({
  path,
  headers: { host: name },
  timeout: 20_000,
  agent: false,
});

function answerOf(asked: ReturnType<typeof httpRequest>, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    asked.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.once("end", () => {
        const { "content-type": type = "", location = "" } = response.headers;
        resolve({ status: response.statusCode ?? 0, type, location, text });
      });
    });
    asked.once("timeout", () => asked.destroy(new Error("no answer within 20 s")));
    asked.once("error", reject);
    asked.end(body);
  });
}

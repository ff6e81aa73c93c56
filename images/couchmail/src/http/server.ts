/** The HTTP server: Dovecot's questions, and the REST interface behind its token. */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { routePath } from "hono/route";
import * as z from "zod";
import type { Config } from "../config.ts";
import type { Directory } from "../directory.ts";
import { messageOf } from "../log.ts";
import type { Logger } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { sentences } from "../sentences.ts";
import { ConflictError } from "../store.ts";
import { apiRoutes } from "./api.ts";
import { dovecotRoutes } from "./dovecot.ts";
import { Editor, NotReady } from "./editor.ts";
import { openApi } from "./openapi.ts";
import { Refusal } from "./route.ts";
import type { Route } from "./route.ts";

const MAX_BODY = 64 * 1024;
const MAX_CONNECTIONS = 200;

/** What the server answers from. */
export interface HttpArgs {
  readonly directory: Directory;
  readonly metrics: Metrics;
  readonly mailHome: Config["mailHome"];
  /** Read at each request, because a reload can bring another. */
  readonly tokenSha256: () => Buffer;
  readonly log: Logger;
}

/** The whole interface, without a socket. */
export function httpApp({ directory, metrics, mailHome, tokenSha256, log }: HttpArgs): Hono {
  const app = new Hono();
  const limited = bodyLimit({
    maxSize: MAX_BODY,
    onError: (c) => c.json({ error: `A body may have ${MAX_BODY} bytes.` }, 413),
  });
  // Not for Dovecot's questions, which have no body and come with each message.
  for (const path of ["/api/*", "/policy/*"]) app.use(path, limited);
  app.route("/", dovecotRoutes(directory, mailHome));
  app.get("/metrics", (c) => c.text(metrics.text(directory)));
  const routes = apiRoutes(directory, new Editor(directory));
  app.get("/api/v1/openapi.json", (c) => c.json(openApi(routes)));
  app.use("/api/*", async (c, next) => {
    if (isAllowed(c.req.header("authorization"), tokenSha256())) return next();
    c.header("WWW-Authenticate", "Bearer");
    return c.json({ error: "Send the directory's token: Authorization: Bearer <token>." }, 401);
  });
  for (const route of routes) app.on(route.method, `/api/v1${route.path}`, (c) => perform(c, route));
  app.notFound((c) =>
    c.json({ error: "There is nothing at this address. /api/v1/openapi.json lists what there is." }, 404),
  );
  app.onError((error, c) => failure(c, error, log));
  return app;
}

/** Compares digests, whose length is always the same, in constant time. */
function isAllowed(header: string | undefined, tokenSha256: Buffer): boolean {
  const token = /^Bearer ([\x21-\x7e]+)$/i.exec(header ?? "")?.[1];
  return token !== undefined && timingSafeEqual(sha256(token), new Uint8Array(tokenSha256));
}

function sha256(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(text).digest());
}

async function perform(c: Context, route: Route): Promise<Response> {
  const name = /:(\w+)/.exec(route.path)?.[1];
  const parameter = name === undefined ? "" : (route.parameter ?? z.string()).parse(c.req.param(name));
  const body: unknown = route.body === undefined ? undefined : await c.req.json().catch(() => undefined);
  const result = await route.run(parameter, body);
  return route.answer === undefined ? c.body(null, 204) : c.json(result, route.status === 201 ? 201 : 200);
}

function failure(c: Context, error: Error, log: Logger): Response {
  if (error instanceof Refusal) return c.json({ error: error.message, problems: error.problems }, error.status);
  if (error instanceof z.ZodError) return c.json({ error: sentences(error).join(" ") }, 422);
  if (error instanceof ConflictError) return c.json({ error: error.message }, 409);
  if (error instanceof NotReady) return c.json({ error: error.message }, 503);
  log("error", "A request failed.", { path: routePath(c), error: messageOf(error) });
  return c.json({ error: "The directory has an internal fault; its log says more. Nothing was changed." }, 500);
}

/** Listens. @throws when the port cannot be had. */
export async function serveHttp(host: string, port: number, args: HttpArgs): Promise<Server> {
  const answer = getRequestListener(httpApp(args).fetch);
  const server = createServer(
    { headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 60_000, connectionsCheckingInterval: 5000 },
    (request, response) => void answer(request, response),
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => resolve());
  });
  return server;
}

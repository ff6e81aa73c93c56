/** The REST interface's description, OpenAPI 3.1, made from the routes and the schemas that check what comes in. */
import * as z from "zod";
import { failureSchema } from "./route.ts";
import type { Route } from "./route.ts";

/** @param routes in the order in which they are described */
export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = `/api/v1${route.path.replace(/:(\w+)/g, "{$1}")}`;
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "mailkeep directory",
      version: "1",
      description: "Domains, mailboxes and aliases of a mail system.",
    },
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths,
  };
}

function operation({ summary, path, parameter, body, status, answer }: Route): object {
  const name = /:(\w+)/.exec(path)?.[1];
  return {
    summary,
    ...(name === undefined || parameter === undefined
      ? {}
      : { parameters: [{ name, in: "path", required: true, schema: jsonSchema(parameter, "input") }] }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(jsonSchema(body, "input")) } }),
    responses: {
      [status]: {
        description: "Done.",
        ...(answer === undefined ? {} : { content: json(jsonSchema(answer, "output")) }),
      },
      default: { description: "What went wrong, as a sentence.", content: json(jsonSchema(failureSchema, "output")) },
    },
  };
}

function json(schema: object): object {
  return { "application/json": { schema } };
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): object {
  const described = z.toJSONSchema(schema, { target: "draft-2020-12", io });
  return Object.fromEntries(Object.entries(described).filter(([key]) => key !== "$schema"));
}

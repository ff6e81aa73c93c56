/** One operation of the REST interface: its documentation and its doing, from one definition. */
import * as z from "zod";
import type { Problem } from "../../../../components/settings/problem.ts";

/** What went wrong, for people. */
export const failureSchema = z.object({
  error: z.string().describe("A sentence that says what is wrong and what to do."),
  problems: z.array(z.object({ path: z.string(), got: z.string(), wanted: z.string(), fix: z.string() })).optional(),
});

/** Thrown by an operation to end it with a status and a sentence. */
export class Refusal extends Error {
  readonly status: 404 | 409 | 422;
  readonly problems: readonly Problem[];

  constructor(status: 404 | 409 | 422, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.problems = problems;
  }
}

/** An operation as the server and the description need it. */
export interface Route {
  readonly method: "get" | "post" | "put" | "delete";
  /** Below /api/v1, with a parameter as `:name`. */
  readonly path: string;
  readonly summary: string;
  /** What the path's parameter is, where it has one. */
  readonly parameter: z.ZodType<string> | undefined;
  readonly body: z.ZodType | undefined;
  readonly status: 200 | 201 | 204;
  readonly answer: z.ZodType | undefined;
  /** The answer, or a promise of it. */
  readonly run: (parameter: string, body: unknown) => unknown;
}

type Common = Omit<Route, "parameter" | "body" | "answer" | "run"> & {
  readonly parameter?: z.ZodType<string>;
  readonly answer?: z.ZodType;
};

/** An operation without a body. */
export function route(definition: Common & { readonly run: (parameter: string) => unknown }): Route {
  return {
    ...definition,
    parameter: definition.parameter,
    body: undefined,
    answer: definition.answer,
    run: definition.run,
  };
}

/** An operation with a body, which it gets checked. */
export function bodyRoute<Body>(
  definition: Common & { readonly body: z.ZodType<Body>; readonly run: (parameter: string, body: Body) => unknown },
): Route {
  return {
    ...definition,
    parameter: definition.parameter,
    answer: definition.answer,
    run: (parameter, body) => definition.run(parameter, definition.body.parse(body)),
  };
}

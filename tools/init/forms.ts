/** What answers may be, told in the words of the settings' own schema. */
import type { z } from "zod";

/** What is wrong with an answer; undefined where nothing is. */
type Wrong<Answer> = (answer: Answer) => string | undefined;

/** Whatever a part of the settings' schema takes. */
export function form(schema: z.ZodType): Wrong<unknown> {
  return (answer) => {
    const issue = schema.safeParse(answer).error?.issues[0];
    return issue === undefined ? undefined : `it must be ${issue.message}`;
  };
}

/** Only these will do. */
export function oneOf(allowed: readonly string[]): Wrong<string> {
  return (answer) => (allowed.includes(answer) ? undefined : `it may be ${allowed.join(", ")}`);
}

/** Each part of an answer with commas. */
export function each(wrong: Wrong<string>): Wrong<string> {
  return (answer) =>
    partsOf(answer)
      .map(wrong)
      .find((trouble) => trouble !== undefined);
}

/** What stands between commas, without blanks around it. */
export function partsOf(answer: string): readonly string[] {
  return answer.split(",").map((part) => part.trim());
}

/** A public key without the comment behind it. */
export function withoutComment(key: string): string {
  return key.split(/\s+/).slice(0, 2).join(" ");
}

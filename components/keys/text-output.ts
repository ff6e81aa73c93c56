/** Texts of the plan, made whole once the keys in them are known. */
import * as pulumi from "@pulumi/pulumi";
import { resolveText } from "../plan/text.ts";
import type { Ref, Text } from "../plan/text.ts";

/** A text with its references resolved. Plain text stays plain, so that a preview shows it. */
export function textOutput(text: Text, resolve: (ref: Ref) => pulumi.Output<string>): pulumi.Input<string> {
  return typeof text === "string" ? text : withRefs([text], resolve, (known) => resolveText(text, known));
}

/** Calls `render` with a function that knows every reference in some texts. */
export function withRefs<T>(
  texts: readonly Text[],
  resolve: (ref: Ref) => pulumi.Output<string>,
  render: (known: (ref: Ref) => string) => T,
): pulumi.Output<T> {
  const refs = texts.flatMap((text) =>
    typeof text === "string" ? [] : text.filter((part) => typeof part !== "string"),
  );
  const byKey = new Map(refs.map((ref) => [JSON.stringify(ref), ref]));
  return pulumi.all([...byKey.values()].map(resolve)).apply((values) => {
    const known = new Map([...byKey.keys()].map((key, index) => [key, values[index]]));
    return render((ref) => {
      const value = known.get(JSON.stringify(ref));
      if (value === undefined) throw new Error(`The text asks for ${JSON.stringify(ref)}, which it did not name.`);
      return value;
    });
  });
}

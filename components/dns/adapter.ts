/** What every provider's adapter is given, and what they share. */
import * as pulumi from "@pulumi/pulumi";
import { withRefs } from "../keys/text-output.ts";
import type { PublishedZone } from "../plan/published.ts";
import { resolveText, type Ref, type Text } from "../plan/text.ts";
import type { RecordSet } from "../plan/types.ts";
import { recordData, recordTexts } from "./record-data.ts";

export interface ZoneArgs {
  readonly zone: PublishedZone;
  /** Gives the text of a reference to a key. */
  readonly resolve: (ref: Ref) => pulumi.Output<string>;
}

/** A text in a provider's own form, known at once where no key is in it. */
export function formatted(text: Text, args: ZoneArgs, format: (whole: string) => string): pulumi.Input<string> {
  return typeof text === "string"
    ? format(text)
    : withRefs([text], args.resolve, (known) => format(resolveText(text, known)));
}

/** RDATA of a set in master-file form. */
export function dataOutput(set: RecordSet, args: ZoneArgs): pulumi.Input<string[]> {
  const texts = recordTexts(set);
  return texts.every((text) => typeof text === "string")
    ? recordData(set, () => "")
    : withRefs(texts, args.resolve, (known) => recordData(set, known));
}

/** The only value of a set of one. @throws RangeError for a set of another size */
export function only<T>(values: readonly T[]): T {
  const [value, ...more] = values;
  if (value === undefined || more.length > 0) throw new RangeError(`${values.length} values in a set of one`);
  return value;
}

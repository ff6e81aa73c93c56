/** What every provider's adapter is given, and what they share. */
import * as pulumi from "@pulumi/pulumi";
import { withRefs } from "../keys/text-output.ts";
import type { PublishedZone } from "../plan/published.ts";
import { resolveText, type Ref, type Text } from "../plan/text.ts";
import type { RecordSet } from "../plan/types.ts";
import { announcesMtaSts } from "./mta-sts.ts";
import { recordData, recordTexts } from "./record-data.ts";

/** What an adapter makes a zone's resources of. */
export interface ZoneArgs {
  /** The zone and its records. */
  readonly zone: PublishedZone;
  /** Gives the text of a reference to a key. */
  readonly resolve: (ref: Ref) => pulumi.Output<string>;
  /** What serves the policies that records announce. @default nothing */
  readonly policyServers?: readonly pulumi.Resource[];
}

/**
 * What must be there before a record: for one that announces a policy, whoever serves it. Servers that saw a new id and
 * fetched the policy of before would keep that for its whole life, under the new id (RFC 8461 section 5.1).
 */
export function before(set: RecordSet, { policyServers = [] }: ZoneArgs): pulumi.Resource[] {
  return announcesMtaSts(set) ? [...policyServers] : [];
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
  if (value === undefined || more.length > 0)
    throw new RangeError(`A set of one has ${values.length} values: split it into sets of one first.`);
  return value;
}

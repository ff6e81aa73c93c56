/** A rendered file with its references written out, so that a golden file can be read. */
import type { Ref, Text } from "../../../components/plan/text.ts";
import { resolveText } from "../../../components/plan/text.ts";

const name = (ref: Ref): string =>
  Object.entries(ref)
    .filter(([field]) => field !== "ref")
    .map(([, value]) => value)
    .join(" ");

/** `<privateKeyPem dkim/home.test/s1>` stands where the key will. */
export const goldenText = (text: Text): string => resolveText(text, (ref) => `<${ref.ref} ${name(ref)}>`);

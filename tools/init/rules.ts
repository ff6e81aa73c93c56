/** What the policy rules have to be told of a new stack: `stacks/policy.<stack>.json`. */
import type { Answers } from "./answers.ts";

/** Addresses whose reverse names mailkeep cannot set: a cloud is told them, the owner of a machine of one's own is not. */
function addressesByHand({ sites }: Pick<Answers, "sites">): string[] {
  return sites.flatMap((site) =>
    site.platform === "host" ? [site.v4, ...(site.v6 === undefined ? [] : [site.v6])] : [],
  );
}

/** Undefined where the rules hold as they are. Pure. */
export function renderRules(answers: Pick<Answers, "sites">): string | undefined {
  const keptByHand = addressesByHand(answers);
  if (keptByHand.length === 0) return undefined;
  return `${JSON.stringify({ "require-reverse-name": { keptByHand } }, undefined, 2)}\n`;
}

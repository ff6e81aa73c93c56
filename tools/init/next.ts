/** What is to be done when a stack's file has been written, in order. */
import type { Problem } from "../../components/settings/problem.ts";
import type { Plan } from "../../components/plan/types.ts";
import { missingCredentials } from "../../components/platforms/credentials.ts";
import { copying } from "../stack/by-hand.ts";
import { policyConfigFile } from "../stack/policy.ts";
import type { Answers } from "./answers.ts";

/** Pure. @param problems of the settings: what is still missing is secret */
export function nextSteps(
  { stack, person, domain, relay, sites }: Answers,
  plan: Pick<Plan, "published" | "sites">,
  problems: readonly Pick<Problem, "path">[],
): string {
  const credentials = [...new Set(missingCredentials(plan, {}, {}).map((one) => one.replace(/.*: set/s, "Set")))];
  const tokens = problems.flatMap(({ path }) => /^dnsTokens\["(.+)"\]$/.exec(path)?.[1] ?? []);
  const secrets = [
    ...tokens.map((zone) => `pulumi config set --stack ${stack} --secret --path 'mailkeep:dnsTokens["${zone}"]'`),
    ...(relay?.user === undefined
      ? []
      : [`pulumi config set --stack ${stack} --secret --path 'mailkeep:relayPasswords.relay'`]),
  ];
  const copy = copying(stack, plan.published.zones);
  const hosts = plan.sites.filter((_, index) => sites[index]?.platform === "host");
  const steps = [
    ...credentials.map((sentence) => sentence),
    `Make the stack and set its secrets, each of which is asked for:\n${[
      `npm run shell -- ${stack}`,
      `pulumi stack init ${stack}`,
      ...secrets,
      "exit",
      `npm run mailkeep -- password ${person}@${domain} ${stack}`,
    ]
      .map((line) => `     ${line}`)
      .join("\n")}`,
    ...(hosts.length === 0
      ? []
      : [
          `Have whoever gave you their addresses set the reverse names (PTR): ${hosts.map(({ name, hostname }) => `${name}'s to ${hostname}`).join(", ")}. ${policyConfigFile(stack)} tells the rules that they are kept there.`,
        ]),
    `See what is in the way:                 npm run mailkeep -- preflight ${stack}`,
    `See what would be made, and by which rules:  npm run review -- ${stack}`,
    `Bring it up:                            npm run up -- ${stack}${hosts.length === 0 ? "" : "\n     The first time it ends by saying which key to let in at the machine; then give it again."}`,
    ...(copy === undefined ? [] : [`Copy the zones that you keep. ${copy}`]),
    "Keep a copy of the folder .mailkeep elsewhere, or set PULUMI_BACKEND_URL and PULUMI_CONFIG_PASSPHRASE before the second step: the stack's state is in it, with all keys and the way to the machines.",
    `Look again, from the site itself:       npm run mailkeep -- preflight ${stack} --from alpha`,
  ];
  return ["Next:", ...steps.map((text, index) => `  ${index + 1}. ${text}`)].join("\n");
}

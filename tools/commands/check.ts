/** `check`: one real message in, one out. */
import { fail, say } from "../console.ts";
import { stackReport } from "../site/report.ts";
import { roundTrip } from "../site/round-trip.ts";
import { stackArguments } from "../stack/arguments.ts";
import { stackExists } from "../stack/settings.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { stack } = stackArguments(args, []);
  if (!stackExists(stack)) fail(`There is no stack ${stack} here yet: \`npm run up\` makes the local one.`);
  const { inbound, outbound } = await roundTrip(await stackReport(stack));
  say(
    `A message came in after ${inbound.toFixed(1)} s, and one went out, signed and verified, after ${outbound.toFixed(1)} s.`,
  );
  return 0;
}

/** `up`: from whatever the machine is like to a running stack that has carried a message. */
import { z } from "zod";
import { fail, say, step, table, within } from "../console.ts";
import { buildImages } from "../images/index.ts";
import { refreshCa, savePrivateCa } from "../site/ca.ts";
import { stackReport, type StackReport } from "../site/report.ts";
import { roundTrip } from "../site/round-trip.ts";
import { stackArguments } from "../stack/arguments.ts";
import { isLocal, seeToLocalFile, seeToStack } from "../stack/local.ts";
import { clearDeadLocks } from "../stack/locks.ts";
import { policyArguments, unasked } from "../stack/policy.ts";
import { engine, type Engine } from "../stack/pulumi.ts";
import { stackSettings } from "../stack/settings.ts";
import { describeSites } from "./status.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { stack, flags } = stackArguments(args, ["yes"]);
  const start = performance.now();
  await seeToLocalFile(stack);
  // Before anything is fetched, built or changed: what is wrong with the settings, all at once.
  await stackSettings(stack, isLocal(stack));
  const pulumi = await engine(["docker", "compose", "baseImage"]);
  await clearDeadLocks(stack);
  await seeToStack(stack, pulumi);
  await buildImages();
  const asksNothing = flags.has("yes") || !process.stdin.isTTY;
  const flagsOfUp = ["--suppress-outputs", ...(asksNothing ? unasked(stack) : [])];
  const code = await pulumi.show(["up", "--stack", stack, ...policyArguments(stack), ...flagsOfUp]);
  if (code !== 0)
    fail(`Pulumi ended with exit code ${code}; its message is above. The same command goes on from where it stopped.`);
  if (isLocal(stack)) await proveItWorks(stack, pulumi);
  const report = await stackReport(stack);
  say(`\n${summary(report)}`);
  say(`\nUp in ${((performance.now() - start) / 1000).toFixed(0)} s.`);
  return report.healthy ? 0 : 1;
}

const outputsSchema = z.looseObject({ privateCa: z.string(), acmeHostname: z.string() });

/** Brings the CA's certificate here and sends one message from outside to a mailbox, and one from a user to the outside. */
async function proveItWorks(stack: string, pulumi: Engine): Promise<void> {
  const outputs = outputsSchema.parse(JSON.parse(await pulumi.ask(["stack", "output", "--stack", stack, "--json"])));
  await savePrivateCa(stack, outputs.privateCa);
  await within("CA certificate", () => refreshCa(stack, outputs.acmeHostname, outputs.privateCa));
  const report = await stackReport(stack);
  const running = step("A real message round");
  const seconds = await roundTrip(report);
  running.done(`in after ${seconds.inbound.toFixed(1)} s, out after ${seconds.outbound.toFixed(1)} s`);
}

/** What a user wants to know after `up`: where, who, and what to try. */
function summary(report: StackReport): string {
  const [site] = report.sites;
  const [user] = report.users;
  const users = report.users.map(({ address, password }) => [address, password]);
  const parts = [describeSites(report)];
  if (users.length > 0) parts.push(table([["USER", "MADE-UP PASSWORD"], ...users]));
  if (site !== undefined && user !== undefined && report.ca !== null) {
    const host = site.published ?? site.address;
    const login = `--user '${user.address}:${user.password}' --cacert ${report.ca} --resolve ${site.hostname}:*:${host}`;
    parts.push(
      [
        "Try:",
        `  curl ${login.replace("*", "993")} imaps://${site.hostname}/INBOX -X 'STATUS INBOX (MESSAGES)'`,
        `  printf 'From: ${user.address}\\nSubject: hello\\n\\nhello\\n' | curl ${login.replace("*", "465")} smtps://${site.hostname} --mail-from ${user.address} --mail-rcpt someone@outside.test --upload-file -`,
        "  npm run status",
      ].join("\n"),
    );
  }
  return parts.join("\n\n");
}

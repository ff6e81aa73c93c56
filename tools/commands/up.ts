/** `up`: from whatever the machine is like to a running stack that has carried a message. */
import { z } from "zod";
import type { Settings } from "../../components/settings/schema.ts";
import { say, step, table, within } from "../console.ts";
import { seeToImages } from "../images/see-to.ts";
import { refreshCa, savePrivateCa } from "../site/ca.ts";
import { untilCertified, untilCertifiedThere } from "../site/certificates.ts";
import { changeWithoutLoss } from "../site/left-behind.ts";
import { stackReport, type StackReport } from "../site/report.ts";
import { roundTrip } from "../site/round-trip.ts";
import { stackArguments } from "../stack/arguments.ts";
import { isLocal, seeToLocalFile, seeToStack } from "../stack/local.ts";
import { copying } from "../stack/by-hand.ts";
import { clearDeadLocks } from "../stack/locks.ts";
import { unasked } from "../stack/policy.ts";
import { engine, type Engine } from "../stack/pulumi.ts";
import { stackSettings } from "../stack/settings.ts";
import { bringUp } from "../stack/up.ts";
import { describePending, describeSites } from "./status.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { stack, flags } = stackArguments(args, ["yes", "refresh", "leave-mail"]);
  const options = { yes: flags.has("yes"), refresh: flags.has("refresh"), leaveMail: flags.has("leave-mail") };
  const { report, seconds, copy } = await upInParts(stack, options);
  say(`\n${[summary(report), ...(copy === undefined ? [] : [copy])].join("\n\n")}`);
  const all = Object.values(seconds).reduce((sum, part) => sum + part, 0);
  say(`\nUp in ${all.toFixed(0)} s.`);
  return report.healthy ? 0 : 1;
}

/** What a first `up`, or a later one, has come to. */
export interface BroughtUp {
  readonly report: StackReport;
  /** How long each part took, in the order in which they ran. */
  readonly seconds: Readonly<Record<string, number>>;
  /** How zones are copied that the owner keeps; undefined where there are none. */
  readonly copy: string | undefined;
}

/** What its flags say. */
export interface UpOptions {
  /** Nobody is asked. */
  readonly yes: boolean;
  /** Images are made anew with today's packages of Debian. @default false */
  readonly refresh?: boolean;
  /** The mailboxes may stay behind where they are. @default false */
  readonly leaveMail?: boolean;
}

/** All that `up` does but for what it says at its end. */
export async function upInParts(
  stack: string,
  { yes, refresh = false, leaveMail = false }: UpOptions,
): Promise<BroughtUp> {
  const seconds: Record<string, number> = {};
  const timed = async <T>(part: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    seconds[part] = (performance.now() - start) / 1000;
    return result;
  };
  const settings = await timed("settings", async () => {
    await seeToLocalFile(stack);
    // Before anything is fetched, built or changed: what is wrong with the settings, all at once.
    return stackSettings(stack, isLocal(stack));
  });
  const pulumi = await timed("this machine", () => engine(["docker", "compose"]));
  await timed("the stack's file and state", async () => {
    await clearDeadLocks(stack);
    await seeToStack(stack, pulumi);
  });
  await timed("images", () => seeToImages(stack, settings, refresh));
  await timed("Pulumi", async () => {
    const change = await changeWithoutLoss({
      stack,
      pulumi,
      sites: settings.sites,
      mailboxes: settings.mailboxes,
      leaveMail,
    });
    await bringUp(stack, pulumi, change, yes || !process.stdin.isTTY ? unasked(stack) : [], {}, () =>
      within(`Certificates of ${change.joining.join(" and ")}`, () =>
        untilCertifiedThere(stack, change.joining, pulumi),
      ),
    );
  });
  if (isLocal(stack)) await timed("a message in and one out", () => proveItWorks(stack, settings, pulumi));
  const report = await timed("status", () => stackReport(stack, pulumi));
  return { report, seconds, copy: copying(stack, settings.dnsZones) };
}

const outputsSchema = z.looseObject({ privateCa: z.string() });

/** Brings the CA's certificate here and sends one message from outside to a mailbox, and one from a user to the outside. */
async function proveItWorks(stack: string, settings: Settings, pulumi: Engine): Promise<void> {
  const outputs = outputsSchema.parse(JSON.parse(await pulumi.ask(["stack", "output", "--stack", stack, "--json"])));
  await savePrivateCa(stack, outputs.privateCa);
  await within("CA certificate", () => refreshCa(stack, settings, outputs.privateCa));
  const report = await stackReport(stack);
  await within("Certificates of the sites", () => untilCertified(report));
  const running = step("A real message round");
  const seconds = await roundTrip(report);
  running.done(`in after ${seconds.inbound.toFixed(1)} s, out after ${seconds.outbound.toFixed(1)} s`);
}

/** What a user wants to know after `up`: where, who, and what to try. */
function summary(report: StackReport): string {
  const [site] = report.sites;
  const [user] = report.users;
  const users = report.users.map(({ address, password }) => [address, password]);
  const parts = [[describeSites(report), ...describePending(report)].join("\n")];
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

/** Messages between Ann, whose mailbox is at alpha, and a visitor of the foreign server's. */
import { findMail, submit, waitForMail } from "../../../tools/site/clients.ts";
import { smtpFromOutside } from "../smtp.ts";
import { mark, message, until } from "../system.ts";
import { FAR, type Site } from "./places.ts";
import type { Scene } from "./scene.ts";
import { ANN, STACK } from "./site-stack.ts";

export const VISITOR = `visitor@${FAR.domain}`;
/** How long a message may take, with a try that fails on its way. */
export const MAIL_MS = 60_000;

/** Hands a message for Ann to the server at an address, from the foreign server. @returns its last answer's code */
export async function handTo(address: string, subject: string): Promise<number | undefined> {
  const text = message({ from: VISITOR, to: ANN.address, subject }).trimEnd().split("\r\n");
  const answers = await smtpFromOutside(STACK, address, [
    ...[`EHLO ${FAR.hostname}`, `MAIL FROM:<${VISITOR}>`, `RCPT TO:<${ANN.address}>`, "DATA"],
    ...[...text.map((line) => ` ${line}`), "."],
  ]);
  return answers.at(-1)?.code;
}

/** Ann hands a message in at a site. */
export async function annSends(scene: Scene, site: Site, subject: string, to = VISITOR): Promise<void> {
  const mail = { from: ANN.address, to: [to], subject, text: "Good morning." };
  await submit(await scene.access(site), 465, ANN, mail);
}

/** Waits until a message with some text lies in Ann's mailbox. @returns it, headers and all */
export async function untilAnnHas(scene: Scene, text: string, timeoutMs = MAIL_MS): Promise<string> {
  return (await waitForMail(await scene.access("alpha"), ANN, text, timeoutMs)).source;
}

/** How many messages with some text lie in Ann's mailbox now. */
export async function countOfAnn(scene: Scene, text: string): Promise<number> {
  return (await findMail(await scene.access("alpha"), ANN, text)).length;
}

/** Hushes the foreign server, and has a message for it wait at a site. @returns its subject */
export async function holdAt(scene: Scene, site: Site): Promise<string> {
  const subject = mark();
  await scene.world.hush(true);
  await annSends(scene, site, subject);
  const queue = (): Promise<string> =>
    scene.machines[site].sh("docker exec $(docker ps -qf name=submission) postqueue -c /run/conf -p");
  await until(
    "it waits there",
    async () => (await queue()).includes(VISITOR) && (await queue()).includes("("),
    MAIL_MS,
  );
  return subject;
}

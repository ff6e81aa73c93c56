/** What a user is told about a message of theirs: delivery status notifications (RFC 3464). */
import type { MessageStructureObject } from "imapflow";
import { withImap, type Access, type Account } from "../../tools/site/clients.ts";
import { until } from "./system.ts";

export interface Notice {
  /** Media type, then those of the parts, in lower case. */
  readonly types: readonly string[];
  /** The header and all parts, as they came. */
  readonly source: string;
  /** For a reader. */
  readonly text: string;
  /** The fields of the machine-readable part, one group for the message and one a recipient, names in lower case. */
  readonly status: readonly ReadonlyMap<string, string>[];
}

/** All notices in a user's inbox about messages with some text in their header. */
export function noticesAbout(access: Access, account: Account, text: string): Promise<Notice[]> {
  return withImap(access, account, async (client) => {
    const lock = await client.getMailboxLock("INBOX");
    try {
      const found: Notice[] = [];
      const wanted = { source: true, bodyStructure: true, bodyParts: ["1", "2"] };
      for await (const { source, bodyStructure, bodyParts } of client.fetch("1:*", wanted)) {
        const whole = source?.toString("utf8") ?? "";
        if (bodyStructure?.type !== "multipart/report" || !whole.includes(text)) continue;
        const part = (number: string): string => bodyParts?.get(number)?.toString("utf8") ?? "";
        found.push({ types: typesOf(bodyStructure), source: whole, text: part("1"), status: groups(part("2")) });
      }
      return found;
    } finally {
      lock.release();
    }
  });
}

/** Waits for the notice with an action (RFC 3464 section 2.3.3) about a message. */
export async function untilTold(
  access: Access,
  account: Account,
  text: string,
  action: "delayed" | "failed" | "delivered" | "relayed",
  timeoutMs: number,
): Promise<Notice> {
  let notice: Notice | undefined;
  const what = `${account.address} is told that a message with "${text}" is ${action}`;
  await until(
    what,
    async () => {
      const all = await noticesAbout(access, account, text);
      notice = all.find(({ status }) => status.some((group) => group.get("action") === action));
      return notice !== undefined;
    },
    timeoutMs,
  );
  if (notice === undefined) throw new Error(`not: ${what}`);
  return notice;
}

function typesOf({ type, childNodes = [] }: MessageStructureObject): string[] {
  return [type, ...childNodes.map((child) => child.type)].map((one) => one.toLowerCase());
}

function groups(text: string): Map<string, string>[] {
  const unfolded = text.replaceAll(/\r?\n[ \t]+/g, " ");
  return unfolded
    .split(/(?:\r?\n){2,}/)
    .filter((group) => group.trim() !== "")
    .map(
      (group) =>
        new Map(
          group.split(/\r?\n/).flatMap((line): [string, string][] => {
            const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
            return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]];
          }),
        ),
    );
}

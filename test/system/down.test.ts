/** Taking a stack down keeps its mail. */
import { beforeAll, describe, expect, it } from "vitest";
import { findMail, waitForMail } from "../../tools/site/clients.ts";
import { sendFromOutside } from "../../tools/site/outside.ts";
import { onTerminal } from "../support/terminal.ts";
import { docker, fixture, mark, message, untilHealthy, type Fixture } from "../support/system.ts";

const VISITOR = "visitor@outside.test";
const PATIENCE_MS = 60_000;
let on: Fixture;

beforeAll(async () => {
  on = await fixture();
  await untilHealthy(on.stack);
});

describe("down", () => {
  it(
    "asks on a terminal, keeps the mail unless its deletion is wanted, and up finds it again",
    { timeout: 600_000 },
    async () => {
      const subject = mark();
      const ann = on.user("ann@home.test");
      await sendFromOutside(on.stack, VISITOR, [ann.address], message({ from: VISITOR, to: ann.address, subject }));
      await waitForMail(on.access, ann, subject, PATIENCE_MS);
      const { code, output } = await onTerminal(
        ["down", on.stack],
        [
          { question: /Do you want to perform this destroy\?/, typed: "yes" },
          { question: /Type the stack's name to delete them: /, typed: "yes" },
        ],
        240,
      );
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toContain(`Delete the mail, queues and users of ${on.stack} too (4 volumes)?`);
      expect(output).toContain(`Mail, queues and users of ${on.stack} are kept in 4 volumes`);
      expect(await docker("ps", "--quiet", "--filter", `label=mailkeep.stack=${on.stack}`)).toBe("");
      const labels = ["label=mailkeep.kind=mail", `label=mailkeep.project=mailkeep-${on.stack}-${on.site.name}`];
      const kept = await docker("volume", "ls", "--quiet", ...labels.flatMap((label) => ["--filter", label]));
      expect(kept.trim().split("\n")).toHaveLength(4);
      // The certificate authority has started anew with another root, which `up` on the command line fetches.
      const { run } = await import("../../tools/commands/up.ts");
      expect(await run([on.stack, "--yes"])).toBe(0);
      on = await fixture();
      expect(await findMail(on.access, ann, subject)).toHaveLength(1);
    },
  );
});

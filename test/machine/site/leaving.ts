/** A site leaves, a machine is lost, and the stack goes. */
import { expect, test } from "vitest";
import { PORT } from "../../../components/plan/ports.ts";
import { waitOutside } from "../../../tools/site/outside.ts";
import { holdAt, MAIL_MS } from "../../support/container-machine/letters.ts";
import { said } from "../../support/container-machine/scene.ts";
import { STACK } from "../../support/container-machine/site-stack.ts";
import { MINUTES, scene, takesMail } from "./story.ts";

/** The tests of it, in this order. */
export function leaving(): void {
  test(
    "a site is drained from here: no record leads to it, and what waits there is sent on its way",
    { timeout: 6 * MINUTES },
    async () => {
      const subject = await holdAt(scene(), "bravo");
      await scene().world.hush(false);
      expect(await scene().mailkeep("site", "drain", "bravo", STACK)).toContain(
        "bravo is drained: its queues are empty, and no record leads to it once you have copied the zones that you keep.",
      );
      await waitOutside(STACK, subject, MAIL_MS);
      expect(await scene().copyZones()).not.toMatch(/ MX .*bravo/);
    },
  );

  test("then it is closed, and stays as long as a message waits there", { timeout: 6 * MINUTES }, async () => {
    await holdAt(scene(), "bravo");
    const { code, said: told } = await scene().attempt("site", "remove", "bravo", STACK);
    expect(code).toBe(1);
    expect(told).toContain("bravo is closed and stays until nothing is left there. One message waits in its queues");
    expect(await said("bravo", PORT.smtp)).toMatch(/^421 /);
    expect((await scene().attempt("site", "remove", "bravo", STACK, "--lost")).said).toContain(
      "bravo answers, so it is not lost",
    );
  });

  test(
    "then its machine burns down: it is gone once that is said, and the other site serves on",
    { timeout: 5 * MINUTES },
    async () => {
      await scene().machines.bravo.destroy();
      await scene().world.hush(false);
      expect((await scene().attempt("site", "remove", "bravo", STACK)).said).toContain(
        "bravo does not answer, so its queues cannot be emptied.",
      );
      expect(await scene().mailkeep("site", "remove", "bravo", STACK, "--lost")).toContain(
        "bravo is gone, and with it what may have waited in its queues",
      );
      expect(await scene().copyZones()).not.toContain("bravo");
      await takesMail("alpha");
      expect(await scene().up()).not.toContain("bravo");
    },
  );

  test("down takes the site away, and leaves its mail and its firewall", { timeout: 3 * MINUTES }, async () => {
    expect((await scene().attempt("down", STACK)).said).toContain("Nothing has been destroyed");
    expect(await scene().mailkeep("down", STACK, "--yes")).toContain("Kept the mail in ");
    const { alpha } = scene().machines;
    expect(await alpha.sh("docker ps --all --quiet")).toBe("");
    expect(await alpha.sh("nft list tables")).toContain("table inet mailkeep");
    expect(await alpha.sh("docker volume ls --quiet")).toContain(`mailkeep-${STACK}-alpha-mail`);
  });
}

/** The first `up`, by which machines become sites. */
import { expect, test } from "vitest";
import { MAIL_MS } from "../../support/container-machine/letters.ts";
import { ADMIN, hostnameOf, SITES } from "../../support/container-machine/places.ts";
import { STACK } from "../../support/container-machine/site-stack.ts";
import { until } from "../../support/system.ts";
import { MINUTES, scene } from "./story.ts";

/** The tests of it, in this order. */
export function firstUp(): void {
  test(
    "machines that do not know the stack's key yet are left alone, and their owner is told the line to add there",
    { timeout: 3 * MINUTES },
    async () => {
      const look = (): Promise<string> => scene().machines.alpha.sh("nft list tables; ls /etc/ssh/sshd_config.d");
      const before = await look();
      const { code, said: told } = await scene().attempt("up", STACK, "--yes");
      expect(code).toBe(1);
      // Of whichever is met first: the engine begins nothing new after that.
      expect(told).toMatch(
        new RegExp(
          `The machine at (${ADMIN.alpha}|${ADMIN.bravo}) does not let the user admin in with this stack's key\\.`,
        ),
      );
      const [, key = ""] = /^\s+(ssh-ed25519 \S+)$/m.exec(told) ?? [];
      expect(key).not.toBe("");
      expect(await look()).toBe(before);
      for (const site of SITES) await scene().authorize(site, key);
    },
  );

  test(
    "the same command then makes sites of them, images and all, and another one changes nothing",
    { timeout: 10 * MINUTES },
    async () => {
      const first = await scene().up();
      expect(first).toContain("What machine.example and home.example are to have in them:");
      for (const site of SITES) expect(first).toMatch(new RegExp(`\\n${site} .* healthy\\n`));
      await until(
        "its certificates wait for the zones",
        async () => (await scene().certificates("alpha")).includes(`${hostnameOf("alpha")} has no address`),
        MAIL_MS,
      );
      const before = await Promise.all(SITES.map((site) => scene().running(site)));
      const again = await scene().up();
      expect(again).toMatch(/Resources:\n +\d+ unchanged\n/);
      expect(again).toMatch(new RegExp(`\\nalpha: certs: .*${hostnameOf("alpha")} has no address`));
      expect(await Promise.all(SITES.map((site) => scene().running(site)))).toEqual(before);
    },
  );
}

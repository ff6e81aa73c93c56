/** Upgrades of what a site stands on, and Docker going down. */
import { expect, test } from "vitest";
import { waitOutside } from "../../../tools/site/outside.ts";
import { breakDocker, floodLog, mendDocker, pidOfMx } from "../../support/container-machine/docker-down.ts";
import { UPGRADE } from "../../support/container-machine/image.ts";
import { annSends, countOfAnn, MAIL_MS, untilAnnHas } from "../../support/container-machine/letters.ts";
import { said } from "../../support/container-machine/scene.ts";
import { STACK } from "../../support/container-machine/site-stack.ts";
import { mark, until } from "../../support/system.ts";
import { MINUTES, scene, takesMail } from "./story.ts";

/** The tests of it, in this order. */
export function upgrades(): void {
  test(
    "upgrades that restart Docker and the firewall stop no container, and keep nobody out, and a Docker that is down neither",
    { timeout: 6 * MINUTES },
    async () => {
      const { bravo } = scene().machines;
      const before = await scene().started("bravo");
      await bravo.sh("systemctl restart nftables");
      await takesMail("bravo");
      expect(await said("bravo", 22)).toBe("");

      const mx = await pidOfMx(bravo);
      await breakDocker(bravo);
      // Its own server of names has gone with it, and whoever took the log.
      await floodLog(bravo, mx);
      await takesMail("bravo");
      const going = mark();
      await annSends(scene(), "bravo", going);
      expect((await waitOutside(STACK, going, MAIL_MS)).results).toMatchObject({ spf: "pass", dkim: "pass" });
      const status = await scene().attempt("status", STACK);
      expect(status.code).toBe(1);
      expect(status.said).toContain("bravo: Docker does not answer there. What runs goes on");
      expect(status.said).not.toMatch(/^bravo +(mx|edge|submission) +NOT HEALTHY/m);
      const letter = "docker.service has failed on bravo";
      const told = await untilAnnHas(scene(), letter, 2 * MINUTES);
      expect(told).toContain("Active: failed");
      expect(await countOfAnn(scene(), letter)).toBe(1);
      await mendDocker(bravo);
      await until(
        "the log says what is missing",
        async () =>
          (await bravo.sh("docker logs $(docker ps --quiet --filter name=mx) 2>&1")).includes("lines are missing"),
        MAIL_MS,
      );
      expect(await scene().started("bravo")).toBe(before);
      expect(await said("bravo", 22)).toBe("");
    },
  );

  test(
    "an upgrade of what the site stands on stops no container, and a file changed by hand is put back around them",
    { timeout: 4 * MINUTES },
    async () => {
      const { bravo } = scene().machines;
      const before = await scene().started("bravo");
      await bravo.sh(UPGRADE);
      expect(await scene().started("bravo")).toBe(before);
      expect(await bravo.sh("systemctl is-active docker containerd nftables ssh")).toBe("active\n".repeat(4));
      await takesMail("bravo");
      expect(await said("bravo", 22)).toBe("");

      await bravo.sh("sed -i 's/policy drop/policy accept/' /etc/nftables.conf && systemctl reload nftables");
      await until("its door is open", async () => (await said("bravo", 22)).includes("SSH-2.0"), MAIL_MS);
      expect(await scene().up()).toMatch(/compose:index:Machine bravo updated/);
      expect(await said("bravo", 22)).toBe("");
      expect(await scene().started("bravo")).toBe(before);
    },
  );
}

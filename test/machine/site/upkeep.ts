/** What happens to a site on a machine of one's own as time goes by. */
import { expect, test } from "vitest";
import { PORT } from "../../../components/plan/ports.ts";
import { countOfAnn, handTo, MAIL_MS, untilAnnHas } from "../../support/container-machine/letters.ts";
import { ADMIN, FAR, hostnameOf, PEOPLE, SITES } from "../../support/container-machine/places.ts";
import { USER } from "../../support/container-machine/image.ts";
import { letIn, said } from "../../support/container-machine/scene.ts";
import { settings, STACK } from "../../support/container-machine/site-stack.ts";
import { smtpFromOutside } from "../../support/smtp.ts";
import { mark, until } from "../../support/system.ts";
import { listener } from "../../support/vm/machine.ts";
import { MINUTES, scene } from "./story.ts";

/** A port that no list has. */
const UNLISTED = 7001;
/** What is changed, and stays so. */
const LIMITS = { limits: { messageSizeMiB: 30 } };

/** The tests of it, in this order. */
export function upkeep(): void {
  test(
    "a port that no list has is closed, though a container of somebody's is published there",
    { timeout: 2 * MINUTES },
    async () => {
      const { bravo } = scene().machines;
      const image = await scene().mxImage("bravo");
      const place = `--network unlisted --publish ${UNLISTED}:${UNLISTED}`;
      await bravo.sh(
        `docker network create unlisted && docker run --detach --name unlisted ${place} --entrypoint perl ${image} -e '${listener(UNLISTED)}'`,
      );
      for (const port of [UNLISTED, 22]) expect(await said("bravo", port)).toBe("");
      // It listens, and the firewall alone keeps it closed.
      await bravo.sh("nft delete table inet mailkeep");
      await until("it says its word", async () => (await said("bravo", UNLISTED)).includes("open"), MAIL_MS);
      expect(await said("bravo", 22)).toContain("SSH-2.0");
      await bravo.sh("systemctl reload nftables && docker rm --force unlisted && docker network rm unlisted");
      expect(await said("bravo", 22)).toBe("");
      expect(await said("bravo", 25)).toContain(`220 ${hostnameOf("bravo")}`);
    },
  );

  test("a changed setting changes what it must, in place", { timeout: 4 * MINUTES }, async () => {
    const size = async (): Promise<string> => {
      const answers = await smtpFromOutside(STACK, PEOPLE.alpha, [`EHLO ${FAR.hostname}`, "QUIT"]);
      return /SIZE (\d+)/.exec(answers.map(({ text }) => text).join("\n"))?.[1] ?? "";
    };
    const [before, containers] = [await size(), await scene().running("alpha")];
    await scene().configure(LIMITS);
    expect(await scene().up()).toMatch(/compose:index:Release alpha updated/);
    expect([before, await size()]).toEqual([String(50 * 2 ** 20), String(30 * 2 ** 20)]);
    expect(await scene().running("alpha")).toBe(containers);
  });

  test(
    "a machine that is another one is not taken for the site's, and nothing is changed",
    { timeout: 2 * MINUTES },
    async () => {
      const { machines, world } = scene();
      const hostKeys = { alpha: machines.alpha.hostKey, bravo: `ssh-ed25519 ${"A".repeat(68)}` };
      const { sites } = settings({ hostKeys, directoryCa: world.authority.directoryCa });
      const before = await Promise.all(SITES.map((site) => scene().running(site)));
      await scene().configure({ ...LIMITS, sites });
      const { code, said: told } = await scene().attempt("up", STACK, "--yes");
      await scene().configure(LIMITS);
      expect(code).toBe(1);
      expect(told).toContain("bravo would be another machine, by its SSH host key.");
      expect(await Promise.all(SITES.map((site) => scene().running(site)))).toEqual(before);
      await scene().up();
      expect(await Promise.all(SITES.map((site) => scene().running(site)))).toEqual(before);
    },
  );

  test(
    "after a restart the mailboxes are there again, and the firewall; meanwhile the other site takes mail",
    { timeout: 5 * MINUTES },
    async () => {
      const [before, meanwhile] = [mark(), mark()];
      expect(await handTo(PEOPLE.alpha, before)).toBe(250);
      await untilAnnHas(scene(), before);
      const restarted = scene().machines.alpha.restart();
      await until("alpha has gone down", async () => !(await letIn("alpha", PORT.smtp)), MINUTES);
      expect(await handTo(PEOPLE.bravo, meanwhile)).toBe(250);
      await restarted;
      await scene().untilHealthy("alpha");
      expect(await countOfAnn(scene(), before)).toBe(1);
      await untilAnnHas(scene(), meanwhile, 2 * MINUTES);
      expect(await said("alpha", 22)).toBe("");
    },
  );

  test("containers that a start of Docker has left are started all the same", { timeout: 3 * MINUTES }, async () => {
    const { bravo } = scene().machines;
    const image = await scene().mxImage("bravo");
    // One that can never be started keeps the others neither from their start nor from their orderly end.
    await bravo.sh(
      `docker create --label mailkeep.workload=broken --name broken --entrypoint /no/such/program ${image}`,
    );
    // The unit's end leaves all of them, in whatever order they need one another.
    await bravo.sh("systemctl restart mailkeep-containers");
    await scene().untilHealthy("bravo");
    expect(await bravo.sh("systemctl is-active mailkeep-containers")).toBe("active\n");
    await bravo.sh("docker rm broken");
  });

  test(
    "another key opens the machines, once their owner has let it in at each of them",
    { timeout: 6 * MINUTES },
    async () => {
      const told = await scene().mailkeep("rotate", "deploy", STACK);
      expect(told).toContain("On alpha, bravo that is for the owner of the machine to do.");
      const [, next = ""] = /^\s+(ssh-ed25519 \S+)$/m.exec(told) ?? [];
      const last = (await scene().machines.alpha.sh(`cat /home/${USER}/.ssh/authorized_keys`)).trim();
      expect([next === "", next === last]).toEqual([false, false]);
      await scene().authorize("alpha", `${last}\n${next}`);
      const forgotten = await scene().attempt("rotate", "deploy", STACK);
      expect(forgotten.code).toBe(1);
      expect(forgotten.said).toContain(
        `The machine at ${ADMIN.bravo} does not let the user ${USER} in with this stack's key.`,
      );
      expect(forgotten.said).toContain(next);

      const before = await Promise.all(SITES.map((site) => scene().running(site)));
      await scene().authorize("bravo", next);
      await scene().up();
      await scene().authorize("alpha", next);
      expect(await scene().mailkeep("rotate", "deploy", STACK)).toContain("The machines let ssh/deploy/2 in alone.");
      expect(await scene().up()).toMatch(/Resources:\n +\d+ unchanged\n/);
      expect(await Promise.all(SITES.map((site) => scene().running(site)))).toEqual(before);
    },
  );
}

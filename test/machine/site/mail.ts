/** Mail, and the certificates that it is believed by. */
import { expect, test } from "vitest";
import { PORT } from "../../../components/plan/ports.ts";
import { sendFromOutside, waitOutside } from "../../../tools/site/outside.ts";
import { believed, policyOf } from "../../support/container-machine/certified.ts";
import { annSends, handTo, MAIL_MS, untilAnnHas, VISITOR } from "../../support/container-machine/letters.ts";
import { FAR, hostnameOf, INFRASTRUCTURE, PEOPLE, PEOPLE6, SITES } from "../../support/container-machine/places.ts";
import { letIn } from "../../support/container-machine/scene.ts";
import { ANN, STACK } from "../../support/container-machine/site-stack.ts";
import { mark, message, until } from "../../support/system.ts";
import { MINUTES, scene } from "./story.ts";

/** The tests of it, in this order. */
export function mail(): void {
  test(
    "with its zones copied as they were printed, mail comes in and goes out, and both ends are sure of the sender",
    { timeout: 3 * MINUTES },
    async () => {
      expect(await scene().copyZones()).toMatch(/ MX 10 bravo\.machine\.example\.$/m);
      const [coming, going] = [mark(), mark()];
      await sendFromOutside(
        STACK,
        VISITOR,
        [ANN.address],
        message({ from: VISITOR, to: ANN.address, subject: coming }),
      );
      const source = await untilAnnHas(scene(), coming);
      const [, found = ""] = /^Authentication-Results: ([^]*?)^\S/m.exec(source) ?? [];
      for (const method of ["spf", "dkim", "dmarc"]) expect(found).toContain(`${method}=pass`);

      await annSends(scene(), "alpha", going);
      const { results, helo, pointer, client, tls } = await waitOutside(STACK, going, MAIL_MS);
      expect(results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
      const name = hostnameOf("alpha");
      expect({ helo, pointer, client, tls }).toEqual({ helo: name, pointer: name, client: PEOPLE.alpha, tls: true });
    },
  );

  test(
    "then the authority, which asks over HTTP, certifies all names, also those of the domain that is kept by hand",
    { timeout: 5 * MINUTES },
    async () => {
      const { root: ca } = scene().world.authority;
      for (const site of SITES) {
        const options = { host: PEOPLE[site], port: PORT.submissions, ca };
        const names = [hostnameOf(site), `mail.${INFRASTRUCTURE}`];
        for (const servername of names)
          await until(`${site} is believed as ${servername}`, () => believed({ ...options, servername }), 3 * MINUTES);
        await until(
          `${site} serves the domain's policy`,
          async () => (await policyOf("home.example", PEOPLE[site], ca)).includes("mode: "),
          MINUTES,
        );
        expect(await policyOf("home.example", PEOPLE[site], ca)).toContain(`mx: ${hostnameOf("bravo")}`);
        await until(
          "nothing is left to ask for",
          async () => /healthy +\d+ +\S+ *$/.test(await scene().certificates(site)),
          MINUTES,
        );
      }
    },
  );

  test(
    "a site without mailboxes takes mail for them over the link, which only sites are let in to, and sends from its own address",
    { timeout: 3 * MINUTES },
    async () => {
      const [coming, going, going6] = [mark(), mark(), mark()];
      // By IPv6, where the machine translates addresses, and the client is known by its own all the same.
      expect(await handTo(PEOPLE6.bravo, coming)).toBe(250);
      const source = await untilAnnHas(scene(), coming);
      expect(source).toContain(`[IPv6:${PEOPLE6.far}]`);
      expect(source).toContain("spf=pass");

      await annSends(scene(), "bravo", going);
      const { results, helo, client } = await waitOutside(STACK, going, MAIL_MS);
      expect(results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
      expect({ helo, client }).toEqual({ helo: hostnameOf("bravo"), client: PEOPLE.bravo });

      await annSends(scene(), "bravo", going6, `visitor@${FAR.domain6}`);
      const six = await waitOutside(STACK, going6, MAIL_MS);
      expect(six.results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
      expect([six.client, six.pointer]).toEqual([PEOPLE6.bravo, hostnameOf("bravo")]);

      expect(await letIn("alpha", PORT.smtp)).toBe(true);
      expect(await letIn("alpha", PORT.link)).toBe(false);
      await scene().machines.bravo.sh(`timeout 5 bash -c '</dev/tcp/${PEOPLE.alpha}/${PORT.link}'`);
    },
  );

  test("what cron or an upgrade writes to root reaches a person, by submission", { timeout: 2 * MINUTES }, async () => {
    // Where a public authority's certificates are.
    await scene().machines.bravo.trust(scene().world.authority.root);
    const subject = mark();
    await scene().machines.bravo.sh(`printf 'Subject: ${subject}\\n\\nGood morning.\\n' | sendmail root`);
    const source = await untilAnnHas(scene(), subject);
    expect(source).toMatch(new RegExp(`^From: .*root@${hostnameOf("bravo")}`, "m"));
  });
}

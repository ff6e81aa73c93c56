/**
 * Two sites on machines of one's own, from the first `up` on, by the commands that their owner would give. Each machine is a
 * Debian 13 system with systemd, SSH and a Docker of its own; it is one container, for an emulator is too slow for a site. Their
 * world has a root of its own, whose name server serves the zones as they were printed. The tests are one story.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { PORT } from "../../components/plan/ports.ts";
import { sendFromOutside, waitOutside } from "../../tools/site/outside.ts";
import { believed, policyOf } from "../support/container-machine/certified.ts";
import { breakDocker, floodLog, mendDocker, pidOfMx } from "../support/container-machine/docker-down.ts";
import { UPGRADE } from "../support/container-machine/image.ts";
import {
  annSends,
  countOfAnn,
  handTo,
  holdAt,
  MAIL_MS,
  untilAnnHas,
  VISITOR,
} from "../support/container-machine/letters.ts";
import {
  ADMIN,
  FAR,
  hostnameOf,
  INFRASTRUCTURE,
  PEOPLE,
  PEOPLE6,
  type Site,
  SITES,
} from "../support/container-machine/places.ts";
import { letIn, said, Scene } from "../support/container-machine/scene.ts";
import { ANN, STACK } from "../support/container-machine/site-stack.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { mark, message, until } from "../support/system.ts";
import { listener } from "../support/vm/machine.ts";

const MINUTES = 60_000;
/** A port that no list has. */
const UNLISTED = 7001;

let scene: Scene;
/** What takes away again what has been made so far. */
const undo: (() => Promise<void>)[] = [];

/** Hands a message to a site, and waits until it lies in Ann's mailbox. */
async function takesMail(site: Site): Promise<void> {
  const subject = mark();
  expect(await handTo(PEOPLE[site], subject)).toBe(250);
  await untilAnnHas(scene, subject);
}

beforeAll(async () => {
  scene = await Scene.set((work) => undo.push(work));
}, 10 * MINUTES);

afterAll(async () => {
  for (const work of undo.toReversed()) await work();
}, 2 * MINUTES);

test(
  "machines that do not know the stack's key yet are left alone, and their owner is told the line to add there",
  { timeout: 3 * MINUTES },
  async () => {
    const look = (): Promise<string> => scene.machines.alpha.sh("nft list tables; ls /etc/ssh/sshd_config.d");
    const before = await look();
    const { code, said: told } = await scene.attempt("up", STACK, "--yes");
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
    for (const site of SITES) await scene.authorize(site, key);
  },
);

test(
  "the same command then makes sites of them, images and all, and another one changes nothing",
  { timeout: 10 * MINUTES },
  async () => {
    const first = await scene.up();
    expect(first).toContain("What machine.example and home.example are to have in them:");
    for (const site of SITES) expect(first).toMatch(new RegExp(`\\n${site} .* healthy\\n`));
    await until(
      "its certificates wait for the zones",
      async () => (await scene.certificates("alpha")).includes(`${hostnameOf("alpha")} has no address`),
      MAIL_MS,
    );
    const before = await Promise.all(SITES.map((site) => scene.running(site)));
    const again = await scene.up();
    expect(again).toMatch(/Resources:\n +\d+ unchanged\n/);
    expect(again).toMatch(new RegExp(`\\nalpha: certs: .*${hostnameOf("alpha")} has no address`));
    expect(await Promise.all(SITES.map((site) => scene.running(site)))).toEqual(before);
  },
);

test(
  "with its zones copied as they were printed, mail comes in and goes out, and both ends are sure of the sender",
  { timeout: 3 * MINUTES },
  async () => {
    expect(await scene.copyZones()).toMatch(/ MX 10 bravo\.machine\.example\.$/m);
    const [coming, going] = [mark(), mark()];
    await sendFromOutside(STACK, VISITOR, [ANN.address], message({ from: VISITOR, to: ANN.address, subject: coming }));
    const source = await untilAnnHas(scene, coming);
    const [, found = ""] = /^Authentication-Results: ([^]*?)^\S/m.exec(source) ?? [];
    for (const method of ["spf", "dkim", "dmarc"]) expect(found).toContain(`${method}=pass`);

    await annSends(scene, "alpha", going);
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
    const { root: ca } = scene.world.authority;
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
        async () => /healthy +\d+ +\S+ *$/.test(await scene.certificates(site)),
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
    const source = await untilAnnHas(scene, coming);
    expect(source).toContain(`[IPv6:${PEOPLE6.far}]`);
    expect(source).toContain("spf=pass");

    await annSends(scene, "bravo", going);
    const { results, helo, client } = await waitOutside(STACK, going, MAIL_MS);
    expect(results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
    expect({ helo, client }).toEqual({ helo: hostnameOf("bravo"), client: PEOPLE.bravo });

    await annSends(scene, "bravo", going6, `visitor@${FAR.domain6}`);
    const six = await waitOutside(STACK, going6, MAIL_MS);
    expect(six.results).toMatchObject({ spf: "pass", dkim: "pass", dmarc: "pass" });
    expect([six.client, six.pointer]).toEqual([PEOPLE6.bravo, hostnameOf("bravo")]);

    expect(await letIn("alpha", PORT.smtp)).toBe(true);
    expect(await letIn("alpha", PORT.link)).toBe(false);
    await scene.machines.bravo.sh(`timeout 5 bash -c '</dev/tcp/${PEOPLE.alpha}/${PORT.link}'`);
  },
);

test("what cron or an upgrade writes to root reaches a person, by submission", { timeout: 2 * MINUTES }, async () => {
  // Where a public authority's certificates are.
  await scene.machines.bravo.trust(scene.world.authority.root);
  const subject = mark();
  await scene.machines.bravo.sh(`printf 'Subject: ${subject}\\n\\nGood morning.\\n' | sendmail root`);
  const source = await untilAnnHas(scene, subject);
  expect(source).toMatch(new RegExp(`^From: .*root@${hostnameOf("bravo")}`, "m"));
});

test(
  "a port that no list has is closed, though a container of somebody's is published there",
  { timeout: 2 * MINUTES },
  async () => {
    const { bravo } = scene.machines;
    const image = await scene.mxImage("bravo");
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
  const [before, containers] = [await size(), await scene.running("alpha")];
  await scene.configure({ limits: { messageSizeMiB: 30 } });
  expect(await scene.up()).toMatch(/compose:index:Release alpha updated/);
  expect([before, await size()]).toEqual([String(50 * 2 ** 20), String(30 * 2 ** 20)]);
  expect(await scene.running("alpha")).toBe(containers);
});

test(
  "after a restart the mailboxes are there again, and the firewall; meanwhile the other site takes mail",
  { timeout: 5 * MINUTES },
  async () => {
    const [before, meanwhile] = [mark(), mark()];
    expect(await handTo(PEOPLE.alpha, before)).toBe(250);
    await untilAnnHas(scene, before);
    const restarted = scene.machines.alpha.restart();
    await until("alpha has gone down", async () => !(await letIn("alpha", PORT.smtp)), MINUTES);
    expect(await handTo(PEOPLE.bravo, meanwhile)).toBe(250);
    await restarted;
    await scene.untilHealthy("alpha");
    expect(await countOfAnn(scene, before)).toBe(1);
    await untilAnnHas(scene, meanwhile, 2 * MINUTES);
    expect(await said("alpha", 22)).toBe("");
  },
);

test(
  "upgrades that restart Docker and the firewall stop no container, and keep nobody out, and a Docker that is down neither",
  { timeout: 6 * MINUTES },
  async () => {
    const { bravo } = scene.machines;
    const before = await scene.started("bravo");
    await bravo.sh("systemctl restart nftables");
    await takesMail("bravo");
    expect(await said("bravo", 22)).toBe("");

    const mx = await pidOfMx(bravo);
    await breakDocker(bravo);
    // Its own server of names has gone with it, and whoever took the log.
    await floodLog(bravo, mx);
    await takesMail("bravo");
    const going = mark();
    await annSends(scene, "bravo", going);
    expect((await waitOutside(STACK, going, MAIL_MS)).results).toMatchObject({ spf: "pass", dkim: "pass" });
    const status = await scene.attempt("status", STACK);
    expect(status.code).toBe(1);
    expect(status.said).toContain("bravo: Docker does not answer there. What runs goes on");
    expect(status.said).not.toMatch(/^bravo +(mx|edge|submission) +NOT HEALTHY/m);
    const letter = "docker.service has failed on bravo";
    const told = await untilAnnHas(scene, letter, 2 * MINUTES);
    expect(told).toContain("Active: failed");
    expect(await countOfAnn(scene, letter)).toBe(1);
    await mendDocker(bravo);
    await until(
      "the log says what is missing",
      async () =>
        (await bravo.sh("docker logs $(docker ps --quiet --filter name=mx) 2>&1")).includes("lines are missing"),
      MAIL_MS,
    );
    expect(await scene.started("bravo")).toBe(before);
    expect(await said("bravo", 22)).toBe("");
  },
);

test(
  "an upgrade of what the site stands on stops no container, and a file changed by hand is put back around them",
  { timeout: 4 * MINUTES },
  async () => {
    const { bravo } = scene.machines;
    const before = await scene.started("bravo");
    await bravo.sh(UPGRADE);
    expect(await scene.started("bravo")).toBe(before);
    expect(await bravo.sh("systemctl is-active docker containerd nftables ssh")).toBe("active\n".repeat(4));
    await takesMail("bravo");
    expect(await said("bravo", 22)).toBe("");

    await bravo.sh("sed -i 's/policy drop/policy accept/' /etc/nftables.conf && systemctl reload nftables");
    await until("its door is open", async () => (await said("bravo", 22)).includes("SSH-2.0"), MAIL_MS);
    expect(await scene.up()).toMatch(/compose:index:Machine bravo updated/);
    expect(await said("bravo", 22)).toBe("");
    expect(await scene.started("bravo")).toBe(before);
  },
);

test("containers that a start of Docker has left are started all the same", { timeout: 3 * MINUTES }, async () => {
  const { bravo } = scene.machines;
  const image = await scene.mxImage("bravo");
  // One that can never be started keeps the others neither from their start nor from their orderly end.
  await bravo.sh(`docker create --label mailkeep.workload=broken --name broken --entrypoint /no/such/program ${image}`);
  // The unit's end leaves all of them, in whatever order they need one another.
  await bravo.sh("systemctl restart mailkeep-containers");
  await scene.untilHealthy("bravo");
  expect(await bravo.sh("systemctl is-active mailkeep-containers")).toBe("active\n");
  await bravo.sh("docker rm broken");
});

test(
  "preflight from a site finds names, delegations and their signatures right, and the way out open",
  { timeout: 2 * MINUTES },
  async () => {
    const { said: table } = await scene.attempt("preflight", STACK, "--from", "bravo");
    for (const [check, of] of [
      ["reverse DNS", `bravo ${PEOPLE.bravo}`],
      ["delegation", "home.example"],
      ["DNSSEC", "home.example"],
      ["port 25 out", "bravo IPv4"],
    ]) {
      expect(table).toMatch(new RegExp(`\\n${check} +${of} +ok `));
    }
    expect(table).toContain("0 problems");
  },
);

test(
  "preflight from elsewhere finds the ports open, and says which one is not, and what it is for",
  { timeout: 3 * MINUTES },
  async () => {
    const look = async (): Promise<string> =>
      (await scene.attempt("preflight", STACK, "--resolver", PEOPLE.nameServer)).said;
    const open = await look();
    for (const address of [PEOPLE.alpha, PEOPLE6.alpha, PEOPLE.bravo, PEOPLE6.bravo]) {
      expect(open).toMatch(
        new RegExp(`\\nports in +\\w+ ${address} +ok +It answers at 25, 80, 443, 465, 587 and 993\\.`),
      );
    }
    // As at a router that does not send the port on.
    const { bravo } = scene.machines;
    await bravo.sh("nft 'add table ip router; add chain ip router in { type filter hook prerouting priority -400; }'");
    await bravo.sh("nft add rule ip router in tcp dport 80 drop");
    const shut = await look();
    await bravo.sh("nft delete table ip router");
    expect(shut).toMatch(
      new RegExp(`\\nports in +bravo ${PEOPLE.bravo} +PROBLEM +It does not answer as it should at 80 \\(silent`),
    );
    expect(shut).toContain("Certificates are proved at port 80.");
    expect(shut).toMatch(new RegExp(`\\nports in +bravo ${PEOPLE6.bravo} +ok `));
  },
);

test(
  "a site is drained from here: no record leads to it, and what waits there is sent on its way",
  { timeout: 6 * MINUTES },
  async () => {
    const subject = await holdAt(scene, "bravo");
    await scene.world.hush(false);
    expect(await scene.mailkeep("site", "drain", "bravo", STACK)).toContain(
      "bravo is drained: its queues are empty, and no record leads to it once you have copied the zones that you keep.",
    );
    await waitOutside(STACK, subject, MAIL_MS);
    expect(await scene.copyZones()).not.toMatch(/ MX .*bravo/);
  },
);

test("then it is closed, and stays as long as a message waits there", { timeout: 6 * MINUTES }, async () => {
  await holdAt(scene, "bravo");
  const { code, said: told } = await scene.attempt("site", "remove", "bravo", STACK);
  expect(code).toBe(1);
  expect(told).toContain("bravo is closed and stays until nothing is left there. One message waits in its queues");
  expect(await said("bravo", PORT.smtp)).toMatch(/^421 /);
  expect((await scene.attempt("site", "remove", "bravo", STACK, "--lost")).said).toContain(
    "bravo answers, so it is not lost",
  );
});

test(
  "then its machine burns down: it is gone once that is said, and the other site serves on",
  { timeout: 5 * MINUTES },
  async () => {
    await scene.machines.bravo.destroy();
    await scene.world.hush(false);
    expect((await scene.attempt("site", "remove", "bravo", STACK)).said).toContain(
      "bravo does not answer, so its queues cannot be emptied.",
    );
    expect(await scene.mailkeep("site", "remove", "bravo", STACK, "--lost")).toContain(
      "bravo is gone, and with it what may have waited in its queues",
    );
    expect(await scene.copyZones()).not.toContain("bravo");
    await takesMail("alpha");
    expect(await scene.up()).not.toContain("bravo");
  },
);

test("down takes the site away, and leaves its mail and its firewall", { timeout: 3 * MINUTES }, async () => {
  expect((await scene.attempt("down", STACK)).said).toContain("Nothing has been destroyed");
  expect(await scene.mailkeep("down", STACK, "--yes")).toContain("Kept the mail in ");
  const { alpha } = scene.machines;
  expect(await alpha.sh("docker ps --all --quiet")).toBe("");
  expect(await alpha.sh("nft list tables")).toContain("table inet mailkeep");
  expect(await alpha.sh("docker volume ls --quiet")).toContain(`mailkeep-${STACK}-alpha-mail`);
});

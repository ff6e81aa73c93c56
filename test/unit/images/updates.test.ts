/** What apt's simulation means. The real apt is in test/engine. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { updateWords } from "../../../tools/commands/check.ts";
import { debianUpdates, parseUpgrades } from "../../../tools/images/updates.ts";
import { PUBLIC_MIRROR } from "../../../tools/offline/debian-mirror.ts";
import { fails, fakeRunner, OK, prints } from "../offline/fake.ts";

// No proxy is started in front of another mirror.
beforeEach(() => {
  vi.stubEnv("MAILKEEP_DEBIAN_MIRROR", PUBLIC_MIRROR.main);
  vi.stubEnv("MAILKEEP_DEBIAN_SECURITY_MIRROR", PUBLIC_MIRROR.security);
});
afterEach(() => vi.unstubAllEnvs());

const SIMULATED = `== mailkeep postfix
NOTE: This is only a simulation!
Reading package lists...
The following packages will be upgraded:
  libssl3t64 openssl
Inst openssl [3.5.1-1] (3.5.4-1~deb13u1 Debian-Security:13/stable-security [amd64]) []
Inst libssl3t64 [3.5.1-1] (3.5.4-1~deb13u1 Debian-Security:13/stable-security [amd64])
Inst libnew (1.0-1 Debian:13.2/stable [amd64])
Conf openssl (3.5.4-1~deb13u1 Debian-Security:13/stable-security [amd64])
== mailkeep valkey
Inst base-files [13.8+deb13u1] (13.8+deb13u2 Debian:13.2/stable, Debian:13/stable-updates [amd64])
Remv old [1.0]
`;

test("a line for each package that is installed and has a newer version", () => {
  const security = { have: "3.5.1-1", available: "3.5.4-1~deb13u1", from: "Debian-Security:13/stable-security" };
  expect(parseUpgrades(SIMULATED)).toEqual([
    { image: "postfix", package: "openssl", ...security },
    { image: "postfix", package: "libssl3t64", ...security },
    {
      image: "valkey",
      package: "base-files",
      have: "13.8+deb13u1",
      available: "13.8+deb13u2",
      from: "Debian:13.2/stable, Debian:13/stable-updates",
    },
  ]);
  expect(
    parseUpgrades("== mailkeep postfix\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"),
  ).toEqual([]);
});

test("what lacks updates is a table, and a sentence on what to do", () => {
  const words = updateWords("production", 12, parseUpgrades(SIMULATED));
  expect(words).toMatch(/^postfix +openssl +3\.5\.1-1 +3\.5\.4-1~deb13u1 +Debian-Security/m);
  expect(words).toContain("2 of 12 images of production lack updates: `npm run up -- production --refresh`");
  expect(updateWords("local", 14, [])).toBe("All 14 images of local have what Debian has today.");
});

test("sources are read once for the images that have the same ones", async () => {
  const inventory = (sources: string) => prints(`${sources}\n== mailkeep\nPackage: x\n`);
  const { runner, ran } = fakeRunner({
    "docker image inspect": OK,
    "docker run --rm --network": [inventory("deb one"), inventory("deb one"), inventory("deb two")],
    "docker run --rm --interactive": prints("== mailkeep a\n"),
    "apt-config": OK,
  });
  expect(await debianUpdates({ a: "a:1", b: "b:1", c: "c:1" }, runner)).toEqual([]);
  const simulations = ran.filter((line) => line.startsWith("docker run --rm --interactive"));
  expect(simulations.map((line) => /sh (\S+) -ec/.exec(line)?.[1])).toEqual(["a:1", "c:1"]);
});

test("an image of a registry that is not here is pulled, and what cannot be had is told of", async () => {
  const pin = `registry.test/mail/a:1@sha256:${"0a".repeat(32)}`;
  const { runner, ran } = fakeRunner({ "docker image inspect": fails("none"), "docker pull": fails("denied") });
  await expect(debianUpdates({ a: pin }, runner)).rejects.toThrow(`The image ${pin} cannot be looked at`);
  expect(ran).toContain(`docker pull --quiet ${pin}`);
});

test("an image that is not Debian's is told of", async () => {
  const { runner } = fakeRunner({ "docker image inspect": OK, "docker run": fails("sh: not found") });
  await expect(debianUpdates({ a: "a:1" }, runner)).rejects.toThrow("does not say which packages it has");
});

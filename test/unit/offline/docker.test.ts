import { describe, expect, test } from "vitest";
import { prepareDocker, type DockerHost } from "../../../tools/offline/docker.ts";
import { fails, fakeRunner, fakeStep, MISSING, OK, prints, type Answers } from "./fake.ts";

const RUNNING = prints("20.10.24 /var/lib/docker\n");
const SILENT = fails("Cannot connect to the Docker daemon");

function host(answers: Answers, change: Partial<DockerHost> = {}) {
  const { runner, ran } = fakeRunner(answers);
  const launched: string[][] = [];
  const { step, told } = fakeStep();
  const machine: DockerHost = {
    runner,
    machine: () => Promise.resolve({ family: ["debian"], root: true }),
    freeGib: () => Promise.resolve(50),
    launch: (args) => {
      launched.push([...args]);
      return Promise.resolve();
    },
    wait: () => Promise.resolve(),
    elsewhere: undefined,
    ...change,
  };
  return { ran, launched, told, prepare: () => prepareDocker(() => step, machine) };
}

describe("an engine that answers", () => {
  test("is used as it is, with one question", async () => {
    const { prepare, ran, told } = host({ "docker info": RUNNING });
    expect(await prepare()).toEqual({ name: "docker", version: "20.10.24", source: "installed" });
    expect(ran).toHaveLength(1);
    expect(told).toEqual([]);
  });

  test("is refused where its disk is full", async () => {
    const { prepare } = host({ "docker info": RUNNING }, { freeGib: () => Promise.resolve(2.5) });
    await expect(prepare()).rejects.toThrow("/var/lib/docker has 2.5 GiB left and 3 GiB are needed");
  });

  test("is refused where the user may not use its socket", async () => {
    const { prepare } = host({
      "docker info": fails("permission denied while trying to connect to the Docker daemon socket"),
    });
    await expect(prepare()).rejects.toThrow("add the user to the group docker");
  });
});

describe("an engine that is installed and does not run", () => {
  const answers: Answers = {
    "docker info": [SILENT, SILENT, SILENT, RUNNING],
    "dockerd --version": OK,
    "sh -c ulimit": OK,
  };

  test("is started, and waited for", async () => {
    const { prepare, launched, ran } = host(answers);
    expect((await prepare()).source).toBe("installed");
    expect(launched).toEqual([[]]);
    expect(ran.filter((line) => line.startsWith("apt-get"))).toEqual([]);
  });

  test("gets lower limits where the machine may not raise its own", async () => {
    const { prepare, launched } = host({ ...answers, "sh -c ulimit": fails("Operation not permitted") });
    await prepare();
    expect(launched).toEqual([["--default-ulimit", "nofile=1024:4096"]]);
  });

  test("is left to the user who may not start it", async () => {
    const { prepare, launched } = host(answers, {
      machine: () => Promise.resolve({ family: ["debian"], root: false }),
    });
    await expect(prepare()).rejects.toThrow("sudo systemctl start docker");
    expect(launched).toEqual([]);
  });

  test("is not started here where the user has one elsewhere", async () => {
    const { prepare, launched } = host({ ...answers, "docker info": SILENT }, { elsewhere: "tcp://192.0.2.1:2375" });
    await expect(prepare()).rejects.toThrow("No Docker engine answers at tcp://192.0.2.1:2375");
    expect(launched).toEqual([]);
  });

  test("is given up when it does not come", async () => {
    const { prepare } = host({ ...answers, "docker info": SILENT });
    await expect(prepare()).rejects.toThrow("does not answer after 60 s: its log is");
  });
});

describe("a machine without Docker", () => {
  test("gets the distribution's, and the client where it is a package of its own", async () => {
    const { prepare, ran, told } = host({
      "docker info": [MISSING, MISSING, SILENT, RUNNING],
      "apt-get": OK,
      "sh -c ulimit": OK,
    });
    expect((await prepare()).source).toBe("fallback");
    expect(ran.filter((line) => line.startsWith("apt-get"))).toEqual([
      "apt-get install --yes --no-install-recommends docker.io iptables",
      "apt-get install --yes --no-install-recommends docker-cli",
    ]);
    expect(told[0]).toBe("apt-get install docker.io iptables");
  });

  test("does not start a second engine where the package has started one", async () => {
    const { prepare, launched } = host({ "docker info": [MISSING, RUNNING], "apt-get": OK });
    await prepare();
    expect(launched).toEqual([]);
  });

  test.each([
    { family: ["fedora"], root: true },
    { family: ["debian"], root: false },
  ])("says so on $family, root: $root", async (machine) => {
    const { prepare } = host({}, { machine: () => Promise.resolve(machine) });
    await expect(prepare()).rejects.toThrow("Docker is not installed here");
  });

  test("shows what apt-get says", async () => {
    const { prepare } = host({ "apt-get": fails("E: Unable to locate package docker.io") });
    await expect(prepare()).rejects.toThrow("apt-get cannot install docker.io, iptables: install them by hand");
  });
});

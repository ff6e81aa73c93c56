import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ReleaseInputs } from "../../providers/compose/inputs.ts";
import type { Plain } from "../../providers/compose/values.ts";
import { FAKE_IMAGE, makeStack, NAME, readText, run, succeed } from "./compose-stack.ts";
import type { ComposeStack } from "./compose-stack.ts";

const SECRET = "a-text-that-nobody-may-see";
const PROJECT = `${NAME}-alpha`;

let stack: ComposeStack;

interface Change {
  readonly conf?: string;
  readonly waitSeconds?: number;
  readonly hostnameOfNet?: string;
  readonly environment?: Record<string, string>;
  readonly ports?: readonly Plain[];
}

/** Three workloads: `net` with a network, `mx` in the network of `net`, and `dovecot` for itself. */
function inputs({
  conf = "a",
  waitSeconds = 60,
  hostnameOfNet = "net",
  environment = {},
  ports = [],
}: Change = {}): ReleaseInputs {
  const service = (uid: number, more: Record<string, Plain>): ReleaseInputs["workloads"][string] => ({
    uid,
    service: { image: FAKE_IMAGE, user: `${uid}:${uid}`, stop_grace_period: "2s", restart: "always", ...more },
    files: { conf: "first", "folder/cost.cf": "cost: $1\n" },
    secretFiles: { "site.key": SECRET },
  });
  const mail = [{ type: "volume", source: "mail", target: "/srv/mail" }];
  const shared = [
    { type: "volume", source: "state", target: "/srv/state" },
    { type: "volume", source: "memory", target: "/run/shared" },
  ];
  const mx = service(2003, { network_mode: "service:net", volumes: shared, environment });
  return {
    project: PROJECT,
    directory: stack.directory,
    networks: { site: { name: `${PROJECT}-site`, ipam: { config: [{ subnet: "10.213.7.0/24" }] } } },
    volumes: {
      mail: { name: `${PROJECT}-mail`, kind: "mail", uid: 2010, mode: "0700" },
      state: { name: `${PROJECT}-state`, kind: "state", uid: 2003, mode: "0755" },
      memory: { name: `${PROJECT}-memory`, kind: "memory", uid: 2003, mode: "0755" },
    },
    workloads: {
      net: service(2000, { networks: { site: null }, hostname: hostnameOfNet, ports }),
      mx: { ...mx, files: { conf } },
      dovecot: service(2010, { networks: { site: null }, volumes: mail, environment: { PRICE: "$HOME" } }),
    },
    waitSeconds,
  };
}

/** Container ids by workload. */
async function containers(): Promise<Record<string, string>> {
  const filter = `label=com.docker.compose.project=${PROJECT}`;
  const format = '{{.Label "mailkeep.workload"}} {{.ID}}';
  const listed = await succeed("docker", ["ps", "--no-trunc", "--filter", filter, "--format", format]);
  return Object.fromEntries(
    listed
      .trim()
      .split("\n")
      .map((line): [string, string] => [line.split(" ")[0] ?? "", line.split(" ")[1] ?? ""]),
  );
}

const inMx = async (...command: string[]): Promise<string> =>
  await succeed("docker", ["exec", `${PROJECT}-mx-1`, ...command]);

async function up(wanted: ReleaseInputs): Promise<string> {
  const { code, output } = await stack.pulumi(wanted, "up", "--yes", "--skip-preview");
  expect(output).not.toContain(SECRET);
  if (code !== 0) throw new Error(output);
  return output;
}

async function failingUp(wanted: ReleaseInputs): Promise<string> {
  const { code, output } = await stack.pulumi(wanted, "up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(output).not.toContain(SECRET);
  return output;
}

const unchanged = async (wanted: ReleaseInputs): Promise<void> => {
  const { code, output } = await stack.pulumi(wanted, "preview", "--expect-no-changes");
  expect({ code, output }).toMatchObject({ code: 0 });
};

beforeAll(async () => {
  stack = await makeStack();
}, 900_000);

afterAll(async () => {
  const ids = await succeed("docker", ["ps", "-aq", "--filter", `label=com.docker.compose.project=${PROJECT}`]);
  if (ids.trim()) await succeed("docker", ["rm", "-f", ...ids.trim().split("\n")]);
  await run("docker", ["network", "rm", `${PROJECT}-site`]);
  await run("docker", ["volume", "rm", `${PROJECT}-mail`, `${PROJECT}-state`, `${PROJECT}-memory`]);
  await stack.remove();
}, 60_000);

describe("a release", { timeout: 180_000 }, () => {
  test("comes up with its files, owners and volumes, and then has nothing to change", async () => {
    await up(inputs());
    expect(Object.keys(await containers()).toSorted()).toEqual(["dovecot", "mx", "net"]);
    expect(
      await inMx("stat", "-Lc", "%a %u %n", "/release/current", "/release/current/conf", "/release/current/site.key"),
    ).toBe("500 2003 /release/current\n444 2003 /release/current/conf\n400 2003 /release/current/site.key\n");
    expect(await inMx("stat", "-c", "%a %u", "/srv/state", "/run/shared", "/var/lib/keeper")).toBe(
      "755 2003\n755 2003\n700 2003\n",
    );
    const dovecot = ["exec", `${PROJECT}-dovecot-1`, "sh", "-c"];
    // What looks like a variable to a shell or to Compose is left alone.
    const shown = "cat /release/current/folder/cost.cf; printenv PRICE; stat -c '%a %u' /srv/mail";
    expect(await succeed("docker", [...dovecot, shown])).toBe("cost: $1\n$HOME\n700 2010\n");
    await succeed("docker", [...dovecot, "echo letter > /srv/mail/1"]);
    await unchanged(inputs());
  });

  test("keeps its secrets out of the state and of all that is printed", async () => {
    const { output } = await stack.pulumi(inputs(), "stack", "export");
    expect(output).toContain("ciphertext");
    expect(output).not.toContain(SECRET);
    const preview = await stack.pulumi(inputs({ conf: "other" }), "preview", "--diff", "--show-sames");
    expect(preview.output).not.toContain(SECRET);
  });

  test("takes a changed file without making any container anew", async () => {
    const before = await containers();
    const { stdout } = await stack.pulumi(inputs({ conf: "b" }), "preview", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      steps: [
        { op: "refresh" },
        { op: "same" },
        { op: "update", detailedDiff: { "workloads.mx.files.conf": { kind: "update" } } },
      ],
    });
    await up(inputs({ conf: "b" }));
    expect(await containers()).toEqual(before);
    expect(await inMx("cat", "/release/current/conf")).toBe("b");
    // The one before it is gone: the keeper has taken the new one.
    expect((await inMx("ls", "/release")).trim().split("\n")).toHaveLength(2);
  });

  test("makes only the container anew whose service changed", async () => {
    const before = await containers();
    await up(inputs({ conf: "b", environment: { MORE: "1" } }));
    const after = await containers();
    expect(after).toEqual({ ...before, mx: after["mx"] });
    expect(after["mx"]).not.toBe(before["mx"]);
  });

  test("makes those anew too that share the network of one", async () => {
    const before = await containers();
    await up(inputs({ hostnameOfNet: "other" }));
    const after = await containers();
    expect(after["dovecot"]).toBe(before["dovecot"]);
    const mode = await succeed("docker", ["inspect", "--format", "{{.HostConfig.NetworkMode}}", `${PROJECT}-mx-1`]);
    expect(mode.trim()).toBe(`container:${after["net"]}`);
    await up(inputs());
  });

  test("says what a checker refused, and goes on from there", async () => {
    const before = await containers();
    const output = await failingUp(inputs({ conf: "refuse" }));
    expect(output).toContain("mx refused its new configuration: conf line 1: no such setting: refuse");
    expect(output).toMatch(/The last good configuration \([0-9a-f]{16}\) serves on/);
    await up(inputs({ conf: "c" }));
    expect(await containers()).toEqual(before);
    await unchanged(inputs({ conf: "c" }));
  });

  test("shows the last lines of a workload that does not become healthy", async () => {
    const output = await failingUp(inputs({ conf: "sick", waitSeconds: 3 }));
    expect(output).toContain("mx did not become healthy within 3 s: running. Its last lines:");
    expect(output).toContain("cannot reach the moon");
    await up(inputs());
  });

  test("goes on where a killed run ended", async () => {
    const killed = await stack.start(inputs({ conf: "sick" }), "up", "--yes", "--skip-preview");
    const ended = new Promise((done) => killed.on("exit", done));
    const lock = await expect
      .poll(() => readText(`${stack.directory}/lock`).catch(() => ""), { timeout: 60_000 })
      .toContain("pid")
      .then(() => readText(`${stack.directory}/lock`));
    const pid = /"pid":(\d+)/.exec(lock)?.[1];
    process.kill(Number(pid), "SIGKILL");
    await ended;
    const output = await up(inputs({ conf: "d" }));
    expect(output).toContain(`Took over the lock of ${stack.directory}`);
    await unchanged(inputs({ conf: "d" }));
  });

  test("waits for nobody who changes the same release", async () => {
    const start = (await readText("/proc/self/stat")).split(") ")[1]?.split(" ")[19];
    const owner = { pid: process.pid, started: start, machine: hostname(), since: "2001-02-03T04:05:06Z" };
    await writeFile(`${stack.directory}/lock`, JSON.stringify(owner));
    const output = await failingUp(inputs({ conf: "e" }));
    expect(output).toContain(`process ${process.pid} on ${hostname()}, since 2001-02-03T04:05:06Z holds`);
    await succeed("rm", [`${stack.directory}/lock`]);
    await up(inputs());
  });

  test("sees what was changed behind its back, and repairs it", async () => {
    await succeed("docker", ["rm", "-f", `${PROJECT}-net-1`]);
    await succeed("docker", ["stop", `${PROJECT}-dovecot-1`]);
    const key = await inMx("readlink", "-f", "/release/current/site.key");
    await writeFile(`${stack.directory}/release/mx${key.trim().replace("/release", "")}`, "altered");
    const { output } = await stack.pulumi(inputs(), "preview", "--diff");
    expect(output).toContain('"running" => "missing"');
    expect(output).toContain('"running" => "stopped"');
    expect(output).toMatch(/~ mx +: "[0-9a-f]{16}" => "[0-9a-f]{16}"/);
    await up(inputs());
    expect(Object.keys(await containers()).toSorted()).toEqual(["dovecot", "mx", "net"]);
    expect(await inMx("cat", "/release/current/site.key")).toBe(SECRET);
    await unchanged(inputs());
  });

  test("names the port that another program holds", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const output = await failingUp(inputs({ ports: [{ host_ip: "127.0.0.1", target: 25, published: String(port) }] }));
    expect(output).toContain(`Port ${port} of 127.0.0.1 is in use by another program on this machine.`);
    other.close();
    await up(inputs());
    await unchanged(inputs());
  });

  test("says that the disk is full, leaves what runs as it is, and goes on when there is room", async () => {
    const before = await containers();
    const place = `${stack.directory}/release/mx`;
    await succeed("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", place]);
    try {
      const output = await failingUp(inputs({ conf: "x".repeat(100_000) }));
      expect(output).toContain("The disk of this machine is full. Make room");
    } finally {
      await succeed("umount", [place]);
    }
    expect(await containers()).toEqual(before);
    expect(await inMx("cat", "/release/current/conf")).toBe("a");
    await up(inputs());
    await unchanged(inputs());
  });

  test("names every wrong input at once, and changes nothing", async () => {
    const before = await containers();
    const wrong = { ...inputs(), directory: "here", waitSeconds: -1 };
    const output = await failingUp(wrong);
    expect(output).toContain(
      "property directory value {here} has a problem: must be an absolute path at least two folders deep",
    );
    expect(output).toContain("property waitSeconds value {-1} has a problem: must be a number of seconds above 0");
    expect(await containers()).toEqual(before);
  });

  test("goes down though somebody else is on its network, and says who", async () => {
    const visitor = `${PROJECT}-visitor`;
    const options = ["--detach", "--name", visitor, "--network", `${PROJECT}-site`, "--entrypoint", "sleep"];
    await succeed("docker", ["run", ...options, FAKE_IMAGE, "600"]);
    try {
      const { code, output } = await stack.pulumi(inputs(), "destroy", "--yes", "--skip-preview");
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toContain(`The network ${PROJECT}-site stays on this machine, for ${visitor} uses it.`);
    } finally {
      await succeed("docker", ["rm", "--force", visitor]);
    }
    await up(inputs());
  });

  test("goes down, keeps the mail, and finds it again", async () => {
    const { code, output } = await stack.pulumi(inputs(), "destroy", "--yes", "--skip-preview");
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain(`Kept the mail in ${PROJECT}-mail`);
    const left = await succeed("docker", ["volume", "ls", "--quiet", "--filter", `label=mailkeep.project=${PROJECT}`]);
    expect(left.trim()).toBe(`${PROJECT}-mail`);
    expect((await run("ls", [stack.directory])).code).not.toBe(0);
    expect(await succeed("docker", ["network", "ls", "--quiet", "--filter", `name=${PROJECT}-site`])).toBe("");
    await up(inputs());
    expect(await succeed("docker", ["exec", `${PROJECT}-dovecot-1`, "cat", "/srv/mail/1"])).toBe("letter\n");
    await stack.pulumi(inputs(), "destroy", "--yes", "--skip-preview");
  });
});

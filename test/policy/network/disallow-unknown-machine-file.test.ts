import { describe, expect, it } from "vitest";
import { disallowUnknownMachineFile as rule } from "../../../policy/network/disallow-unknown-machine-file.ts";
import { type RunOptions, UNKNOWN, violations } from "../../support/policy.ts";
import { FILES } from "../../unit/platforms/machine.fixture.ts";

interface File {
  readonly path: string;
  readonly apply: readonly string[];
}

const rendered: readonly File[] = FILES.map(({ path, apply }) => ({ path, apply }));
const machine = (files: unknown, options: RunOptions = {}) =>
  violations(rule, { type: "compose:index:Machine", name: "alpha", props: { machine: "1", files } }, options);
const withFile = (path: string, apply: readonly string[] = ["true"]) => machine([...rendered, { path, apply }]);

describe("disallow-unknown-machine-file", () => {
  it("accepts what the program renders", async () => {
    expect(await machine(rendered)).toEqual([]);
  });

  it.each([
    "/etc/cron.d/job",
    "/etc/sudoers.d/90-job",
    "/root/.ssh/authorized_keys",
    "/etc/ssh/sshd_config",
    "/etc/ssh/sshd_config.d/00-another.conf",
    "/etc/systemd/system/job.service",
    "/etc/systemd/system/mailkeep-grow.service.d/more.conf",
    "/etc/docker/../cron.d/job",
    "/etc/apt/apt.conf.d/99job",
  ])("refuses %s", async (path) => {
    const [said = "", ...more] = await withFile(path);
    expect(more).toEqual([]);
    expect(said).toMatch(/^the machine alpha: \/etc\/|^the machine alpha: \/root\//);
    expect(said).toContain("is a file that no rule here reads; take it out, or look and list the file.");
  });

  it.each([
    ["/etc/sysctl.d/60-mailkeep.conf", "nft flush ruleset"],
    ["/etc/sysctl.d/60-mailkeep.conf", "sysctl --quiet --system; id"],
    ["/etc/docker/daemon.json", "sh -c systemctl enable docker && systemctl restart docker && id"],
    ["/etc/systemd/system/srv-mail.mount", "sh -c id"],
  ])("refuses that %s is taken by %s", async (path, command) => {
    const files = rendered.map((file) => (file.path === path ? { ...file, apply: command.split(" ") } : file));
    expect(await machine(files)).toEqual([
      `the machine alpha: ${path} is taken by "${command}", which is no command that is known here; take it out, or look and list the file.`,
    ]);
  });

  it("takes a file that somebody has looked at", async () => {
    const files = [...rendered, { path: "/etc/cron.d/job", apply: ["id"] }];
    expect(await machine(files, { config: { paths: ["/etc/cron.d/job"] } })).toEqual([]);
  });

  it("waits where the files are not known yet", async () => {
    await expect(machine(UNKNOWN)).rejects.toThrow(/known during preview/);
  });

  it("has nothing to say of another resource", async () => {
    expect(await violations(rule, { type: "tls:index/privateKey:PrivateKey", name: "key", props: {} })).toEqual([]);
  });
});

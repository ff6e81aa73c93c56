/** A machine of one's own, as platform `host` wants one: plain Debian 13 that is reached by SSH. It is one container. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run, succeed } from "../../engine/compose-stack.ts";
import { until } from "../system.ts";
import { machineImage, USER } from "./image.ts";
import { ADMIN, PEOPLE, PEOPLE6, type Site } from "./places.ts";
import { type AtEnd, LABEL, type World } from "./world.ts";

const START_MS = 180_000;
/** Beyond what Docker allows of itself: what systemd and a Docker inside need. */
const CAPABILITIES = ["SYS_ADMIN", "NET_ADMIN", "SYS_BOOT", "SYS_PTRACE"];
const UNCONFINED = ["seccomp=unconfined", "apparmor=unconfined"];

export class ContainerMachine {
  /** The public key that it shows. */
  readonly hostKey: string;
  /** Of its container. */
  readonly name: string;

  private constructor(name: string, hostKey: string) {
    this.name = name;
    this.hostKey = hostKey;
  }

  /** @param folder that may be used for it */
  static async start(site: Site, world: World, folder: string, atEnd: AtEnd): Promise<ContainerMachine> {
    const image = await machineImage(PEOPLE.nameServer);
    const name = `${world.prefix}-${site}`;
    const key = join(folder, `${site}-host-key`);
    await succeed("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key]);
    const options = [
      ...["--name", name, "--hostname", site, "--label", LABEL, "--restart", "always", "--tty"],
      ...["--cgroupns", "private", "--env", "container=docker", "--tmpfs", "/run", "--tmpfs", "/tmp"],
      ...CAPABILITIES.flatMap((capability) => ["--cap-add", capability]),
      ...UNCONFINED.flatMap((option) => ["--security-opt", option]),
      // Layers of its own Docker cannot lie on this one's.
      ...["--volume", "/var/lib/docker"],
      ...["--network", world.people, "--ip", PEOPLE[site], "--ip6", PEOPLE6[site]],
    ];
    atEnd(async () => {
      await run("docker", ["rm", "--force", "--volumes", name]);
    });
    await succeed("docker", ["create", ...options, image]);
    await succeed("docker", ["network", "connect", "--ip", ADMIN[site], world.admin, name]);
    for (const [from, to] of [
      [key, "ssh_host_ed25519_key"],
      [`${key}.pub`, "ssh_host_ed25519_key.pub"],
    ] as const) {
      await succeed("docker", ["cp", from, `${name}:/etc/ssh/${to}`]);
    }
    await succeed("docker", ["start", name]);
    const machine = new ContainerMachine(name, (await readFile(`${key}.pub`, "utf8")).trim());
    await machine.#untilUp();
    return machine;
  }

  /** As a fire does: nothing of it is left. */
  async destroy(): Promise<void> {
    await succeed("docker", ["rm", "--force", "--volumes", this.name]);
  }

  /** Output of a shell command of root's. */
  async sh(command: string): Promise<string> {
    return await succeed("docker", ["exec", this.name, "sh", "-c", command]);
  }

  /** A key may log in from now on. @param folder for it on its way */
  async authorize(publicKey: string, folder: string): Promise<void> {
    const file = join(folder, "authorized_keys");
    await writeFile(file, `${publicKey}\n`);
    await this.sh(`install -d -o ${USER} -m 0700 /home/${USER}/.ssh`);
    await succeed("docker", ["cp", file, `${this.name}:/home/${USER}/.ssh/authorized_keys`]);
    await this.sh(`chown ${USER} /home/${USER}/.ssh/authorized_keys && chmod 0600 /home/${USER}/.ssh/authorized_keys`);
  }

  /** Its programs believe an authority from now on. @param certificate in PEM */
  async trust(certificate: string): Promise<void> {
    const file = "/usr/local/share/ca-certificates/test.crt";
    await this.sh(`printf %s '${certificate}' > ${file} && update-ca-certificates`);
  }

  /** From inside, as after an upgrade of the kernel. */
  async restart(): Promise<void> {
    const start = (): Promise<string> => succeed("docker", ["inspect", "--format", "{{.State.StartedAt}}", this.name]);
    const before = await start();
    await run("docker", ["exec", this.name, "systemctl", "reboot"]);
    await until("the machine has started anew", async () => (await start()) !== before, START_MS);
    await this.#untilUp();
  }

  /** The end of what its journal has, for whoever wants to know what went wrong. */
  async journal(): Promise<string> {
    return await this.sh("journalctl --no-pager --priority warning --lines 40").catch(
      () => "The machine does not answer.",
    );
  }

  async #untilUp(): Promise<void> {
    const up = async (): Promise<boolean> =>
      (await this.sh("systemctl is-active ssh docker")).trim() === "active\nactive";
    await until("SSH and Docker have started on the machine", up, START_MS);
  }
}

/** An image with what a machine of a site has: Debian 13 with the packages of its user data. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGES } from "../../components/platforms/machine-packages.ts";
import { withBuildNetwork } from "../../tools/offline/build-network.ts";
import { run as runner } from "../../tools/offline/run.ts";
import { succeed } from "./compose-stack.ts";

/** Docker keeps the layers, so a second test that builds it does so in a moment. */
const DOCKERFILE = `ARG BASE
FROM $BASE
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\
  ${PACKAGES.join(" ")} nullmailer cloud-init systemd util-linux \\
 && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_*
RUN useradd --create-home --shell /bin/sh mailkeep && mkdir -p /run/sshd \\
 && echo 'mailkeep ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/mailkeep
CMD ["/usr/sbin/sshd", "-D", "-e"]
`;

/** Builds it under a tag, on a base image. @param folder that may be used for it */
export async function buildMachineImage(tag: string, folder: string, base: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "Dockerfile"), DOCKERFILE);
  await withBuildNetwork(runner, async (args) => {
    const from = ["--build-arg", `BASE=${base}`];
    await succeed("docker", ["build", "--quiet", ...from, ...args, "--tag", tag, folder]);
  });
}

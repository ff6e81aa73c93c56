/** How a build reaches Debian's packages from this machine. */
import { debianMirror, isPublic } from "./debian-mirror.ts";
import { startDebianProxy } from "./debian-proxy.ts";
import { ask, type Runner } from "./run.ts";

/**
 * Runs builds with the arguments of `docker build` that let them reach Debian's packages: none where deb.debian.org is
 * what the machine itself uses, the machine's HTTP proxy where it has one, or our own one in front of its mirror.
 * Docker keeps none of these arguments in an image.
 */
export async function withBuildNetwork<T>(runner: Runner, work: (args: readonly string[]) => Promise<T>): Promise<T> {
  const mirror = await debianMirror();
  if (isPublic(mirror)) return work(await machineProxy(runner));
  const gateway = await ask(runner, "docker", [
    "network",
    "inspect",
    "bridge",
    "--format",
    "{{(index .IPAM.Config 0).Gateway}}",
  ]);
  const proxy = await startDebianProxy(mirror, gateway === undefined || gateway === "" ? "172.17.0.1" : gateway);
  try {
    return await work(["--build-arg", `http_proxy=${proxy.url}`]);
  } finally {
    await proxy.close();
  }
}

async function machineProxy(runner: Runner): Promise<string[]> {
  const configured = await ask(runner, "apt-config", ["shell", "PROXY", "Acquire::http::Proxy"]);
  const [, ofApt] = /^PROXY='(.+)'$/.exec(configured ?? "") ?? [];
  const url = ofApt ?? process.env["http_proxy"] ?? process.env["HTTP_PROXY"];
  // A proxy on this machine's loopback address is not there for a container.
  return url === undefined || url === "" || /\/\/(localhost|127\.)/.test(url)
    ? []
    : ["--build-arg", `http_proxy=${url}`];
}

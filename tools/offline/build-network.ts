/** How a build reaches Debian's packages from this machine. */
import { debianMirror, isPublic } from "./debian-mirror.ts";
import { startDebianProxy } from "./debian-proxy.ts";
import { ask, type Runner } from "./run.ts";

/**
 * Runs builds with the arguments of `docker build` that let them reach Debian's packages. Docker keeps none of them in an
 * image.
 */
export function withBuildNetwork<T>(runner: Runner, work: (args: readonly string[]) => Promise<T>): Promise<T> {
  return withDebianProxy(runner, (url) => work(url === undefined ? [] : ["--build-arg", `http_proxy=${url}`]));
}

/**
 * Runs work with the HTTP proxy by which containers reach Debian's packages: none where deb.debian.org is what the machine
 * itself uses, the machine's proxy where it has one, or our own one in front of its mirror.
 */
export async function withDebianProxy<T>(runner: Runner, work: (url: string | undefined) => Promise<T>): Promise<T> {
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
    return await work(proxy.url);
  } finally {
    await proxy.close();
  }
}

async function machineProxy(runner: Runner): Promise<string | undefined> {
  const configured = await ask(runner, "apt-config", ["shell", "PROXY", "Acquire::http::Proxy"]);
  const [, ofApt] = /^PROXY='(.+)'$/.exec(configured ?? "") ?? [];
  const url = ofApt ?? process.env["http_proxy"] ?? process.env["HTTP_PROXY"];
  // A proxy on this machine's loopback address is not there for a container.
  return url === undefined || url === "" || /\/\/(localhost|127\.)/.test(url) ? undefined : url;
}

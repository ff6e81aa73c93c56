/** Who holds the Docker socket, or the folder it is in, is root on the host. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { eachWorkload } from "../read/release.ts";
import { fields, isFields, list, word } from "../read/values.ts";

/** Folders of the host that give power over it, besides everything below them. */
const HOST_FOLDERS = [
  "/run",
  "/var/run",
  "/proc",
  "/sys",
  "/dev",
  "/etc",
  "/root",
  "/boot",
  "/var/lib/docker",
] as const;

export const disallowDockerSocketMount: ResourceValidationPolicy = {
  name: "disallow-docker-socket-mount",
  description: "A workload mounts neither a container engine's socket nor a system folder of the host.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Use a named volume of the release; no workload of a mail system needs the host's files.",
  validateResource: eachWorkload(({ service }, report) => {
    for (const source of list(service["volumes"]).map(hostPath).filter(isPowerful)) {
      report(`it mounts ${source} of the host, which gives it power over the machine; use a named volume instead.`);
    }
  }),
};

/** The host's path of a mount in Compose's long or short form; a named volume has none. */
function hostPath(mount: unknown): string {
  const source = isFields(mount)
    ? fields(mount)["type"] === "bind"
      ? word(fields(mount)["source"])
      : ""
    : (word(mount).split(":")[0] ?? "");
  return source.startsWith("/") ? normal(source) : "";
}

function isPowerful(path: string): boolean {
  return (
    path === "/" ||
    /(docker|containerd|podman|crio)\.sock$/.test(path) ||
    HOST_FOLDERS.some((folder) => path === folder || path.startsWith(`${folder}/`))
  );
}

/** Without doubled slashes, dots and a slash at the end. */
function normal(path: string): string {
  const steps = path.split("/").reduce<string[]>((kept, step) => {
    if (step === "..") return kept.slice(0, -1);
    return step === "" || step === "." ? kept : [...kept, step];
  }, []);
  return `/${steps.join("/")}`;
}

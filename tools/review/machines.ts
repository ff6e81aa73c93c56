/** What a change of a site's machine does to the site: the machine as its cloud has it, its disk for mail, files of its system. */
import type { Step } from "./events.ts";
import { type Change, type Effect, LOST } from "./interruption.ts";
import { keysOf } from "./paths.ts";

/** Machines of clouds, with what cannot be changed while they run. */
const STOPS_FOR: Readonly<Record<string, readonly string[]>> = {
  // Source: https://docs.digitalocean.com/products/droplets/how-to/resize/
  "digitalocean:index/droplet:Droplet": ["size"],
  // Source: https://www.pulumi.com/registry/packages/gcp/api-docs/compute/instance/#allowstoppingforupdate_nodejs
  "gcp:compute/instance:Instance": ["machineType", "shieldedInstanceConfig"],
};

/** The program makes no other disks than those for mail. */
const DISKS: readonly string[] = ["digitalocean:index/volume:Volume", "gcp:compute/disk:Disk"];

/** The machine as our own provider makes it fit for a release. */
const FITTED = "compose:index:Machine";
/** Stands for a value that a preview does not know yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What has to read files of the system again; the commands are in `components/platforms/machine-files.ts`. */
const READERS: readonly { readonly files: RegExp; readonly what: string; readonly effect: Effect }[] = [
  { files: /^\/etc\/nftables\.conf$/, what: "nftables", effect: "reloads" },
  { files: /^\/etc\/ssh\/sshd_config\.d\//, what: "ssh", effect: "reloads" },
  { files: /^\/etc\/systemd\/journald\.conf\.d\//, what: "systemd-journald", effect: "restarts" },
  { files: /^\/etc\/(mailname$|nullmailer\/|ssl\/mailkeep-ca\.pem$)/, what: "nullmailer", effect: "restarts" },
  // Its containers go on (`live-restore`).
  { files: /^\/etc\/docker\//, what: "docker, not its containers", effect: "restarts" },
];

/** What a step interrupts, if it is one of a machine. */
export function machineChanges(step: Step): Change[] {
  if (DISKS.includes(step.type)) return ofDisk(step);
  if (step.type === FITTED) return ofFitted(step);
  const stopsFor = STOPS_FOR[step.type];
  return stopsFor === undefined ? [] : ofMachine(step, stopsFor);
}

function ofDisk({ op, changed }: Step): Change[] {
  const effect = LOST;
  if (op === "delete") return [{ what: "disk for mail", effect, cause: "deleted" }];
  return op === "replace" ? causes(changed).map((cause) => ({ what: "disk for mail", effect, cause })) : [];
}

function ofMachine({ op, changed }: Step, stopsFor: readonly string[]): Change[] {
  const what = "machine";
  switch (op) {
    case "delete":
      return [{ what, effect: "removed", cause: "" }];
    case "replace":
      return causes(changed).map((cause) => ({ what, effect: "down until the new one is up", cause }));
    case "update":
      return changed
        .filter((key) => stopsFor.includes(key))
        .map((cause) => ({ what, effect: "stops and starts", cause }));
    default:
      return [];
  }
}

function ofFitted({ op, paths, inputs }: Step): Change[] {
  // Where a cloud's machine is made anew, which one is not known yet, and its own step tells of it.
  if (op === "replace" && inputs["machine"] !== UNKNOWN)
    return [{ what: "machine", effect: "down until the new one is up", cause: "address" }];
  if (op !== "update") return [];
  return paths.flatMap((path) => {
    const [property, file = ""] = keysOf(path);
    const reader = property === "hashes" ? READERS.find(({ files }) => files.test(file)) : undefined;
    return reader === undefined ? [] : [{ what: reader.what, effect: reader.effect, cause: file }];
  });
}

/** At least one, so that what is replaced for reasons that nobody tells is told of as well. */
function causes(changed: readonly string[]): readonly string[] {
  return changed.length === 0 ? [""] : changed;
}

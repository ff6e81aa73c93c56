/** What the parts of a release are called in Docker. */

/** The Compose project of a group. */
export function projectName(stack: string, group: string): string {
  return `mailkeep-${stack}-${group}`;
}

/** The group that owns what several groups share. */
const SHARED_OWNER = "world";

/**
 * A network's name in Docker.
 *
 * The kind of network stands before the group, and that has a reason: of several networks, Docker publishes ports (and
 * routes outward) through the one whose name sorts first. So `…-internet` must sort before `…-site-alpha`.
 */
export function networkName(
  stack: string,
  group: string,
  network: { name: string; kind: "owned" | "external" },
): string {
  const shared = network.kind === "external" || group === SHARED_OWNER;
  return shared ? `mailkeep-${stack}-${network.name}` : `mailkeep-${stack}-${network.name}-${group}`;
}

/** Docker's name of a volume. */
export function volumeName(stack: string, group: string, volume: string): string {
  return `mailkeep-${stack}-${group}-${volume}`;
}

/** Where the releases of a stack lie on a machine of a site's own. */
export function directoryThere(stack: string): string {
  return `/var/lib/mailkeep/${stack}`;
}

/** Only mail's own ports are published, and those of this machine only to itself. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { DNS_PORT, LINK_PORT, NEVER_PORTS, WORLD_PORTS } from "./allowed.ts";
import { isEveryAddress, isLoopback, type Publication, publications } from "../read/publication.ts";
import { eachWorkload } from "../read/release.ts";

export const disallowUnlistedPublishedPort: ResourceValidationPolicy = {
  name: "disallow-unlisted-published-port",
  description:
    "A release publishes only the ports of SMTP, submission, IMAP and HTTPS, and that of the link between sites where it is on a " +
    "machine of its own; on this machine only on loopback addresses.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Take the port out of the workload's `publish`, or publish one of 25, 465, 587, 993, 143, 443 and 80 on a 127.0.0.0/8 address.",
  validateResource: eachWorkload((workload, report, { project, elsewhere }) => {
    for (const published of publications(workload)) {
      const port = firstUnlisted(published, { world: project.endsWith("-world"), elsewhere });
      if (port !== undefined) report(portMessage(published, port));
      // What is published on all addresses is the concern of a rule of its own.
      else if (!elsewhere && !isLoopback(published.address) && !isEveryAddress(published.address)) {
        report(
          `it publishes ${published.text} on ${published.address}, which other machines reach; ` +
            "publish it on an address of 127.0.0.0/8.",
        );
      }
    }
  }),
};

interface Where {
  readonly world: boolean;
  readonly elsewhere: boolean;
}

function firstUnlisted({ published, target, protocol }: Publication, where: Where): number | undefined {
  const listed = (port: number): boolean =>
    (where.world && port === DNS_PORT) ||
    (protocol === "tcp" && (WORLD_PORTS.has(port) || (where.elsewhere && port === LINK_PORT)));
  return [...ports(published), ...ports(target)].find((port) => !listed(port));
}

/** All ports of a range, at most a thousand: a wider one is wrong long before. What is no range is one wrong port. */
function ports([first, last]: readonly [number, number]): number[] {
  if (!(first <= last)) return [Number.NaN];
  return Array.from({ length: Math.min(last - first + 1, 1_000) }, (_, index) => first + index);
}

function portMessage({ text, protocol }: Publication, port: number): string {
  const never = NEVER_PORTS.get(port);
  if (never !== undefined) {
    return `it publishes ${text}, and port ${port} is ${never}, which must stay inside the site; remove it.`;
  }
  const named = Number.isInteger(port) && port > 0 ? `port ${port}/${protocol}` : "a port that Docker chooses";
  return `it publishes ${text}, and ${named} is not one that the world may reach; remove it, or use 25, 465, 587, 993, 143, 443 or 80 over TCP.`;
}

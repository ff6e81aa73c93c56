/** Rules that no single key can check: what must hold between the parts of the settings. */
import { checkDirectory } from "../directory/index.ts";
import { checkDns } from "../dns/check.ts";
import { checkRecords } from "../dns/check-records.ts";
import { checkPlatforms } from "./check-platforms.ts";
import { checkBlocklists } from "./check-blocklists.ts";
import { checkEgress } from "./check-egress.ts";
import { checkImages } from "./check-images.ts";
import { checkHostMail } from "./check-host-mail.ts";
import { checkPrivateAuthority } from "./check-private-authority.ts";
import { checkNames } from "./check-names.ts";
import { checkSites } from "./check-sites.ts";
import type { Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";

/** All problems between the parts of the settings; empty when a plan can be made of them. */
export function checkSettings(settings: Settings): Problem[] {
  const problems = [
    ...checkSites(settings),
    ...checkNames(settings),
    ...checkPlatforms(settings),
    ...checkPrivateAuthority(settings),
    ...missingHashes(settings),
    ...queueOrder(settings),
    ...repeatedDestinations(settings),
    ...checkBlocklists(settings),
    ...checkEgress(settings),
    ...checkHostMail(settings),
    ...checkImages(settings),
    ...checkDirectory({ ...settings, ownDomain: settings.infrastructureDomain }),
    ...checkDns(settings),
  ];
  const told = new Set(problems.map(({ path }) => path));
  return [...problems, ...checkRecords(settings).filter(({ path }) => !told.has(path))];
}

/** A machine without one gets a made-up password. */
function missingHashes({ mailboxes, machines, passwordHashes }: Settings): Problem[] {
  const people = mailboxes.map(({ address }, index) => ({ path: `mailboxes[${index}].address`, name: address }));
  const names = new Set([...people.map(({ name }) => name), ...machines.map(({ login }) => login)]);
  const without = people
    .filter(({ name }) => passwordHashes[name] === undefined)
    .map(({ path, name }) => ({
      path,
      got: `${name} without a password hash`,
      wanted: `a hash under passwordHashes["${name}"]`,
      fix: `npm run mailkeep -- password ${name}`,
    }));
  const strange = Object.keys(passwordHashes)
    .filter((name) => !names.has(name))
    .map((name) => ({
      path: `passwordHashes["${name}"]`,
      got: "a hash for an account that is not listed",
      wanted: "the address of a mailbox or the login of a machine",
      fix: `list ${name} under mailboxes, or take the hash out`,
    }));
  return [...without, ...strange];
}

/** Times of the queue that would never come. */
function queueOrder({ queue }: Settings): Problem[] {
  const { firstRetrySeconds, longestRetryMinutes, delayWarningMinutes, lifetimeMinutes } = queue;
  const retries =
    firstRetrySeconds > longestRetryMinutes * 60
      ? [
          {
            path: "queue.firstRetrySeconds",
            got: `${firstRetrySeconds} s, which is more than longestRetryMinutes (${longestRetryMinutes} min)`,
            wanted: "a first wait that is no longer than the longest",
            fix: "lower the one or raise the other",
          },
        ]
      : [];
  const times = { longestRetryMinutes, delayWarningMinutes };
  const late = Object.entries(times)
    .filter(([, minutes]) => minutes >= lifetimeMinutes)
    .map(([key, minutes]) => ({
      path: `queue.${key}`,
      got: `${minutes} min, and a message lives ${lifetimeMinutes} min (lifetimeMinutes)`,
      wanted: "a time within a message's life",
      fix: "lower the one or raise the other",
    }));
  return [...retries, ...late];
}

function repeatedDestinations({ outboundTls: { destinations } }: Settings): Problem[] {
  const first = new Map<string, number>();
  return destinations.flatMap(({ domain }, index) => {
    const earlier = first.get(domain);
    if (earlier === undefined) first.set(domain, index);
    return earlier === undefined
      ? []
      : [
          {
            path: `outboundTls.destinations[${index}].domain`,
            got: `${domain}, which outboundTls.destinations[${earlier}] has too`,
            wanted: "each destination once",
            fix: "take one of the two out",
          },
        ];
  });
}

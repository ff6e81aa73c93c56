/** Names of what a stack has at clouds, which take short ones of few characters alone. */
import type { SitePlan } from "../plan/types.ts";

/** The name of a site's machine there, and the beginning of the names of all that belongs to it. */
export function cloudName(stack: string, site: string): string {
  return `mailkeep-${stack}-${site}`;
}

/** The longest thing that stands behind it, a firewall's. */
const LONGEST_ENDING = "-world-v4";

/**
 * Google's limit (RFC 1035 section 2.3.1, which it names); DigitalOcean's are wider, but for volumes, which have 64.
 *
 * Source: https://cloud.google.com/compute/docs/naming-resources
 */
const MAX_LENGTH = 63;
const FORM = /^[a-z][a-z0-9-]*$/;

/** @throws Error where a cloud would refuse a name in the midst of the first update */
export function requireCloudNames(stack: string, sites: readonly Pick<SitePlan, "name" | "machine">[]): void {
  const made = sites.filter(({ machine }) => machine?.made !== undefined);
  const wrong = made.filter(({ name }) => {
    const whole = `${cloudName(stack, name)}${LONGEST_ENDING}`;
    return whole.length > MAX_LENGTH || !FORM.test(whole);
  });
  if (wrong.length === 0) return;
  const room = MAX_LENGTH - cloudName("", "").length - LONGEST_ENDING.length;
  throw new Error(
    `Nothing was changed.\nThe names of ${wrong.map(({ name }) => name).join(" and ")} at the cloud would have the stack's name "${stack}" in them, and clouds take lower-case letters, digits and hyphens. ` +
      `Stack and site may have ${room} of them together: shorten one of the two.`,
  );
}

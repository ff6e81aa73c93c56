/** What all sites share for the senders of forwarded mail (SRS). */

/** Label of {@link srsDomain}; no site and no client name may have it. */
export const SRS_LABEL = "srs";

/** Domain of rewritten senders. It has an MX, so that bounces come back at any site, and no mailboxes. */
export function srsDomain(infrastructureDomain: string): string {
  return `${SRS_LABEL}.${infrastructureDomain}`;
}

/** How long a rewritten sender is believed, PostSRSd's default. */
export const SRS_LIFETIME_DAYS = 21;

/** Name of the secret of a generation. */
export function srsSecret(generation: number): string {
  return `srs/${generation}`;
}

/**
 * Names of the secrets of a generation. The first signs, all of them are believed: the one before it for addresses that
 * are still on their way, and the next one, because sites are not changed in the same moment, and a bounce may come to
 * one that has yet to move on.
 */
export function srsSecrets(generation: number, believeLast = true): readonly string[] {
  return [generation, ...(believeLast && generation > 1 ? [generation - 1] : []), generation + 1].map(srsSecret);
}

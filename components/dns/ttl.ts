/** How long resolvers may remember records. */

/** Service addresses change when a site is added or leaves, and must be forgotten soon. */
export const SERVICE_TTL_SECONDS = 60;
/** Policy records change rarely and only in ordered steps. */
export const POLICY_TTL_SECONDS = 3600;

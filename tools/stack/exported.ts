/** What `pulumi stack export` prints. */
import { z } from "zod";

/**
 * Resources of a stack's state, in the order of the state.
 *
 * @param resource what is read of each
 * @throws ZodError where it is no such state
 */
export function resourcesIn<Resource>(exported: string, resource: z.ZodType<Resource>): Resource[] {
  const state = z.looseObject({ deployment: z.looseObject({ resources: z.array(resource).nullish() }) });
  return state.parse(JSON.parse(exported)).deployment.resources ?? [];
}

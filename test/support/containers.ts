/** The containers of a stack. */
import { docker } from "../../tools/site/docker.ts";

/** Since when each of them runs, with its name. Sorted, so that what has not changed is equal. */
export async function startTimes(stack: string): Promise<string[]> {
  const containers = (await docker("ps", "--quiet", "--filter", `label=mailkeep.stack=${stack}`)).trim().split("\n");
  return (await docker("inspect", "--format", "{{.Name}} {{.State.StartedAt}}", ...containers))
    .trim()
    .split("\n")
    .sort();
}

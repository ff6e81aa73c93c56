/** Hosts that will not come back: what was there is taken to be gone. */

/** Variable with the projects whose hosts are lost, with commas between. */
export const LOST = "MAILKEEP_LOST";

/** Whether a project's host is said to be lost. */
export function isLost(project: string, environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment[LOST]?.split(",").includes(project) ?? false;
}

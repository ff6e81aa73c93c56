/** Faults: what can happen to a process or a container. */
import { containerOf, docker, processesOf } from "./system.ts";

/** Sends a signal to processes by their ids on this machine, whoever they belong to. */
async function signal(image: string, name: "STOP" | "CONT" | "KILL" | "USR2", pids: readonly number[]): Promise<void> {
  // From a container in the machine's process space: killing another user's process needs more than Docker's group.
  const script = `for pid in ${pids.join(" ")}; do kill -${name} $pid 2>/dev/null || true; done`;
  const own = [
    "run",
    "--rm",
    "--label",
    "mailkeep.test=fault",
    "--pid=host",
    "--cap-drop=ALL",
    "--cap-add=KILL",
    "--user=0",
    "--network=none",
  ];
  await docker(...own, "--entrypoint", "/bin/sh", image, "-c", script);
}

async function imageOf(container: string): Promise<string> {
  return (await docker("inspect", "--format", "{{.Config.Image}}", container)).trim();
}

/** All processes of a workload but its keeper. */
export async function daemonProcesses(
  stack: string,
  site: string,
  workload: string,
): Promise<{ pid: number; command: string }[]> {
  return (await processesOf(stack, site, workload)).filter(({ command }) => !command.startsWith("/keeper"));
}

/** Stops every process of a workload but the keeper, so that it hangs. */
export async function hang(stack: string, site: string, workload: string): Promise<void> {
  const image = await imageOf(await containerOf(stack, site, workload));
  const processes = await daemonProcesses(stack, site, workload);
  await signal(
    image,
    "STOP",
    processes.map(({ pid }) => pid),
  );
}

/** Stops every process of a workload, its keeper too: nothing in it moves until it is let go. @returns what lets it go */
export async function freeze(stack: string, site: string, workload: string): Promise<() => Promise<void>> {
  const image = await imageOf(await containerOf(stack, site, workload));
  const pids = (await processesOf(stack, site, workload)).map(({ pid }) => pid);
  await signal(image, "STOP", pids);
  return () => signal(image, "CONT", pids);
}

/** Kills processes of a workload at once. */
export async function killProcesses(
  stack: string,
  site: string,
  workload: string,
  pids: readonly number[],
): Promise<void> {
  await signal(await imageOf(await containerOf(stack, site, workload)), "KILL", pids);
}

/** Has HAProxy take its configuration again: its master, which is the keeper's own child, among workers old and new. */
export async function reloadEdge(stack: string, site: string): Promise<void> {
  const container = await containerOf(stack, site, "edge");
  const rows = (await docker("top", container, "-eo", "pid,ppid,args")).trim().split("\n").slice(1);
  const processes = rows.map((row) => row.trim().split(/\s+/));
  const keeper = processes.find(([, , command]) => command === "/keeper")?.[0];
  const master = processes.find(([, parent, command]) => parent === keeper && command?.endsWith("haproxy"))?.[0];
  if (master === undefined) throw new Error(`The edge of ${site} has no master process.`);
  await signal(await imageOf(container), "USR2", [Number(master)]);
}

/** Kills a workload's container so that it stays dead. @returns what starts it again */
export async function killContainer(stack: string, site: string, workload: string): Promise<() => Promise<void>> {
  const container = await containerOf(stack, site, workload);
  await docker("kill", container);
  return async () => {
    await docker("start", container);
  };
}

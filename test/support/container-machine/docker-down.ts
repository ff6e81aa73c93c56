/** A Docker that does not start any more, and what its containers do meanwhile. */
import type { ContainerMachine } from "./machine.ts";

/** Process id of the keeper of the MX, on the machine: it is asked for while Docker still answers. */
export async function pidOfMx(machine: ContainerMachine): Promise<string> {
  const pid = await machine.sh("docker inspect --format '{{.State.Pid}}' $(docker ps --quiet --filter name=mx)");
  return pid.trim();
}

/** Docker does not come back, whatever systemd tries, until systemd gives it up. */
export async function breakDocker(machine: ContainerMachine): Promise<void> {
  await machine.sh(
    "systemctl stop docker.socket && cp -p /etc/docker/daemon.json /root && echo '{' >/etc/docker/daemon.json",
  );
  await machine.sh(
    "systemctl restart docker || timeout 90 sh -c 'until systemctl is-failed --quiet docker; do sleep 1; done'",
  );
}

export async function mendDocker(machine: ContainerMachine): Promise<void> {
  await machine.sh("cp -p /root/daemon.json /etc/docker && systemctl reset-failed docker && systemctl start docker");
}

/** Has the MX log more than what the pipes on the log's way hold. @param pid of the MX */
export async function floodLog(machine: ContainerMachine, pid: string): Promise<void> {
  const line = `postlog -c /run/conf -t flood ${"x".repeat(1000)}`;
  await machine.sh(`nsenter --target ${pid} --mount --net --ipc sh -c 'for i in $(seq 400); do ${line}; done'`);
}

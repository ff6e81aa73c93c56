/** A site that is far from another: what either says over the link arrives later. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { PORT } from "../../components/plan/ports.ts";
import type { SiteReport } from "../../tools/site/report.ts";
import { containerOf, docker } from "./system.ts";

const execute = promisify(execFile);

/** Where the relay listens, in the network of the site that connects. */
const RELAY_PORT = 14433;

/** Passes bytes on between a local port and another host, each piece after a delay. */
const RELAY = `
const { connect, createServer } = require("node:net");
const [host, port, listen, delay] = process.argv.slice(1);
const pass = (from, to) => {
  const later = (work) => setTimeout(work, Number(delay));
  from.on("data", (data) => later(() => to.write(data)));
  from.on("error", () => to.destroy());
  from.on("close", () => later(() => to.destroy()));
};
createServer((near) => {
  const far = connect(Number(port), host);
  pass(near, far);
  pass(far, near);
}).listen(Number(listen), "127.0.0.1", () => console.log("ready"));
`;

/**
 * Delays what two sites say to each other over connections of the first one, until what is returned is called. The kernel's own
 * way (netem) is not on every machine.
 */
export async function moveAway(
  stack: string,
  from: SiteReport,
  to: SiteReport,
  delayMs: number,
): Promise<() => Promise<void>> {
  const pid = (
    await docker("inspect", "--format", "{{.State.Pid}}", await containerOf(stack, from.name, "net"))
  ).trim();
  const inside = ["--target", pid, "--net"];
  const program = [process.execPath, "--eval", RELAY, to.address, PORT.link, RELAY_PORT, delayMs].map(String);
  const relay = spawn("nsenter", [...inside, ...program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(relay.stdout, "data");
  const iptables = (...args: readonly string[]): Promise<{ stdout: string }> =>
    execute("nsenter", [...inside, "iptables", "--wait", "--table", "nat", ...args]);
  // The relay's own connections are root's, and go straight.
  const others = ["-p", "tcp", "-d", to.address, "--dport", String(PORT.link), "-m", "owner", "!", "--uid-owner", "0"];
  const rule = ["OUTPUT", ...others, "-j", "REDIRECT", "--to-ports", String(RELAY_PORT)];
  await iptables("--append", ...rule);
  return async () => {
    const { stdout } = await iptables("--list-rules", "OUTPUT", "--verbose");
    await iptables("--delete", ...rule);
    relay.kill();
    const used = stdout.split("\n").find((line) => line.includes(`--to-ports ${RELAY_PORT}`));
    if (used === undefined || / -c 0 0 /.test(used)) throw new Error(`${from.name} made no connection to ${to.name}.`);
  };
}

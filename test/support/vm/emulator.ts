/** A virtual machine in QEMU, emulated: it needs no right and no hardware. */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { VmImage } from "../../../tools/offline/index.ts";

export interface Emulator {
  /** The end of what its console has shown, for whoever wants to know why it does not come up. */
  readonly console: () => Promise<string>;
  readonly running: () => boolean;
  readonly stop: () => Promise<void>;
}

export interface EmulatorArgs {
  readonly image: VmImage;
  /** Disks besides the system's; nothing is ever written to any of them. */
  readonly disks: readonly string[];
  readonly network: readonly string[];
  /** For its console. */
  readonly folder: string;
}

const MEMORY_MIB = 2048;
/** With SSE 4.2, which the filter's patterns need, and AES, but without AVX, which QEMU emulates slowly and libraries would choose. */
const PROCESSOR = "Westmere";

/** Nothing is given up because the emulator is slow: not a device, not a daemon of the system's own. */
const KERNEL_LINE = [
  "root=LABEL=system rw console=ttyS0",
  // Nobody else's secrets are in its processor, and keeping them apart costs an emulator the most.
  "mitigations=off",
  "udev.event_timeout=900",
  "systemd.service_watchdogs=no",
].join(" ");

export function startEmulator({ image, disks, network, folder }: EmulatorArgs): Emulator {
  const console = join(folder, "console.log");
  const args = [
    ...["-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", PROCESSOR, "-smp", "2", "-m", String(MEMORY_MIB)],
    ...["-no-user-config", "-nodefaults", "-display", "none", "-serial", `file:${console}`],
    ...["-kernel", image.kernel, "-initrd", image.initrd, "-append", KERNEL_LINE],
    // What is written goes to a file without a name, which goes with the process; a restart of the machine keeps it.
    ...[image.disk, ...disks].flatMap((path) => [
      "-drive",
      `file=${path},format=raw,if=virtio,snapshot=on,cache=unsafe`,
    ]),
    ...network,
    ...["-device", "virtio-rng-pci"],
  ];
  // Behind everything else that this machine does, and never longer than this process.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "nice", "-n", "10", "qemu-system-x86_64", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  let over = false;
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      said += error.message;
      over = true;
      resolve();
    });
    child.on("exit", () => {
      over = true;
      resolve();
    });
  });
  return {
    console: async () => said + (await readFile(console, "utf8").catch(() => "")).slice(-3000),
    running: () => !over,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

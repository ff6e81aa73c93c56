/** Published ports of a Compose service, in the long and the short form of its specification. */
import { canonicalAddress } from "./address.ts";
import { type ReleaseWorkload } from "./release.ts";
import { fields, isFields, list, word } from "./values.ts";

/** One published port or range of ports. */
export interface Publication {
  /** Address on the host; empty where none is named, which means all of them. */
  readonly address: string;
  /** First and last port on the host; both 0 where Docker chooses. */
  readonly published: readonly [number, number];
  readonly target: readonly [number, number];
  readonly protocol: string;
  /** As a reader would write it. */
  readonly text: string;
}

/** All publications of a workload, in their order. */
export function publications(workload: ReleaseWorkload): Publication[] {
  return list(workload.service["ports"]).map((port) => (isFields(port) ? longForm(port) : shortForm(word(port))));
}

/** Whether only this machine reaches the address: 127.0.0.0/8 (RFC 1122) or ::1 (RFC 4291). */
export function isLoopback(address: string): boolean {
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address) || canonicalAddress(address) === canonicalAddress("::1");
}

/** Whether the address stands for every address of the host, however it is written. */
export function isEveryAddress(address: string): boolean {
  if (address === "*" || /^[0.]*$/.test(address)) return true;
  return /^(0000:){5}(0000|ffff):0000:0000$/.test(canonicalAddress(address));
}

function longForm(port: Readonly<Record<string, unknown>>): Publication {
  const { host_ip, published, target, protocol } = fields(port);
  return publication(unbracketed(word(host_ip)), word(published), word(target), word(protocol));
}

/** `[address:][published:]target[/protocol]`, where an IPv6 address is in brackets. */
function shortForm(text: string): Publication {
  const [ports = "", protocol = ""] = text.split("/");
  const parts = /^(?:(\[[^\]]*\]|[^:]*):)?(?:([^:]*):)?([^:]*)$/.exec(ports);
  const [, first = "", second, target = ports] = parts ?? [];
  // With one colon only, what stands in front of it is the published port.
  const [address, published] = second === undefined ? ["", first] : [first, second];
  return publication(unbracketed(address), published, target, protocol);
}

function publication(address: string, published: string, target: string, protocol: string): Publication {
  const shown = [address.includes(":") ? `[${address}]` : address, published, target].filter((part) => part !== "");
  return {
    address,
    published: range(published),
    target: range(target),
    protocol: protocol || "tcp",
    text: `${shown.join(":")}/${protocol || "tcp"}`,
  };
}

function unbracketed(address: string): string {
  return address.replace(/^\[(.*)\]$/, "$1");
}

function range(ports: string): readonly [number, number] {
  const [first = 0, last = first] = ports === "" ? [0] : ports.split("-").map(Number);
  return [first, last];
}

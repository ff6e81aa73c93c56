/** The workload model: one container, described once and rendered for Compose here and for Kubernetes elsewhere. */
import type { Text } from "./text.ts";

/** Folder in every container where the keeper lays the applied configuration. Rendered files name it literally. */
export const CONF = "/run/conf";

/** Sysctls with which an ordinary user may bind any port of the container's own network, such as 25 or 53, without a capability. */
export const LOW_PORTS = { "net.ipv4.ip_unprivileged_port_start": "0" } as const;

/** Name of a folder under `images/`. */
export type ImageName =
  | "keeper"
  | "haproxy"
  | "postfix"
  | "dovecot"
  | "rspamd"
  | "valkey"
  | "opendkim"
  | "postsrsd"
  | "unbound"
  | "couchmail"
  | "certs"
  | "knot"
  | "pebble"
  | "outside";

/** One container with all that it needs. */
export interface Workload {
  /** Unique in its site, such as `mx`; also its host name on the site's network. */
  readonly name: string;
  readonly image: ImageName;
  /** Numeric user the container starts as, which owns its configuration, secrets and state. */
  readonly uid: number;
  readonly network: WorkloadNetwork;
  /** Files below {@link CONF}, by relative path. A text with a secret in it becomes a file of mode 0400. */
  readonly files: Readonly<Record<string, Text>>;
  readonly keeper: KeeperConfig;
  readonly volumes: readonly VolumeMount[];
  /** Writable folders in memory, besides `/run` and `/tmp`, which every workload has. */
  readonly scratch: readonly ScratchMount[];
  /** Linux capabilities; all others are dropped. */
  readonly capabilities: readonly Capability[];
  readonly limits: Limits;
  /** Ports published on the machine. Only a workload with a network of its own may have some. */
  readonly publish: readonly Publication[];
  readonly sysctls: Readonly<Record<string, string>>;
}

/** Those that some workload needs, capabilities(7). */
export type Capability =
  "CHOWN" | "DAC_OVERRIDE" | "FOWNER" | "KILL" | "NET_ADMIN" | "NET_BIND_SERVICE" | "SETGID" | "SETUID" | "SYS_CHROOT";

/** Where a container is in the network. */
export type WorkloadNetwork =
  /** A network stack of its own on the networks named, each with its fixed addresses. */
  | { readonly kind: "own"; readonly attach: readonly Attachment[]; readonly resolver: string | undefined }
  /** The network stack of another workload of the same site, like the containers of one pod. */
  | { readonly kind: "shared"; readonly with: string };

/** A place on a network. */
export interface Attachment {
  readonly network: string;
  readonly address: string;
  readonly address6: string | undefined;
}

/** A volume in a container. */
export interface VolumeMount {
  /** Name of a volume of the site. */
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** A folder in memory, empty at each start. */
export interface ScratchMount {
  readonly path: string;
  readonly uid: number;
  readonly mode: string;
  readonly sizeMiB: number;
}

/** What a container may use at most. */
export interface Limits {
  readonly memoryMiB: number;
  readonly pids: number;
}

/** A port of the machine that leads to a container. */
export interface Publication {
  readonly hostAddress: Text;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

/** What happens to a volume when its site goes. `mail` is never deleted without being asked for by name. */
export interface Volume {
  readonly name: string;
  readonly kind: "mail" | "state" | "memory";
  /** Owner of a fresh volume. */
  readonly uid: number;
  readonly mode: string;
}

// ---- the keeper's own configuration, written to keeper.json -----------------------------------------------------

/** Configuration of the keeper, the PID 1 of every container (`images/keeper`). Times are in seconds. */
export interface KeeperConfig {
  /** What is run and kept running. Absent for a workload that only holds something open, such as `net`. */
  readonly command?: readonly string[];
  /**
   * A command that is run again and again instead of a daemon. When it ends with 75 (EX_TEMPFAIL of sysexits.h) it is tried again
   * as after any failure, and the workload is healthy all the same: it could not do all of it, and nobody lacks what it is for.
   */
  readonly job?: { readonly command: readonly string[]; readonly everySeconds: number; readonly retrySeconds: number };
  /** Commands run before each start, such as making folders. One that fails delays the start. */
  readonly prepare?: readonly (readonly string[])[];
  /** The daemon's own checkers, run on a candidate configuration before it is taken; each has three minutes. */
  readonly check?: readonly (readonly string[])[];
  /** How the daemon takes a changed configuration. @default restart */
  readonly reload?: { readonly signal: string } | { readonly command: readonly string[] } | { readonly restart: true };
  /** Further files or folders whose changed content is a reason to reload, such as certificates. */
  readonly watch?: readonly string[];
  /** Asked every few seconds; a daemon that fails `failures` times in a row is ended and started again. */
  readonly probe?: {
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly failures: number;
    /**
     * Failures are not counted before the first success until this long after a start. A life that ended because nothing
     * answered doubles this and `failures` for the next one, up to 16 times, until one was well for half a minute.
     */
    readonly startSeconds: number;
    readonly checks: readonly KeeperCheck[];
  };
  /** Asked as often as the probe; decides readiness only, never ends the daemon. */
  readonly ready?: readonly KeeperCheck[];
  /** Asked as often; decides nothing, and is told where people look: in the state and in metrics. */
  readonly told?: readonly KeeperCheck[];
  /** Addresses that must be on an interface. When one is gone for good the keeper exits, so that the container is started in the network it shares. */
  readonly requireAddresses?: readonly string[];
  /** @default TERM */
  readonly stopSignal?: string;
  /** How long a daemon may take to stop before it is killed. @default 10 */
  readonly stopSeconds?: number;
  /** Where readiness, state and metrics are served over HTTP (`/ready`, `/state`, `/metrics`). */
  readonly listen: string;
  /** Extra environment of the daemon. Never a secret. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Regular expressions (RE2). A line of the daemon's own output that matches one is not passed on to the log: what the
   * keeper's own probes leave there, every few seconds. Say as much as it takes that no other line matches.
   * @default nothing is left out
   */
  readonly quiet?: readonly string[];
  /** Figures of its own for `/metrics`: how many files lie in some folders and below, such as messages in a queue. */
  readonly gauges?: readonly { readonly name: string; readonly help: string; readonly filesIn: readonly string[] }[];
}

/** One question to a service. Addresses are `host:port` or `unix:/path`. */
export type KeeperCheck =
  | {
      readonly kind: "dialog";
      readonly name: string;
      readonly address: string;
      /** Send a PROXY protocol version 2 LOCAL header first. */
      readonly proxy?: boolean;
      /** Speak TLS from the start, without verifying. */
      readonly tls?: boolean;
      /**
       * Each `expect` is a regular expression that a line must match; lines that match `skip` are passed over, and so are
       * lines that are not the last of an SMTP reply. `send` gets its line end by itself. `tls: true` goes over to TLS.
       */
      readonly steps: readonly (
        { readonly send: string } | { readonly expect: string; readonly skip?: string } | { readonly tls: true }
      )[];
    }
  | { readonly kind: "http"; readonly name: string; readonly url: string; readonly status: number }
  /** Milter option negotiation. */
  | { readonly kind: "milter"; readonly name: string; readonly address: string }
  /** A DNS question over UDP; any answer but SERVFAIL or REFUSED counts. */
  | {
      readonly kind: "dns";
      readonly name: string;
      readonly address: string;
      readonly question: string;
      readonly type: "A" | "AAAA" | "SOA" | "NS" | "TXT";
    }
  | { readonly kind: "exec"; readonly name: string; readonly command: readonly string[] }
  /** Whether at least so much of the disk with a folder is left, in octets and in files. */
  | { readonly kind: "space"; readonly name: string; readonly path: string; readonly leastPercent: number };

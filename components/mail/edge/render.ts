/** HAProxy's configuration: what the world connects to, and which server behind it is fit to answer. */
import type { Addresses } from "../../plan/types.ts";
import { linkSections, linkServer, linkSocket } from "./link.ts";
import type { Link } from "./link.ts";
import { fairShare } from "./fair-share.ts";
import { egressSections, type EgressWay } from "./egress.ts";
import { ask, READY } from "./health.ts";
import { directorySections } from "./directory.ts";
import { SASL_LUA, saslSections } from "./sasl.ts";
import { SRS_LUA, srsSections } from "./srs.ts";
import type { EdgeSrs } from "./srs.ts";
import { TABLES_LUA } from "./tables.ts";
import { AUTODISCOVER_LUA, WEB_CONNECTIONS, webSections } from "../web/haproxy.ts";
import type { AcmeContext, WebContext } from "../../plan/context.ts";
import { concat, type Text } from "../../plan/text.ts";
import { CONF } from "../../plan/workload.ts";

/** All that HAProxy does at a site. */
export interface Edge {
  /** Addresses that the world connects to. */
  readonly ingress: Addresses;
  readonly services: readonly EdgeService[];
  /** The directory's host, and its ports that Postfix asks; each is answered on the same port of the loopback. */
  readonly directory: { readonly host: string; readonly ports: readonly number[] };
  /** What rewrites senders; undefined where the site runs no Postfix. */
  readonly srs: EdgeSrs | undefined;
  /** Dovecot's SASL, and the port where it listens; the same port of the loopback leads there. */
  readonly sasl: { readonly host: string; readonly port: number };
  /** Ways to other sites, for the mail that leaves there. */
  readonly egress: readonly EgressWay[];
  /** Both ends of the link to the other sites. Absent where there are none. */
  readonly link: Link | undefined;
  /** What is served over HTTPS. */
  readonly web: WebContext;
  /** How names are proved to be ours: over HTTP it is the edge that answers. */
  readonly acme: Pick<AcmeContext, "proof" | "accountKey"> | undefined;
  /** Port on the loopback with `/healthz` and `/metrics`. */
  readonly statusPort: number;
}

/** One port of the site and those who can answer it. */
export interface EdgeService {
  readonly name: string;
  /**
   * `world`: on the ingress addresses, and servers are told of the client by a PROXY header, version 2. `site`: on the
   * loopback, for the daemons that share the site's network.
   */
  readonly side: "world" | "site";
  readonly port: number;
  /** The first that is ready gets everything; the others are its backups, in this order. */
  readonly servers: readonly EdgeServer[];
  /** Other sites that answer over the link, in order, when none of the servers is ready. */
  readonly peers: readonly string[];
  /** Longest silence of either side before the edge hangs up. Longer than the daemon's own, which ends it politely. */
  readonly idleMinutes: number;
  /** What is said to a client when nobody can answer; without it the connection is closed. */
  readonly busy?: string;
  readonly maxConnections: number;
  /**
   * Whether a client has to begin with TLS. Who says nothing is not led to the daemon, which would keep a process for him.
   *
   * @default false
   */
  readonly tlsFirst?: boolean;
}

/** A daemon that answers connections of a service. */
export interface EdgeServer {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Port of the keeper that says whether the server is ready. */
  readonly keeperPort: number;
  /**
   * Set where it still gets connections when no server is ready but its daemon is healthy: a daemon that misses one of its
   * dependencies answers with a 4xx and the reason. Names of those checks of its keeper that must pass nevertheless, in the
   * order of the keeper's configuration.
   */
  readonly evenUnready: readonly string[] | undefined;
}

/** Lua is HAProxy's only way to say something of its own in TCP mode; the text is one SMTP reply line. */
const BUSY_LUA = `-- Says one line to a client and hangs up. The line is the variable txn.busy of the connection.
core.register_service("busy", "tcp", function(applet)
  applet:send((applet:get_var("txn.busy") or "421 4.3.2 Service not available") .. "\\r\\n")
end)
`;

/** haproxy.cfg and the Lua file that it loads. */
export function renderEdge(edge: Edge): { readonly "haproxy.cfg": Text; readonly "edge.lua": string } {
  // Room for the directory and the status page too: each Postfix process keeps a few lookups open.
  const most = edge.services.reduce((sum, service) => sum + service.maxConnections, 400 + 2 * WEB_CONNECTIONS);
  const sections = [
    global(most),
    DEFAULTS,
    status(edge.statusPort),
    ...edge.services.flatMap((s) => service(edge, s)),
    ...directorySections(edge.directory),
    ...(edge.srs === undefined ? [] : srsSections(edge.srs)),
    saslSections(edge.sasl),
    ...edge.egress.flatMap(egressSections),
    ...(edge.link === undefined ? [] : linkSections(edge.link)),
    ...webSections(edge.web, edge.acme, edge.ingress),
  ];
  return {
    "haproxy.cfg": concat(...sections.flatMap((section, index) => [index === 0 ? "" : "\n", section])),
    "edge.lua": [BUSY_LUA, TABLES_LUA, SRS_LUA, SASL_LUA, AUTODISCOVER_LUA].join("\n"),
  };
}

/** The hello of a TLS client comes first, and soon. */
const TLS_FIRST = `    tcp-request inspect-delay 10s
    tcp-request content accept if { req.ssl_hello_type 1 }
    tcp-request content reject
`;

const global = (maxConnections: number): string => `global
    log stdout format raw daemon info
    # The listening sockets are handed on at a reload, so no connection is refused; sessions of the old process go on,
    # for two hours at most.
    stats socket /run/haproxy.sock mode 600 level admin expose-fd listeners
    hard-stop-after 2h
    # A message takes some 1.3 ms here, and the Lua of all threads would run one at a time anyway.
    nbthread 1
    maxconn ${maxConnections}
    lua-load ${CONF}/edge.lua
`;

const DEFAULTS = `defaults
    mode tcp
    log global
    option tcplog
    option dontlognull
    option clitcpka
    option srvtcpka
    option redispatch 1
    retries 2
    timeout connect 5s
    timeout check 3s
    timeout queue 30s
    timeout client-fin 30s
    timeout server-fin 30s
    default-server inter 2s fastinter 1s fall 2 rise 1
`;

const status = (port: number): string => `frontend status
    mode http
    bind 127.0.0.1:${port}
    option dontlog-normal
    timeout client 10s
    monitor-uri /healthz
    http-request use-service prometheus-exporter if { path /metrics }
    http-request return status 404
`;

function service(edge: Edge, one: EdgeService): string[] {
  const { name, port, idleMinutes } = one;
  const spare = one.servers.filter((server) => server.evenUnready !== undefined);
  const pools = spare.length === 0 ? [name] : [name, `${name}-unready`];
  const nobody = pools.map((pool) => `{ nbsrv(${pool}) eq 0 }`).join(" ");
  const { v4, v6 } = edge.ingress;
  const frontend = [
    `frontend ${name}`,
    ...(one.side === "site" ? ["127.0.0.1"] : [v4, ...(v6 === undefined ? [] : [`[${v6}]`])]).map(
      (address) => `    bind ${address}:${port}`,
    ),
    `    maxconn ${one.maxConnections}`,
    `    timeout client ${idleMinutes}m`,
    ...(one.side === "world" ? [fairShare(one.maxConnections).trimEnd()] : []),
    ...(one.tlsFirst === true ? [TLS_FIRST.trimEnd()] : []),
    ...(one.busy === undefined
      ? []
      : [
          `    tcp-request content set-var-fmt(txn.busy) "${one.busy}" if ${nobody}`,
          `    tcp-request content use-service lua.busy if ${nobody}`,
        ]),
    ...(spare.length === 0 ? [] : [`    use_backend ${name}-unready if { nbsrv(${name}) eq 0 }`]),
    `    default_backend ${name}`,
    "",
  ].join("\n");
  const needed = spare[0]?.evenUnready ?? [];
  return [
    frontend,
    backend(one, one, READY),
    ...(spare.length === 0
      ? []
      : [backend(one, { name: `${name}-unready`, servers: spare, peers: [] }, healthy(needed))]),
  ];
}

/** The keeper's state says whether the daemon itself answers, whatever it depends on. */
const healthy = (checks: readonly string[]): string[] => [
  ask("/state"),
  `http-check expect rstring '${['"healthy": ?true', ...checks.map((name) => `"name": ?"${name}",\\s*"ok": ?true`)].join("[\\s\\S]*")}'`,
];

interface Pool {
  readonly name: string;
  readonly servers: readonly EdgeServer[];
  readonly peers: readonly string[];
}

function backend(one: EdgeService, { name, servers, peers }: Pool, check: readonly string[]): string {
  const proxy = one.side === "world" ? " send-proxy-v2" : "";
  return [
    `backend ${name}`,
    `    timeout server ${one.idleMinutes}m`,
    "    option httpchk",
    ...check.map((line) => `    ${line}`),
    ...servers.map(
      (server, i) =>
        `    server ${server.name} ${server.address}:${server.port}${proxy} check port ${server.keeperPort}${i === 0 ? "" : " backup"}`,
    ),
    ...peers.map((site, i) => {
      const backup = servers.length + i === 0 ? "" : " backup";
      return `    server ${site} ${linkSocket(site, one.name)}${proxy} track ${linkServer(site, one.name)}${backup}`;
    }),
    "",
  ].join("\n");
}

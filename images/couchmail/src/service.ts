/** The whole service: what is opened, in which order, and how it is reloaded and closed. */
import type { Server } from "node:http";
import type { Configuration } from "./config.ts";
import { Directory } from "./directory.ts";
import { serveHttp } from "./http/server.ts";
import type { Logger } from "./log.ts";
import { lookups } from "./lookups.ts";
import { Metrics } from "./metrics.ts";
import type { Store } from "./store.ts";
import { serveTable } from "./tables.ts";
import type { Table } from "./tables.ts";

/** What the service is opened with. */
export interface ServiceArgs {
  readonly configuration: Configuration;
  readonly store: Store;
  readonly log: Logger;
  /** Called when the service can no longer tell the truth, so that the process ends and is started again. */
  readonly failed: (error: Error) => void;
}

/** A service that answers, at the ports that it really has. */
export interface Service {
  readonly ports: Readonly<Record<"domain" | "mailbox" | "alias" | "sender" | "http", number>>;
  /** Takes changed domains, first values and a changed token while lookups go on. */
  reload(configuration: Configuration): Promise<void>;
  close(): Promise<void>;
}

/** Listens first and says "temporary" until the records are read, so that Postfix waits for an answer and not for a port. */
export async function startService({ configuration, store, log, failed }: ServiceArgs): Promise<Service> {
  const { config } = configuration;
  let { tokenSha256 } = configuration;
  const directory = new Directory(store, config.delimiter);
  const metrics = new Metrics();
  const { domain, mailbox, alias, sender } = lookups(directory, metrics);
  const tables = {
    domain: await serveTable(config.listen, config.ports.domain, domain, log),
    mailbox: await serveTable(config.listen, config.ports.mailbox, mailbox, log),
    alias: await serveTable(config.listen, config.ports.alias, alias, log),
    sender: await serveTable(config.listen, config.ports.sender, sender, log),
  };
  const http = await serveHttp(config.listen, config.ports.http, {
    directory,
    metrics,
    mailHome: config.mailHome,
    tokenSha256: () => tokenSha256,
    log,
  });
  await directory.open(configuration.directory, failed);
  return {
    ports: {
      domain: tables.domain.port,
      mailbox: tables.mailbox.port,
      alias: tables.alias.port,
      sender: tables.sender.port,
      http: httpPort(http),
    },
    reload: async (next) => {
      tokenSha256 = next.tokenSha256;
      await directory.load(next.directory);
    },
    close: () => closeAll(Object.values(tables), http, store),
  };
}

/** Nothing new is taken, what was asked is answered, then the database is closed. */
async function closeAll(tables: readonly Table[], http: Server, store: Store): Promise<void> {
  const closed = new Promise((resolve) => http.close(resolve));
  http.closeIdleConnections();
  await Promise.all([closed, ...tables.map((table) => table.close())]);
  await store.close();
}

function httpPort(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

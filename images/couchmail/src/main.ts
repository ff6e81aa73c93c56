/**
 * The command: `main.mjs serve <folder>` runs the service, `main.mjs check <folder>` only reads its configuration and says
 * what is wrong.
 */
import { ConfigurationError, readConfiguration } from "./config.ts";
import type { Config } from "./config.ts";
import { logger, messageOf } from "./log.ts";
import { openPouch } from "./pouch.ts";
import { startService } from "./service.ts";
import type { Service } from "./service.ts";

const log = logger("info");

async function serve(folder: string): Promise<void> {
  // A reload that is asked for during the start waits for its end; without a handler the signal would end the process.
  const hangups = new Hangups();
  const configuration = await readConfiguration(folder);
  const store = await openPouch(configuration.config.data);
  const failed = (error: Error): void => {
    log("error", "The database's changes can no longer be followed; ending, to be started again.", {
      error: error.message,
    });
    process.exit(1);
  };
  const started = performance.now();
  const service = await startService({ configuration, store, log, failed });
  log("info", "The directory is ready.", {
    site: configuration.config.site,
    ms: Math.round(performance.now() - started),
  });
  hangups.take(() => reload(folder, configuration.config, service));
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void stop(service));
}

/** SIGHUPs, taken one after the other, so that what was read later is in force later. */
class Hangups {
  #last: Promise<void>;
  #start: (take: () => Promise<void>) => void = () => undefined;

  constructor() {
    const taken = new Promise<() => Promise<void>>((resolve) => (this.#start = resolve));
    this.#last = taken.then(() => undefined);
    process.on("SIGHUP", () => {
      this.#last = this.#last.then(async () => (await taken)());
    });
  }

  /** `reload` must not throw. */
  take(reload: () => Promise<void>): void {
    this.#start(reload);
  }
}

/** A configuration that is not sound changes nothing: the last good one stays in force. */
async function reload(folder: string, running: Config, service: Service): Promise<void> {
  try {
    const next = await readConfiguration(folder);
    if (JSON.stringify(next.config) !== JSON.stringify(running)) {
      log("info", "Ports, folders or addresses changed; ending, to be started again with them.");
      await stop(service);
      return;
    }
    await service.reload(next);
    log("info", "Domains and first values were loaded.", { domains: next.directory.domains.length });
  } catch (error) {
    log("error", "The new configuration was not taken; the last good one stays in force.", { error: messageOf(error) });
  }
}

async function stop(service: Service): Promise<void> {
  await service.close();
  process.exit(0);
}

async function main([command, folder]: readonly string[]): Promise<void> {
  if (command === "serve" && folder !== undefined) return serve(folder);
  if (command === "check" && folder !== undefined) {
    await readConfiguration(folder);
    return;
  }
  throw new ConfigurationError("Say what to do: serve <folder> or check <folder>.");
}

main(process.argv.slice(2)).catch((error: unknown) => {
  // What is wrong with a configuration is for people, whom the keeper shows it to: plain sentences, no log line.
  if (error instanceof ConfigurationError) process.stderr.write(`${error.message}\n`);
  else log("error", "couchmail did not start.", { error: messageOf(error) });
  process.exit(1);
});

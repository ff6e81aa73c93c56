/** Whether the sites have certificates that mail programs believe: new ones are asked for one site after the other. */
import { connect } from "node:tls";
import { setTimeout as delay } from "node:timers/promises";
import { readFile } from "node:fs/promises";
import { proofOf } from "../../components/plan/acme.ts";
import { fail, say } from "../console.ts";
import { isLocal } from "../stack/local.ts";
import { stackSettings } from "../stack/settings.ts";
import type { Engine } from "../stack/pulumi.ts";
import { stackReport, type SiteReport, type StackReport } from "./report.ts";

const PATIENCE_MS = 180_000;

/**
 * Waits until each site that mail programs are sent to shows a certificate of the authorities in the stack's bundle.
 *
 * @throws SentenceError naming the site and what is wrong with its certificate
 */
export async function untilCertified(report: StackReport): Promise<void> {
  const ca = await readFile(report.ca ?? fail("There is no CA certificate yet: run `npm run up`."), "utf8");
  const end = performance.now() + PATIENCE_MS;
  await Promise.all(
    report.sites
      .filter(({ ports }) => ports["submissions"] !== undefined)
      .map(async (site) => {
        for (;;) {
          const trouble = await troubleOf(site, report.clientHostname, ca);
          if (trouble === undefined) return;
          if (performance.now() > end)
            fail(
              `${site.name} has no certificate that mail programs believe (${trouble}). Its workload certs says why: \`npm run status\`.`,
            );
          await delay(1000);
        }
      }),
  );
}

/**
 * Waits until new sites have certificates, before mail programs are led there. A local one is tried; of one on a machine its
 * workload certs is asked, for who issues there may be nobody that this machine believes. One whose names are proved by answers
 * over HTTP has to be named first.
 *
 * @throws SentenceError where a local site gets none
 */
export async function untilCertifiedThere(stack: string, sites: readonly string[], pulumi: Engine): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  const look = async (): Promise<StackReport> => {
    const report = await stackReport(stack, pulumi);
    return { ...report, sites: report.sites.filter(({ name }) => sites.includes(name)) };
  };
  if (isLocal(stack)) return untilCertified(await look());
  if (proofOf(await stackSettings(stack))?.by === "http") return;
  const troubles = async (): Promise<readonly string[]> =>
    (await look()).sites.flatMap(({ name, workloads }) =>
      workloads.flatMap((one) => (one.name === "certs" && one.trouble !== "" ? [`${name}: ${one.trouble}`] : [])),
    );
  for (let left = await troubles(); left.length > 0; left = await troubles()) {
    if (performance.now() > end) {
      say(`Mail programs will not believe the certificate of a new site yet (${left.join("; ")}).`);
      return;
    }
    await delay(5000);
  }
}

/** What a mail program would say of a site's certificate; undefined where it is content. */
function troubleOf({ address, ports }: SiteReport, servername: string, ca: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: ports["submissions"] ?? 0, servername, ca, timeout: 5000 });
    const end = (trouble: string | undefined): void => {
      socket.destroy();
      resolve(trouble);
    };
    socket.once("secureConnect", () => {
      end(undefined);
    });
    socket.once("error", (error: Error) => {
      end(error.message);
    });
    socket.once("timeout", () => {
      end("no answer for 5 s");
    });
    socket.once("close", () => {
      end("the connection was closed");
    });
  });
}

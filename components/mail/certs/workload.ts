/** The container that keeps the site's certificate. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import type { Workload } from "../../plan/workload.ts";
import { CONF } from "../../plan/workload.ts";
import { CERTIFICATES, WEB_CERTIFICATES } from "../shared-paths.ts";
import { certificateFiles, certsEnvironment, LEGO_FOLDER, renderCerts, requestFiles, WISH_FILE } from "./render.ts";

const HOUR = 3600;

/**
 * Pure: asks for the certificate and renews it, or serves what the private CA has issued, without an operator and without ever
 * holding the site's private key.
 */
export function certsWorkload(site: Pick<SiteContext, "acme" | "tls" | "web" | "network" | "outside">): Workload {
  const address = site.network.address.certs;
  const { outside } = site;
  return {
    name: "certs",
    image: "certs",
    uid: UID.certs,
    network: {
      kind: "own",
      attach: [
        { network: site.network.name, address, address6: undefined },
        { network: outside.name, address: outside.certs.v4, address6: outside.certs.v6 },
      ],
      resolver: site.network.address.unbound,
    },
    files: renderCerts(site),
    keeper: {
      job: { command: ["/usr/local/bin/issue"], everySeconds: 12 * HOUR, retrySeconds: 15 },
      check: [
        ...Object.keys(requestFiles(site)).map((file) => [
          ...["openssl", "req", "-in", `${CONF}/${file}`, "-noout", "-verify"],
        ]),
        ...Object.keys(certificateFiles(site)).map((file) => ["openssl", "x509", "-in", `${CONF}/${file}`, "-noout"]),
      ],
      watch: [WISH_FILE],
      environment: certsEnvironment(site.acme),
      stopSeconds: 5,
      listen: `${address}:${PORT.keeper}`,
    },
    volumes: [
      { volume: "certs", path: CERTIFICATES, readOnly: false },
      { volume: "web-certs", path: WEB_CERTIFICATES, readOnly: false },
      { volume: "lego", path: LEGO_FOLDER, readOnly: false },
    ],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 96, pids: 64 },
    publish: [],
    sysctls: {},
  };
}

/** Pebble's configuration, an ACME server for tests (RFC 8555). */
import { PORT } from "../../plan/ports.ts";
import { CONF } from "../../plan/workload.ts";

/** `pebble.json`. Certificates live for 90 days, as public ones do. */
export function pebbleJson(): string {
  const pebble = {
    listenAddress: `0.0.0.0:${PORT.acme}`,
    managementListenAddress: `0.0.0.0:${PORT.acmeManagement}`,
    certificate: `${CONF}/pebble.crt`,
    privateKey: `${CONF}/pebble.key`,
    httpPort: PORT.http,
    tlsPort: 5001,
    ocspResponderURL: "",
    externalAccountBindingRequired: false,
    certificateValidityPeriod: 90 * 24 * 3600,
  };
  return JSON.stringify({ pebble }, null, 2) + "\n";
}

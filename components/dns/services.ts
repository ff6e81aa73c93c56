/** SRV records by which mail programs find their servers: RFC 6186, RFC 8314 section 5.1, RFC 5804 section 1.8. */
import { PORT } from "../plan/ports.ts";
import type { RecordSet, SrvTarget } from "../plan/types.ts";

/** The root as target: the service is decidedly not there, RFC 2782. */
const NOT_OFFERED: SrvTarget = { priority: 0, weight: 0, port: 0, target: "" };

/** Where mail programs find which services. */
export interface Services {
  /** Whether IMAP with STARTTLS is offered beside IMAPS. */
  readonly imap143: boolean;
  /** Where mail programs connect to. */
  readonly clientHostname: string;
}

/** What a domain offers to mail programs, and what it does not. TLS from the start is preferred to STARTTLS. */
export function serviceRecords(domain: string, services: Services, ttlSeconds: number): RecordSet[] {
  const at = (priority: number, port: number): SrvTarget => ({
    priority,
    weight: 1,
    port,
    target: services.clientHostname,
  });
  const targets: Readonly<Record<string, SrvTarget>> = {
    imaps: at(0, PORT.imaps),
    imap: services.imap143 ? at(10, PORT.imap) : NOT_OFFERED,
    submissions: at(0, PORT.submissions),
    submission: at(10, PORT.submission),
    pop3s: NOT_OFFERED,
    pop3: NOT_OFFERED,
    sieve: NOT_OFFERED,
  };
  return Object.entries(targets).map(([service, target]) => ({
    name: `_${service}._tcp.${domain}`,
    ttlSeconds,
    type: "SRV",
    services: [target],
  }));
}

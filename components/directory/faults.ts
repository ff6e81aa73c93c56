/** Problems that more than one kind of record can have. */
import type { Problem } from "../settings/problem.ts";
import { parseAddress } from "./address.ts";

/** What is written where a domain belongs is none. @param path where it stands in the settings */
export function badDomain(path: string, got: string): Problem {
  return { path, got, wanted: "a domain name such as home.test", fix: "write international names as A-labels (xn--…)" };
}

/** What is written where an address belongs is none. */
export function badAddress(path: string, got: string): Problem {
  return {
    path,
    got,
    wanted: "an address such as ann@home.test",
    fix: "write it without quotes, spaces or a display name",
  };
}

/** An address, or a domain, that mail cannot be taken in for. */
export function notHosted(path: string, address: string): Problem {
  const domain = parseAddress(address)?.domain ?? address;
  return {
    path,
    got: `${address}, whose domain is not hosted`,
    wanted: "an address in a hosted domain",
    fix: `list ${domain} under domains`,
  };
}

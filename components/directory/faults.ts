/** Problems that more than one kind of record can have. */
import type { Problem } from "../settings/problem.ts";
import { parseAddress } from "./address.ts";

export function badDomain(path: string, got: string): Problem {
  return { path, got, wanted: "a domain name such as home.test", fix: "write international names as A-labels (xn--…)" };
}

export function badAddress(path: string, got: string): Problem {
  return {
    path,
    got,
    wanted: "an address such as ann@home.test",
    fix: "write it without quotes, spaces or a display name",
  };
}

export function notHosted(path: string, address: string): Problem {
  const domain = parseAddress(address)?.domain ?? address;
  return {
    path,
    got: `${address}, whose domain is not hosted`,
    wanted: "an address in a hosted domain",
    fix: `list ${domain} under domains`,
  };
}

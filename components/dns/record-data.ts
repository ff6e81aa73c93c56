/** The data of each record in a set, in the master-file form of its type. */
import { resolveText, type Ref, type Text } from "../plan/text.ts";
import type { RecordSet } from "../plan/types.ts";
import { formatCaa } from "./caa.ts";
import { formatSrv } from "./srv.ts";
import { formatTlsa } from "./tlsa.ts";
import { formatTxt } from "./txt.ts";

/** RDATA of each record in a set. Names in it are absolute; the empty name is the root. */
export function recordData(set: RecordSet, resolve: (ref: Ref) => string): string[] {
  switch (set.type) {
    case "A":
    case "AAAA":
      return set.addresses.map((address) => resolveText(address, resolve));
    case "CNAME":
    case "PTR":
    case "NS":
      return set.targets.map((target) => `${target}.`);
    case "MX":
      return set.exchanges.map(({ preference, host }) => `${preference} ${host}.`);
    case "TXT":
      return set.texts.map((text) => formatTxt(resolveText(text, resolve)));
    case "TLSA":
      return set.associations.map((one) => formatTlsa({ ...one, data: resolveText(one.data, resolve) }));
    case "CAA":
      return set.properties.map(formatCaa);
    case "SRV":
      return set.services.map(formatSrv);
  }
}

/** Every text of a set that may refer to a key or to an address that is not known yet. */
export function recordTexts(set: RecordSet): readonly Text[] {
  switch (set.type) {
    case "A":
    case "AAAA":
      return set.addresses;
    case "TXT":
      return set.texts;
    case "TLSA":
      return set.associations.map(({ data }) => data);
    default:
      return [];
  }
}

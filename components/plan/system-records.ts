/** Records of the mail system itself, wherever its zones lie, each with what it is there for. */
import {
  bounceDomainRecords,
  type KeysOfDomain,
  mailDomainRecords,
  parkedDomainRecords,
  srsRecords,
} from "../dns/plan.ts";
import { reverseRecords, siteRecords } from "../dns/site-records.ts";
import { webDomainRecords, webHostRecords } from "../dns/web.ts";
import { groupedBy } from "./grouped.ts";
import { srsDomain } from "./srs.ts";
import type { RecordSet } from "./types.ts";
import type { ZonesArgs } from "./zones.ts";

/** What a record is there for. */
export interface Purpose {
  /** Where the settings name it, such as `domains[1].name`; undefined for a name that mailkeep chose. */
  readonly path: string | undefined;
  /** Such as `the hosted domain club.example`. */
  readonly what: string;
}

/** A record set with its purpose. */
export interface OwnedRecord {
  readonly purpose: Purpose;
  readonly set: RecordSet;
}

/** @see ownedRecords */
export function systemRecords(args: ZonesArgs): RecordSet[] {
  return ownedRecords(args).map(({ set }) => set);
}

/** All record sets. */
export function ownedRecords(args: ZonesArgs): OwnedRecord[] {
  const { sites, infrastructureDomain, domains } = args;
  const keysOf = keysByDomain(args);
  const indexOf = new Map(domains.map(({ name }, index) => [name, index]));
  const hosted = (name: string): Purpose => ({
    path: `domains[${indexOf.get(name)}].name`,
    what: `the hosted domain ${name}`,
  });
  return [
    ...owned({ path: undefined, what: "the sites and the name of mail programs" }, siteRecords(args)),
    ...owned({ path: undefined, what: "names served over HTTPS for hosted domains" }, webHostRecords(args)),
    ...args.web.flatMap((web) => owned(hosted(web.name), webDomainRecords(args, web))),
    ...owned(
      { path: undefined, what: "the senders of forwarded mail" },
      srsRecords(srsDomain(infrastructureDomain), sites),
    ),
    ...domains.flatMap(({ name, dmarcPolicy, reportsTo }) =>
      owned(
        hosted(name),
        mailDomainRecords({
          domain: name,
          ...keysOf(name),
          dmarcPolicy,
          reportsTo: reportsTo ?? `postmaster@${name}`,
          sites,
          services: args,
        }),
      ),
    ),
    ...(indexOf.has(infrastructureDomain)
      ? []
      : owned(
          { path: "infrastructureDomain", what: "bounces of the sites" },
          bounceDomainRecords(infrastructureDomain, keysOf(infrastructureDomain)),
        )),
    ...args.parkedDomains.flatMap((name, index) =>
      owned({ path: `parkedDomains[${index}]`, what: `the domain without mail ${name}` }, parkedDomainRecords(name)),
    ),
    ...owned({ path: undefined, what: "addresses of the sites" }, reverseRecords(sites)),
  ];
}

function owned(purpose: Purpose, sets: readonly RecordSet[]): OwnedRecord[] {
  return sets.map((set) => ({ purpose, set }));
}

function keysByDomain({ publishedKeys, retiredSelectors }: ZonesArgs): (domain: string) => KeysOfDomain {
  const published = groupedBy(publishedKeys, ({ domain }) => domain);
  const retired = groupedBy(retiredSelectors, ({ domain }) => domain);
  return (domain) => ({ keys: published.get(domain) ?? [], revoked: retired.get(domain) ?? [] });
}

/** DNS records of a stack in one form, whoever serves them. */
import { canonicalAddress, reverseName } from "./address.ts";
import { RELEASE, readRelease } from "./release.ts";
import { type Fields, fields, list, word, words } from "./values.ts";
import { absolute, joined, parseZone, stringsOf } from "./zone-file.ts";

/** A single record. Names are absolute, in lower case, without the last dot. */
export interface DnsRecord {
  readonly owner: string;
  readonly type: string;
  /** An address, a name, a text, or the words of the data, as the type has it. The root is the empty name. */
  readonly value: string;
  /** Only of type MX. */
  readonly preference?: number;
  /** Answered with a provider's own addresses instead of this one. */
  readonly proxied: boolean;
}

/** A resource that may be a record, at any provider of zones. */
export interface RecordSource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** Each kind of resource that holds records. */
const READERS: Readonly<Record<string, (props: RecordSource["props"]) => DnsRecord[]>> = {
  [RELEASE]: (props) => readRelease(props).workloads.flatMap(({ files }) => zoneFiles(files)),
  "cloudflare:index/dnsRecord:DnsRecord": (props) => [
    record({
      owner: word(props["name"]),
      origin: "",
      type: word(props["type"]),
      // Cloudflare keeps the preference of an MX apart from its target, and the fields of others apart from each other.
      data: dataWords(word(props["type"]), props),
      preference: word(props["priority"]),
      proxied: props["proxied"] === true,
    }),
  ],
  "digitalocean:index/dnsRecord:DnsRecord": (props) => [
    record({
      owner: word(props["name"]),
      origin: word(props["domain"]),
      type: word(props["type"]),
      data:
        word(props["type"]) === "SRV"
          ? ["priority", "weight", "port", "value"].map((field) => word(props[field]))
          : [word(props["value"])],
      preference: word(props["priority"]),
    }),
  ],
  "gcp:dns/recordSet:RecordSet": (props) =>
    words(props["rrdatas"]).map((data) =>
      record({
        owner: word(props["name"]),
        origin: "",
        type: word(props["type"]),
        data: word(props["type"]) === "TXT" ? stringsOf(data) : data.split(/\s+/),
      }),
    ),
  // A zone that people keep by hand: the key of a set is its name and its type.
  "ledger:index:ZoneByHand": (props) =>
    Object.entries(fields(props["records"])).flatMap(([key, set]) => {
      const [owner = "", type = ""] = key.split(" ");
      return words(fields(set)["data"]).map((data) =>
        record({ owner, origin: "", type, data: type === "TXT" ? stringsOf(data) : data.split(/\s+/) }),
      );
    }),
  // DigitalOcean makes the PTR records of a droplet from its name.
  "digitalocean:index/droplet:Droplet": (props) =>
    ["ipv4Address", "ipv6Address"].flatMap((key) => pointer(word(props[key]), word(props["name"]))),
  "gcp:compute/instance:Instance": (props) =>
    list(props["networkInterfaces"])
      .map(fields)
      .flatMap((one) => [...list(one["accessConfigs"]), ...list(one["ipv6AccessConfigs"])].map(fields))
      .flatMap((access) =>
        pointer(word(access["natIp"]) || word(access["externalIpv6"]), word(access["publicPtrDomainName"])),
      ),
};

/** The PTR record that a cloud keeps for an address. */
function pointer(address: string, name: string): DnsRecord[] {
  if (address === "" || name === "") return [];
  return [record({ owner: reverseName(canonicalAddress(address)), origin: "", type: "PTR", data: [name] })];
}

/** All records of some resources. */
export function recordsOf(resources: readonly RecordSource[]): DnsRecord[] {
  return resources.flatMap(({ type, props }) => READERS[type]?.(props) ?? []);
}

/** Fields of the types that Cloudflare writes out by itself, in the order of a zone file. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  TLSA: ["usage", "selector", "matchingType", "certificate"],
  SRV: ["priority", "weight", "port", "target"],
  CAA: ["flags", "tag", "value"],
};

function dataWords(type: string, props: Fields): readonly string[] {
  const data = fields(props["data"]);
  return FIELDS[type]?.map((name) => word(data[name])) ?? [word(props["content"])];
}

/** Zone files of a name server, `zones/<zone>.zone`. */
function zoneFiles(files: Readonly<Record<string, unknown>>): DnsRecord[] {
  return Object.keys(files).flatMap((path) => {
    const [, zone] = /^zones\/(.+)\.zone$/.exec(path) ?? [];
    if (zone === undefined) return [];
    return parseZone(word(files[path]), zone).map(record);
  });
}

const NAMES: ReadonlySet<string> = new Set(["CNAME", "PTR", "NS", "MX"]);

interface Written {
  readonly owner: string;
  /** What a relative name is below; empty where all names are absolute, with or without a last dot. */
  readonly origin: string;
  readonly type: string;
  readonly data: readonly string[];
  /** Where it is not the first word of an MX's data. */
  readonly preference?: string;
  readonly proxied?: boolean;
}

function record({ owner, origin, type, data, preference, proxied = false }: Written): DnsRecord {
  const name = (text: string): string => absolute(origin === "" ? text.replace(/\.?$/, ".") : text, origin);
  const common = { owner: name(owner), type: type.toUpperCase(), proxied };
  if (common.type === "TXT") return { ...common, value: joined(data.flatMap(stringsOf)) };
  const given = preference ?? "";
  const [first = "", second] = given !== "" ? [given, data[0]] : data;
  if (common.type === "MX") return { ...common, value: name(second ?? ""), preference: Number(first) };
  if (common.type === "SRV") return { ...common, value: [...data.slice(0, 3), name(data[3] ?? "")].join(" ") };
  const value = data.join(" ").replaceAll('"', "");
  return { ...common, value: NAMES.has(common.type) ? name(value) : value.toLowerCase() };
}

/** Whether mail can leave: connections to other servers' port 25, and to relays. */
import { type Greeting, type Means, valuesOf } from "./means.ts";
import type { SubjectSite } from "./subject.ts";
import { judgeOf, type Verdict } from "./verdict.ts";

/** One server that was tried. */
export interface Tried {
  readonly host: string;
  readonly address: string;
  readonly greeting: Greeting;
}

/** From where it runs, so at the site. @param domains those whose servers are knocked at; nothing is sent */
export async function checkPort25(site: SubjectSite, domains: readonly string[], means: Means): Promise<Verdict[]> {
  const families = site.addresses.some((one) => one.includes(":")) ? (["A", "AAAA"] as const) : (["A"] as const);
  return await Promise.all(
    families.map(async (family) => {
      const tried = (await Promise.all(domains.map((domain) => greetingOf(domain, family, means)))).flat();
      return judgePort25(site, family === "A" ? "IPv4" : "IPv6", tried);
    }),
  );
}

/** What one server of a domain says. */
export async function greetingOf(domain: string, family: "A" | "AAAA", means: Means): Promise<readonly Tried[]> {
  const [host] = valuesOf(await means.resolve(domain, "MX"), "MX").sort();
  if (host === undefined || host === "") return [];
  const [address] = valuesOf(await means.resolve(host, family), family);
  return address === undefined ? [] : [{ host, address, greeting: await means.greet(address, 25) }];
}

/** Pure. */
export function judgePort25(site: SubjectSite, family: "IPv4" | "IPv6", tried: readonly Tried[]): Verdict {
  const verdict = judgeOf("port 25 out", `${site.name} ${family}`);
  if (tried.length === 0)
    return verdict(
      "unknown",
      `No mail server with an ${family} address could be looked up to knock at.`,
      "Look at the resolver first.",
    );
  const greeted = tried.flatMap(({ host, greeting }) => ("line" in greeting ? [{ host, line: greeting.line }] : []));
  const welcome = greeted.find(({ line }) => line.startsWith("220"));
  if (welcome !== undefined) return verdict("ok", `${welcome.host} has answered: ${welcome.line}`);
  const [refusal] = greeted;
  if (refusal !== undefined)
    return verdict(
      "warning",
      `Port 25 is open, but ${refusal.host} sends us away: ${refusal.line}`,
      "Such a greeting is about the address: look at blocklists and reverse DNS.",
    );
  const reasons = tried.map(({ host, greeting }) => `${host}: ${"failed" in greeting ? greeting.failed : ""}`);
  // Without IPv6 mail still leaves by IPv4.
  return verdict(
    family === "IPv4" ? "problem" : "warning",
    `No connection to port 25 comes about (${reasons.join("; ")}).`,
    family === "IPv4" ? howToOpen(site) : "Mail leaves by IPv4 alone; ask the provider about IPv6.",
  );
}

function howToOpen({ platform }: SubjectSite): string {
  switch (platform) {
    case "digitalocean-droplet":
      return "Ask DigitalOcean's support to open port 25 for the account, or give the site another way out (`egress`).";
    case "gcp-instance":
      return "Google Cloud never opens it: give the site another way out (`egress`: via another site, or a relay).";
    case "host":
      return "Ask whoever the machine's network belongs to, look at its firewall, or give the site another way out (`egress`).";
    case "local":
      return "The local world's servers are not there: `npm run status` shows what is wrong.";
  }
}

/** From where it runs too. */
export async function checkRelay(
  site: SubjectSite,
  { host, port }: SubjectSite["relays"][number],
  means: Means,
): Promise<Verdict> {
  const [address] = valuesOf(await means.resolve(host, "A"), "A");
  return judgeRelay(site, host, port, address === undefined ? undefined : await means.greet(address, port));
}

/** Pure. @param greeting undefined where the relay has no address */
export function judgeRelay(site: SubjectSite, host: string, port: number, greeting: Greeting | undefined): Verdict {
  const common = { check: "relay", where: `${site.name} ${host}:${port}` };
  if (greeting === undefined)
    return {
      ...common,
      level: "problem",
      says: `${host} has no IPv4 address.`,
      fix: "Correct the relay's host in the settings (`relays`).",
    };
  if ("line" in greeting && greeting.line.startsWith("220"))
    return { ...common, level: "ok", says: `It answers: ${greeting.line}` };
  const said = "line" in greeting ? `says ${greeting.line}` : `does not answer (${greeting.failed})`;
  return {
    ...common,
    level: "problem",
    says: `The relay ${said}.`,
    fix:
      site.platform === "digitalocean-droplet" && "failed" in greeting
        ? "DigitalOcean closes 465 and 587 too for some accounts: ask the relay's operator for another port, such as 2525, and write it to `relays`."
        : "Ask its operator whether this site may use it, and on which port.",
  };
}

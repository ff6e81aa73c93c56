/** Whether mail and its people can come in: a site's ports, as they are seen from somewhere else. */
import type { Greeting, Means } from "./means.ts";
import { greetingOf } from "./port25.ts";
import type { Door, Subject, SubjectSite } from "./subject.ts";
import { judgeOf, type Level, type Verdict } from "./verdict.ts";

/** A port, and what was heard there. */
export interface Knocked extends Door {
  readonly greeting: Greeting;
}

/** What the edge answers of itself where names are proved over HTTP: question and thumbprint (RFC 8555 section 8.3). */
const PROOF = /^HTTP 200 preflight\.[\w-]{43}$/;
const HTTP_PORT = 80;
const SMTP_PORT = 25;

/** @param outOpen whether any server's port 25 answers from here; asked only where a site's does not */
export async function checkPortsIn(
  subject: Subject,
  site: SubjectSite,
  address: string,
  means: Means,
  outOpen: () => Promise<boolean>,
): Promise<Verdict> {
  const knocked = await Promise.all(
    site.doors.map(async (door) => ({ ...door, greeting: await means.knock(address, door, site.hostname) })),
  );
  const silentSmtp = knocked.some((one) => one.port === SMTP_PORT && !answers(one, subject));
  return judgePortsIn(subject, site, address, knocked, !silentSmtp || (await outOpen()));
}

/** Whether this place may send at all. Many providers of access close port 25 for their customers. */
export async function seeOutOpen({ knockAt }: Subject, means: Means): Promise<boolean> {
  const greetings = await Promise.all(knockAt.map((domain) => greetingOf(domain, "A", means)));
  return greetings.flat().some(({ greeting }) => "line" in greeting);
}

/** Pure. @param outOpen whether port 25 elsewhere can be reached from here */
export function judgePortsIn(
  subject: Pick<Subject, "stack" | "provesByHttp">,
  site: SubjectSite,
  address: string,
  knocked: readonly Knocked[],
  outOpen: boolean,
): Verdict {
  const verdict = judgeOf("ports in", `${site.name} ${address}`);
  const open = knocked.filter((one) => answers(one, subject));
  const closed = knocked.filter((one) => !answers(one, subject));
  const [first] = closed;
  if (first === undefined) return verdict("ok", `It answers at ${listed(open.map(({ port }) => `${port}`))}.`);
  if (closed.every(({ greeting }) => "failed" in greeting && NO_WAY.has(greeting.failed)))
    return verdict(
      "unknown",
      `There is no way from here to ${address}.`,
      "Look from another site (`--from`), or from a network with IPv6.",
    );
  const reasons = closed.map(({ port, greeting }) => `${port} (${said(greeting)})`);
  const says = `It does not answer as it should at ${listed(reasons)}${open.length === 0 ? "" : `; at ${listed(open.map(({ port }) => `${port}`))} it does`}.`;
  if (!outOpen && closed.every(({ port }) => port === SMTP_PORT))
    return verdict(
      "unknown",
      `${says} Port 25 is closed from here to everybody.`,
      "Look from another site (`--from`), or from another network.",
    );
  return verdict(levelOf(closed, subject), says, howToOpen(site, subject, closed));
}

/** A site is whole without the redirection from plain HTTP, unless it proves its names there. */
function levelOf(closed: readonly Knocked[], { provesByHttp }: Pick<Subject, "provesByHttp">): Level {
  return closed.every(({ port }) => port === HTTP_PORT) && !provesByHttp ? "warning" : "problem";
}

function answers({ speaks, port, greeting }: Knocked, { provesByHttp }: Pick<Subject, "provesByHttp">): boolean {
  if (!("line" in greeting)) return false;
  if (speaks === "line") return /^(220|\* OK)/.test(greeting.line);
  return port !== HTTP_PORT || !provesByHttp || PROOF.test(greeting.line);
}

/** Errors that say of the way, and not of the far side. */
const NO_WAY: ReadonlySet<string> = new Set(["ENETUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT"]);

function said(greeting: Greeting): string {
  if ("failed" in greeting) return greeting.failed;
  return `the answer there is: ${greeting.line}`;
}

function howToOpen(
  { platform, name }: SubjectSite,
  { stack, provesByHttp }: Pick<Subject, "stack" | "provesByHttp">,
  closed: readonly Knocked[],
): string {
  const why =
    provesByHttp && closed.some(({ port }) => port === HTTP_PORT) ? " Certificates are proved at port 80." : "";
  switch (platform) {
    case "local":
      return `\`npm run status -- ${stack}\` shows what is wrong.`;
    case "host":
      return `Where the way to the machine begins (router, provider's firewall), send these ports on to ${name}; its own firewall lets them in.${why}`;
    case "digitalocean-droplet":
    case "gcp-instance":
      return `\`npm run status -- ${stack}\` shows whether the site is well; \`npm run review -- ${stack}\` whether somebody has changed its firewall.${why}`;
  }
}

function listed(words: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(words);
}

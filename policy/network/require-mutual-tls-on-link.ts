/** The link between sites lets nobody in who has no certificate of a site. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { LINK_PORT } from "./allowed.ts";
import { binds, bindsOf, type Section, sectionsOf } from "../read/haproxy.ts";
import { eachWorkload, fileOf } from "../read/release.ts";

/** What each listener of the link must say, with what is open without it. */
const NEEDED = [
  { words: ["ssl"], without: "what passes between sites could be read on the way" },
  { words: ["verify", "required"], without: "anybody could connect" },
  { words: ["ca-file", "/run/conf/link-ca.pem"], without: "certificates of another authority would count" },
  { words: ["ssl-min-ver", "TLSv1.3"], without: "older TLS would do" },
] as const;

/** With these, a certificate that nobody has signed would do, or one of another authority. */
const UNDOING: ReadonlySet<string> = new Set(["ca-ignore-err", "crt-ignore-err", "ca-verify-file"]);

/** The rejection that must be in its section: only listed names get further. Nothing beside the list may let others pass. */
const NAMES = /^tcp-request\s+content\s+reject\s+unless\s+\{\s*ssl_c_s_dn\(cn\)\s+-m\s+str\s+[^{}\s][^{}]*\}$/;
/** What may stand in front of it: it decides nothing. */
const BEFORE = /^tcp-request\s+content\s+(set-|track-|sc-|capture)/;

export const requireMutualTlsOnLink: ResourceValidationPolicy = {
  name: "require-mutual-tls-on-link",
  description:
    "The port between sites asks each client for a certificate of the link's own authority, and for its name.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Bind it with `ssl crt … ca-file /run/conf/link-ca.pem verify required ssl-min-ver TLSv1.3`, and reject names that are not listed.",
  validateResource: eachWorkload((workload, report) => {
    const text = fileOf(workload, "haproxy.cfg");
    if (text === undefined) return;
    for (const section of sectionsOf(text)) {
      const entrances = bindsOf(section).filter((bind) => binds(bind, LINK_PORT));
      for (const { shown, options } of entrances) {
        for (const { words, without } of NEEDED.filter(({ words: needed }) => !hasInOrder(options, needed))) {
          report(`haproxy.cfg binds ${shown} without \`${words.join(" ")}\`, and ${without}; add it.`);
        }
        for (const option of undoing(options))
          report(`haproxy.cfg binds ${shown} with ${option}, which takes back what is asked for before; remove it.`);
      }
      if (entrances.length > 0 && !comparesNames(section)) {
        report("haproxy.cfg does not compare the names of those who connect to the link with a list; add the list.");
      }
    }
  }),
};

/** Of two values of an option the last one counts. */
function undoing(options: readonly string[]): readonly string[] {
  const keys = NEEDED.map(({ words: [key] }) => key);
  const again = keys.filter((key) => options.filter((one) => one === key).length > 1).map((key) => `a second ${key}`);
  return [...options.filter((one) => UNDOING.has(one)), ...again];
}

function comparesNames({ lines }: Section): boolean {
  const decisive = lines.find((line) => /^tcp-request\s+content\s/.test(line) && !BEFORE.test(line));
  return decisive !== undefined && NAMES.test(decisive);
}

function hasInOrder(options: readonly string[], words: readonly string[]): boolean {
  return options.some((_, start) => words.every((word, i) => options[start + i] === word));
}

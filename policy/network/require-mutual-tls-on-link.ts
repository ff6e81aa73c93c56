/** The link between sites lets nobody in who has no certificate of a site. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { LINK_PORT } from "./allowed.ts";
import { binds, bindsOf } from "../read/haproxy.ts";
import { eachWorkload, fileOf } from "../read/release.ts";

/** What each listener of the link must say, with what is open without it. */
const NEEDED = [
  { words: ["ssl"], without: "what passes between sites could be read on the way" },
  { words: ["verify", "required"], without: "anybody could connect" },
  { words: ["ca-file", "/run/conf/link-ca.pem"], without: "certificates of another authority would count" },
  { words: ["ssl-min-ver", "TLSv1.3"], without: "older TLS would do" },
] as const;

/** Rejections that must be in its section: only listed names get further. */
const NAMES = /^\s*tcp-request content reject unless \{ ssl_c_s_dn\(cn\) -m str \S+.*\}$/m;

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
    const entrances = bindsOf({ lines: text.split("\n") }).filter((bind) => binds(bind, LINK_PORT));
    for (const { shown, options } of entrances) {
      for (const { words, without } of NEEDED.filter(({ words: needed }) => !hasInOrder(options, needed))) {
        report(`haproxy.cfg binds ${shown} without \`${words.join(" ")}\`, and ${without}; add it.`);
      }
    }
    if (entrances.length > 0 && !NAMES.test(text)) {
      report("haproxy.cfg does not compare the names of those who connect to the link with a list; add the list.");
    }
  }),
};

function hasInOrder(options: readonly string[], words: readonly string[]): boolean {
  return options.some((_, start) => words.every((word, i) => options[start + i] === word));
}

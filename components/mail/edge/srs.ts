/**
 * Postfix's questions to PostSRSd, which takes "not there" for an answer where this system cannot: a sender that could not
 * be rewritten must not leave as it is, and a recipient that has nothing to do with forwards must not wait for PostSRSd.
 */
import { tableSections } from "./tables.ts";

/** PostSRSd's host, its two ports, which are those of the loopback too, and the domain of rewritten senders. */
export interface EdgeSrs {
  readonly host: string;
  readonly forward: number;
  readonly reverse: number;
  readonly domain: string;
}

/** Stands behind the tables' own Lua, and uses it. */
export const SRS_LUA = `-- Rewrites a sender. Of PostSRSd's reasons not to, two are as meant; any other would let the sender leave as it is.
core.register_service("srs-forward", "tcp", function(applet)
  questions(applet, function(_, asked)
    local answer = asked()
    local meant = answer:match("^500 Domain excluded ") or answer:match("^500 Already rewritten")
    return answer:match("^500 ") and not meant and "400 this sender cannot be rewritten\\n" or answer
  end)
end)

-- Reads a rewritten sender. Only what looks like one is asked about: other mail goes on without PostSRSd.
core.register_service("srs-reverse", "tcp", function(applet)
  local domain = "@" .. applet:get_var("txn.domain")
  questions(applet, function(question, asked)
    local address = question:lower():match("^get (%S+)") or ""
    local ours = address:match("^srs[01][-+=]") and address:sub(-#domain) == domain
    return ours and asked() or "500 not a rewritten sender\\n"
  end)
end)
`;

/** The sections of haproxy.cfg. */
export function srsSections({ host, forward, reverse, domain }: EdgeSrs): string[] {
  const table = { server: "postsrsd", host, asked: forward };
  return [
    tableSections({ ...table, port: forward, service: "srs-forward" }),
    tableSections({ ...table, port: reverse, service: "srs-reverse", variables: { domain } }),
  ];
}

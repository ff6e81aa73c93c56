/**
 * Postfix's questions to PostSRSd, which takes "not there" for an answer where this system cannot: a sender that could not
 * be rewritten must not leave as it is.
 */
import { tableSections } from "./tables.ts";

/** PostSRSd's host, and its two ports, which are those of the loopback too. */
export interface EdgeSrs {
  readonly host: string;
  readonly forward: number;
  readonly reverse: number;
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
`;

/** The sections of haproxy.cfg. */
export function srsSections({ host, forward, reverse }: EdgeSrs): string[] {
  const table = { server: "postsrsd", host, asked: forward };
  return [
    tableSections({ ...table, port: forward, service: "srs-forward" }),
    tableSections({ ...table, port: reverse, service: "lookup" }),
  ];
}

/** PostSRSd: its secrets and its command line, for it has no configuration file. */
import { PORT } from "../../plan/ports.ts";
import type { Text } from "../../plan/text.ts";
import { CONF } from "../../plan/workload.ts";

/** What PostSRSd is told. */
export interface PostsrsdArgs {
  /** Domain of the rewritten senders. */
  readonly domain: string;
  /** Names of passwords. The first signs, all of them are believed. */
  readonly secrets: readonly string[];
  /** Address on the site's network. */
  readonly address: string;
  /** Senders of these and below them stay as they are: their SPF records name our sites. */
  readonly ownDomains: readonly string[];
}

/** One secret a line. */
export function renderPostsrsd({ secrets }: Pick<PostsrsdArgs, "secrets">): Readonly<Record<string, Text>> {
  return { secrets: secrets.flatMap((password) => [{ ref: "password", password } as const, "\n"]) };
}

/** The daemon with its options. Those of 1.10 take their values without a blank. */
export function postsrsdCommand({ domain, address, ownDomains }: Omit<PostsrsdArgs, "secrets">): readonly string[] {
  return [
    "postsrsd",
    "-4",
    `-l${address}`,
    `-f${PORT.srsForward}`,
    `-r${PORT.srsReverse}`,
    `-d${domain}`,
    `-s${CONF}/secrets`,
    // The edge has one question a connection. A process that is left behind ends by itself.
    "-t10",
    // With a dot in front: everything below the domain.
    ...ownDomains.map((own) => `-X${own},.${own}`),
  ];
}

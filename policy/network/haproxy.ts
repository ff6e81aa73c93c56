/** What a haproxy.cfg listens on. */

/** One address that HAProxy listens on. */
export interface Bind {
  readonly address: string;
  /** First and last of a range. */
  readonly ports: readonly number[];
  readonly shown: string;
  /** What stands behind the addresses: TLS, and what is asked of a client. */
  readonly options: readonly string[];
}

/** All `bind` lines, each with its comma-separated addresses. Sockets of the file system stay out. */
export function bindsOf(text: string): Bind[] {
  return text
    .split("\n")
    .map((line) => /^\s*bind\s+(\S+)(.*)$/.exec(line))
    .flatMap((match) =>
      (match?.[1] ?? "").split(",").map((shown) => ({ shown, options: (match?.[2] ?? "").trim().split(/\s+/) })),
    )
    .filter(({ shown }) => shown !== "" && !/^(\/|unix@|abns@|fd@|sockpair@)/.test(shown))
    .map(({ shown, options }) => {
      const target = shown.replace(/^(ipv4|ipv6|tcp|tcp4|tcp6|quic4|quic6|udp|udp4|udp6)@/, "");
      const colon = target.lastIndexOf(":");
      return {
        address: target.slice(0, Math.max(colon, 0)).replace(/^\[(.*)\]$/, "$1"),
        ports: target
          .slice(colon + 1)
          .split("-")
          .map(Number),
        shown,
        options,
      };
    });
}

/** Turns what Docker and Compose print into a sentence: what is wrong, where, and what to do. Pure. */
import { lastLines } from "./host.ts";

interface Known {
  readonly pattern: RegExp;
  readonly sentence: (match: RegExpExecArray, host: string) => string;
}

const KNOWN: readonly Known[] = [
  {
    pattern: /(?:cannot connect to the docker daemon|error during connect|dial unix \S+docker\.sock)[^\n]*/i,
    sentence: (_, host) =>
      `Docker does not answer on ${host}. Start it (such as \`systemctl start docker\`), see that this user may use it, and run the same command again.`,
  },
  {
    pattern: /'compose' is not a docker command|unknown (?:shorthand )?(?:flag|command)[^\n]*(?:compose|'d')/i,
    sentence: (_, host) =>
      `Docker on ${host} has no Compose. Install its plugin, or name a docker-compose program in MAILKEEP_COMPOSE.`,
  },
  {
    // "Bind for 127.0.0.1:25 failed: port is already allocated", "listen tcp4 127.0.0.1:25: bind: address already in use"
    pattern:
      /(?:bind for|listen (?:tcp|udp)[46]?|exposing port (?:TCP|UDP)) (\[?[\w.:]*?\]?):(\d+)\b[^\n]*(?:already allocated|address already in use)/i,
    sentence: ([, address, port], host) =>
      `Port ${port} of ${address || "all addresses"} is in use by another program on ${host}. See which with \`ss -ltnp sport = :${port}\` or \`docker ps --filter publish=${port}\`, end it or publish at another address, and run the same command again.`,
  },
  {
    pattern: /(?:no available IPv[46] addresses|address already in use)/i,
    sentence: (_, host) =>
      `An address that a workload wants on its network is taken on ${host}. See who holds it with \`docker network inspect\`, remove that container, and run the same command again.`,
  },
  {
    pattern: /pool overlaps with other one on this address space/i,
    sentence: (_, host) =>
      `A network of this release overlaps with another Docker network on ${host}. See \`docker network ls\`, and remove the other one or choose another subnet.`,
  },
  {
    pattern: /no space left on device/i,
    sentence: (_, host) =>
      `The disk of ${host} is full. Make room (\`docker system df\` says what Docker holds) and run the same command again.`,
  },
  {
    pattern: /no such image:? ([^\s"]+)|image "?([^\s"]+)"? not found|pull access denied for ([^\s,]+)/i,
    sentence: ([, a, b, c], host) =>
      `The image ${a ?? b ?? c} is not on ${host}. Build the images first, then run the same command again.`,
  },
  {
    pattern: /network (\S+) (?:declared as external, but could not be found|not found)/i,
    sentence: ([, network], host) =>
      `The network ${network}, which another group owns, is not on ${host}. Bring that group up first.`,
  },
];

/** The sentence for a failure, and the last lines that it printed. */
export function explain(what: string, output: string, host: string): string {
  for (const { pattern, sentence } of KNOWN) {
    const match = pattern.exec(output);
    if (match) return `${sentence(match, host)} Last lines:\n${lastLines(output, 8)}`;
  }
  return `${what} failed on ${host}. Its last lines:\n${lastLines(output, 20)}`;
}

/** Takes the content of secret files, and each longer line of one, out of a text. */
export function redact(text: string, secrets: readonly string[]): string {
  const parts = secrets.flatMap((content) => [content.trim(), ...content.split("\n").map((line) => line.trim())]);
  // PEM's first and last lines are in every key, and short texts would hit at random.
  const hidden = parts.filter((part) => part.length >= 8 && !/^-----[A-Z ]+-----$/.test(part));
  return hidden.toSorted((a, b) => b.length - a.length).reduce((left, part) => left.replaceAll(part, "[secret]"), text);
}

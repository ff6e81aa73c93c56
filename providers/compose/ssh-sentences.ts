/** Turns what OpenSSH's client prints into a sentence: what is wrong, where, and what to do. Pure. */
import { lastLines } from "./host.ts";

/** Where the client was to go. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  readonly user: string;
}

/** A machine that starts, or a network that is away for a moment. */
const PASSING =
  /connection (?:refused|timed out|reset|closed)|operation timed out|no route to host|network is unreachable|kex_exchange_identification|banner exchange/i;

/** Whether trying again may help. */
export function isPassing(said: string): boolean {
  return PASSING.test(said) && !isOtherKey(said);
}

/** Whether the machine showed another host key than the one that it must have. */
export function isOtherKey(said: string): boolean {
  return /host key verification failed|identification has changed|no \S+ host key is known|no matching host key type/i.test(
    said,
  );
}

/** @param publicKey the half of our key that the machine must know */
export function sshSentence(said: string, { address, port, user }: Destination, publicKey: string): string {
  const where = port === 22 ? address : `${address}, port ${port}`;
  if (isOtherKey(said)) {
    return `The machine at ${where} shows another SSH host key than the one it must have, so nothing was sent to it. If it was set up anew, name its new key in the settings; else somebody may stand in between.`;
  }
  if (/permission denied/i.test(said)) {
    return `The machine at ${where} does not let the user ${user} in with this stack's key. Add this line to ~${user}/.ssh/authorized_keys there and run the same command again:\n  ${publicKey}`;
  }
  if (/could not resolve hostname/i.test(said)) {
    return `The name ${address} does not resolve. Correct the machine's address in the settings.`;
  }
  if (/spawn ssh ENOENT/.test(said)) {
    return "OpenSSH's client is not on this machine: install it (Debian: openssh-client) and run the same command again.";
  }
  if (isPassing(said)) {
    return `The machine at ${where} does not answer to SSH. See that it runs and that its firewall lets this machine in (\`sshFrom\`), and run the same command again. It said:\n${lastLines(said, 3)}`;
  }
  return `Connecting to ${where} by SSH failed:\n${lastLines(said, 5)}`;
}

/** `init` as a person has it at a terminal, and the steps that it names next, up to settings that are sound. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AtTerminal, Checkout, CTRL_C } from "./checkout.ts";
import { pulumiPath } from "./project.ts";

const MINUTES = 60_000;
const STACK = "trial";
const FILE = `stacks/Pulumi.${STACK}.yaml`;
const RULES = `stacks/policy.${STACK}.json`;
const ENTER = "\r";
/** Of the shell, whoever runs it. */
const PROMPT = "then> ";

describe.skipIf(pulumiPath() === undefined)("init at a terminal", { timeout: 3 * MINUTES }, () => {
  let checkout: Checkout;
  beforeAll(async () => {
    checkout = await Checkout.create({ SHELL: "/bin/sh", PS1: PROMPT });
  }, MINUTES);
  afterAll(() => checkout.remove(), MINUTES);

  /** Types each answer as soon as its question is there. */
  const converse = async (terminal: AtTerminal, lines: readonly (readonly [string, string])[]): Promise<void> => {
    for (const [question, answer] of lines) await terminal.after(question, `${answer}${ENTER}`);
  };

  it("writes nothing when it is ended by Ctrl-C in the midst of it", async () => {
    const terminal = checkout.atTerminal("init", STACK);
    await terminal.after("Domain whose mail is to be hosted", `club.org${ENTER}`);
    await terminal.after("Domain of the sites' own names (Enter: mx.club.org): ", CTRL_C);
    const { code, said } = await terminal.ended;
    expect(said).toMatch(/✗ Stopped; nothing was written\.\r\n$/);
    expect(code).toBe(1);
    expect(await checkout.read(FILE)).toBeUndefined();
  });

  it("asks again for what cannot be taken, writes the file, and says what comes next", async () => {
    const terminal = checkout.atTerminal("init", STACK);
    await converse(terminal, [
      ["Domain whose mail is to be hosted (such as club.example): ", "club org"],
      [`"club org" cannot be taken: it must be a domain name`, "Club.org"],
      ["Domain of the sites' own names (Enter: mx.club.org): ", ""],
      ["First mailbox, before @club.org; the postmaster's (such as ann): ", ""],
      ["This one has no default.", "ann"],
      ["How many sites (Enter: 1): ", "9"],
      [`"9" cannot be taken: it may be 1, 2, 3.`, "1"],
      ["What they are made of", "vax"],
      [`"vax" cannot be taken: it may be digitalocean-droplet, gcp-instance, host.`, "host"],
      ["IPv4 and IPv6 address of site 1", "192.0.2.11,2001:db8::11"],
      ["Public SSH host key of site 1", "none"],
      [`"none" cannot be taken: it must be an SSH public key`, `ssh-ed25519 ${"A".repeat(68)} root@box`],
      ["Who serves the zone club.org (Enter: cloudflare): ", "digitalocean"],
      // The last ones at once, as somebody pastes them.
      ["Networks that you run mailkeep from", `203.0.113.7${ENTER}203.0.113.7/32${ENTER}production`],
    ]);
    const { code, said } = await terminal.ended;
    expect(said).toContain(`"203.0.113.7" cannot be taken: it must be a prefix`);
    expect(said).toContain(`${FILE} and ${RULES} are written.`);
    expect(await checkout.read(RULES)).toContain("2001:db8::11");
    expect(said).toContain("1. Set the variable DIGITALOCEAN_TOKEN");
    expect(code).toBe(0);
    const text = await checkout.read(FILE);
    expect(text).toContain("addresses: { v4: 192.0.2.11");
    expect(text).toContain("directory: https://acme-v02.api.letsencrypt.org/directory");
  });

  it("leaves a file that is there as it is", async () => {
    const before = await checkout.read(FILE);
    const { code, said } = await checkout.mailkeep("init", STACK);
    expect(said).toContain(`${FILE} is there already, and stays as it is`);
    expect(code).toBe(1);
    expect(await checkout.read(FILE)).toBe(before);
  });

  it("has written settings that are sound once the secrets are there, by the steps that it named", async () => {
    const lacking = await checkout.mailkeep("status", STACK);
    expect(lacking.said).toMatch(/^✗ The settings have 2 problems/);
    expect(lacking.code).toBe(1);

    const shell = checkout.atTerminal("shell", STACK);
    // Each at the shell's own prompt: what is typed earlier, the command before it may take.
    await converse(shell, [
      [PROMPT, `pulumi stack init ${STACK}`],
      [PROMPT, `pulumi config set --stack ${STACK} --secret --path 'mailkeep:dnsTokens["club.org"]'`],
      ["value: ", "atokenthatnobodyhas"],
      [PROMPT, "exit"],
    ]);
    const left = await shell.ended;
    expect(left.code, left.said).toBe(0);

    const password = checkout.atTerminal("password", "ann@club.org", STACK);
    await converse(password, [
      ["Password for ann@club.org (not shown): ", "correct horse battery"],
      ["Again: ", "correct horse battery"],
    ]);
    const set = await password.ended;
    expect(set.said).toContain(`The hash is in ${FILE}, encrypted.`);
    expect(set.said).not.toContain("correct horse");
    expect(set.code).toBe(0);
    expect(await checkout.read(FILE)).not.toMatch(/correct horse|atokenthatnobodyhas|\$6\$/);

    const sound = await checkout.mailkeep("status", STACK);
    expect(sound.said).toMatch(
      /^alpha +.* 192\.0\.2\.11 2001:db8::11 +- +NOT KNOWN\nalpha: it has not been brought up yet\.$/m,
    );
  });
});

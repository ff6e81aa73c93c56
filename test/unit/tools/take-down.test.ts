import { describe, expect, it } from "vitest";
import { destructionOf, protectedOf } from "../../../tools/stack/destruction.ts";
import { destructionRows, takeDown, type TakeDownArgs } from "../../../tools/stack/take-down.ts";

const urn = (type: string, name: string): string => `urn:pulumi:production::mailkeep::${type}::${name}`;
const VPC = urn("digitalocean:index/vpc:Vpc", "alpha");
const DISK = urn("digitalocean:index/volume:Volume", "alpha-mail");
const PROVIDER = urn("pulumi:providers:digitalocean", "default");

const one = (type: string, name: string, more: object = {}): object => ({
  urn: urn(type, name),
  type,
  custom: !type.startsWith("mailkeep:"),
  ...more,
});

const STATE = exported(
  one("pulumi:pulumi:Stack", "mailkeep-production", { custom: false }),
  one("mailkeep:platforms:SiteMachine", "alpha"),
  one("pulumi:providers:digitalocean", "default"),
  one("digitalocean:index/vpc:Vpc", "alpha", { provider: `${PROVIDER}::id` }),
  one("digitalocean:index/volume:Volume", "alpha-mail", {
    protect: true,
    provider: `${PROVIDER}::id`,
    dependencies: [VPC],
  }),
  one("digitalocean:index/droplet:Droplet", "alpha-machine", { dependencies: [DISK, VPC] }),
  ...["a", "b", "c", "d", "e"].map((name) => one("cloudflare:index/dnsRecord:DnsRecord", name)),
);

function exported(...resources: readonly object[]): string {
  return JSON.stringify({ version: 3, deployment: { resources } });
}

interface Taken {
  readonly asked: readonly string[];
  readonly destroyed: readonly (readonly string[])[];
  readonly error: string | undefined;
}

async function taken(state: string, args: Partial<TakeDownArgs> & { answer?: string }): Promise<Taken> {
  const asked: string[] = [];
  const destroyed: (readonly string[])[] = [];
  const ask = (question: string): Promise<string> => {
    asked.push(question);
    return Promise.resolve(args.answer ?? "");
  };
  const pulumi: TakeDownArgs["pulumi"] = {
    ask: () => Promise.resolve(state),
    show: (words) => {
      destroyed.push(words);
      return Promise.resolve(0);
    },
  };
  const all = { stack: "production", pulumi, yes: false, deleteMail: false, ask, ...args };
  const error = await takeDown(all).then(
    () => undefined,
    (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
  );
  return { asked, destroyed, error };
}

const DESTROY = ["destroy", "--stack", "production", "--exclude-protected", "--yes", "--skip-preview"];

it("what is protected of a site is what hangs on its machine, however deep", () => {
  const machine = (site: string): string => urn("mailkeep:platforms:SiteMachine", site);
  const droplet = (site: string): string => urn("mailkeep:platforms:Droplet", site);
  const state = exported(
    ...["alpha", "alpha-mail"].flatMap((site) => [
      one("mailkeep:platforms:SiteMachine", site),
      one("mailkeep:platforms:Droplet", site, { parent: machine(site) }),
      one("digitalocean:index/vpc:Vpc", site, { parent: droplet(site) }),
      one("digitalocean:index/volume:Volume", `${site}-mail`, { parent: droplet(site), protect: true }),
    ]),
    one("compose:index:Release", "bravo", { protect: true }),
  );
  expect(protectedOf("alpha", state)).toEqual([{ kind: "digitalocean Volume", name: "alpha-mail", urn: DISK }]);
  expect(protectedOf("bravo", state)).toEqual([]);
});

describe("what taking a stack down takes away", () => {
  it("is told in a table: what is protected stays, and what that needs", () => {
    expect(destructionRows(destructionOf(STATE))).toEqual([
      ["WHAT HAPPENS", "KIND", "COUNT", "NAMES"],
      ["kept, protected", "digitalocean Volume", "1", "alpha-mail"],
      ["kept with it", "digitalocean Vpc", "1", "alpha"],
      ["destroyed", "cloudflare DnsRecord", "5", "a, b, c, d, and 1 more"],
      ["destroyed", "digitalocean Droplet", "1", "alpha-machine"],
    ]);
  });

  it("is nothing for a stack that has never been up", async () => {
    expect(await taken(JSON.stringify({ deployment: {} }), {})).toEqual({ asked: [], destroyed: [], error: undefined });
  });
});

describe("a stack of the real world", () => {
  it("goes when its name is typed, but for what is protected", async () => {
    const { asked, destroyed } = await taken(STATE, { answer: "production" });
    expect(asked).toHaveLength(1);
    expect(destroyed).toEqual([DESTROY]);
  });

  it.each(["", "y", "yes", "staging"])("stays when the answer is %j", async (answer) => {
    expect(await taken(STATE, { answer })).toMatchObject({ destroyed: [], error: undefined });
  });

  it("stays where nobody can be asked", async () => {
    const { destroyed, error } = await taken(STATE, { ask: undefined });
    expect(destroyed).toEqual([]);
    expect(error).toContain("npm run down -- production --yes");
  });

  it("goes unasked with --yes", async () => {
    expect(await taken(STATE, { yes: true, ask: undefined })).toEqual({
      asked: [],
      destroyed: [DESTROY],
      error: undefined,
    });
  });

  it("never takes its mail along", async () => {
    const { destroyed, error } = await taken(STATE, { yes: true, deleteMail: true });
    expect(destroyed).toEqual([]);
    expect(error).toContain("disks that are protected against that: alpha-mail.");
    expect(error).toContain(`pulumi state unprotect '${DISK}' -s production`);
  });
});

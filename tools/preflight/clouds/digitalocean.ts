/** Whether DigitalOcean lets us in, has what the settings name, and lets us have as much. */
import { z } from "zod";
import type { Verdict } from "../verdict.ts";
import { bodyOf, isNotThere, isRefused, read, type Reply, troubleOf } from "./http.ts";

/** What a site's droplet is to be. */
export interface WantedDroplet {
  readonly site: string;
  readonly region: string;
  readonly size: string;
  readonly image: string;
}

/** Where to ask with what, about what. */
export interface DigitalOceanArgs {
  readonly base: string;
  readonly token: string;
  /** Where the token is from. */
  readonly from: string;
  /** Droplets that are still to be made. */
  readonly droplets: readonly WantedDroplet[];
}

const accountSchema = z.looseObject({
  account: z.looseObject({
    droplet_limit: z.number(),
    volume_limit: z.number().optional(),
    status: z.string(),
    status_message: z.string().default(""),
  }),
});
const totalSchema = z.looseObject({ meta: z.looseObject({ total: z.number() }) });
const regionsSchema = z.looseObject({
  regions: z.array(z.looseObject({ slug: z.string(), available: z.boolean() })),
});
const sizesSchema = z.looseObject({
  sizes: z.array(z.looseObject({ slug: z.string(), available: z.boolean(), regions: z.array(z.string()) })),
});

const WHERE = "digitalocean";

/** The account and its limits, and each droplet; that alone which keeps us out, if something does. */
export async function checkDigitalOcean({ base, token, from, droplets }: DigitalOceanArgs): Promise<Verdict[]> {
  const get = (path: string): Promise<Reply> => read(`${base}/v2/${path}`, token);
  const account = await get("account");
  const known = bodyOf(account, accountSchema);
  if (known === undefined) return [notLetIn(account, from)];
  const { status, status_message: why, droplet_limit, volume_limit } = known.account;
  const letIn: Verdict =
    status === "active"
      ? { check: "credentials", where: WHERE, level: "ok", says: `The token in ${from} opens an active account.` }
      : {
          check: "credentials",
          where: WHERE,
          level: "problem",
          says: `The account is ${status}${why === "" ? "" : `: ${why}`}.`,
          fix: "Settle it with DigitalOcean first.",
        };
  if (droplets.length === 0) return [letIn];
  const [running, volumes, regions, sizes] = await Promise.all([
    get("droplets?per_page=1"),
    get("volumes?per_page=1"),
    get("regions?per_page=200"),
    get("sizes?per_page=200"),
  ]);
  const images = await Promise.all(
    [...new Set(droplets.map(({ image }) => image))].map(async (image) => ({
      image,
      reply: await get(`images/${image}`),
    })),
  );
  return [
    letIn,
    quota("droplets", droplets.length, droplet_limit, running),
    ...(volume_limit === undefined ? [] : [quota("volumes", droplets.length, volume_limit, volumes)]),
    ...droplets.map((droplet) => judgePlace(droplet, regions, sizes)),
    ...images.flatMap(({ image, reply }) => judgeImage(image, reply)),
  ];
}

function notLetIn(reply: Reply, from: string): Verdict {
  const common = { check: "credentials", where: WHERE } as const;
  if (isRefused(reply))
    return {
      ...common,
      level: "problem",
      says: `DigitalOcean refuses the token in ${from}.`,
      fix: "Make a new one with the right to read and write, and set it there.",
    };
  return {
    ...common,
    level: "unknown",
    says: `DigitalOcean cannot be asked: ${troubleOf(reply)}.`,
    fix: "Try again; a proxy that leads outside is taken from HTTPS_PROXY.",
  };
}

function quota(what: string, more: number, limit: number, reply: Reply): Verdict {
  const total = bodyOf(reply, totalSchema)?.meta.total;
  const common = { check: "quota", where: `${WHERE} ${what}` } as const;
  if (total === undefined)
    return {
      ...common,
      level: "unknown",
      says: `How many ${what} there are is not told: ${troubleOf(reply)}.`,
      fix: "Try again.",
    };
  const sum = `${total} of at most ${limit} are there, and ${more} will be made`;
  if (total + more <= limit) return { ...common, level: "ok", says: `${sum}.` };
  return {
    ...common,
    level: "problem",
    says: `${sum}: that is too many.`,
    fix: "Ask DigitalOcean for a higher limit, or take away what is not needed.",
  };
}

function judgePlace({ site, region, size }: WantedDroplet, regionsReply: Reply, sizesReply: Reply): Verdict {
  const common = { check: "machine", where: site } as const;
  const regions = bodyOf(regionsReply, regionsSchema)?.regions.filter(({ available }) => available);
  const sizes = bodyOf(sizesReply, sizesSchema)?.sizes.filter(({ available }) => available);
  if (regions === undefined || sizes === undefined)
    return {
      ...common,
      level: "unknown",
      says: `What DigitalOcean offers is not told: ${troubleOf(regions === undefined ? regionsReply : sizesReply)}.`,
      fix: "Try again.",
    };
  const slugs = regions.map(({ slug }) => slug).toSorted();
  if (!slugs.includes(region))
    return {
      ...common,
      level: "problem",
      says: `DigitalOcean has no region ${region} for new droplets.`,
      fix: `Choose one of ${slugs.join(", ")}.`,
    };
  const here = sizes.filter((one) => one.regions.includes(region)).map(({ slug }) => slug);
  if (here.includes(size)) return { ...common, level: "ok", says: `${size} is to be had in ${region}.` };
  const elsewhere = sizes.find(({ slug }) => slug === size)?.regions ?? [];
  return {
    ...common,
    level: "problem",
    says:
      elsewhere.length === 0
        ? `DigitalOcean has no size ${size}.`
        : `${size} is not to be had in ${region}, only in ${elsewhere.join(", ")}.`,
    fix: `Choose a size that is: ${similar(size, here).join(", ")}.`,
  };
}

/** Those of the same family first; a whole list would be hundreds. */
function similar(size: string, sizes: readonly string[]): readonly string[] {
  const family = (slug: string): boolean => slug.split("-")[0] === size.split("-")[0];
  return [...sizes.filter(family), ...sizes.filter((slug) => !family(slug))].slice(0, 8);
}

function judgeImage(image: string, reply: Reply): Verdict[] {
  if (!isNotThere(reply)) return [];
  return [
    {
      check: "image",
      where: `${WHERE} ${image}`,
      level: "problem",
      says: `DigitalOcean has no image ${image}.`,
      fix: "Debian 13 is called debian-13-x64 there.",
    },
  ];
}

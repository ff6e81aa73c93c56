/** What `init` wants to know of each site. */
import { z } from "zod";
import { project, region, sshHostKey, zone } from "../../components/settings/platforms.ts";
import { each, form, oneOf, partsOf, withoutComment } from "./forms.ts";
import type { Ask, Question } from "./question.ts";

/** What a site is to stand on. */
export type SiteAnswer =
  | { readonly platform: "digitalocean-droplet"; readonly region: string }
  | { readonly platform: "gcp-instance"; readonly zone: string; readonly project: string }
  | { readonly platform: "host"; readonly v4: string; readonly v6: string | undefined; readonly hostKey: string };

/** What sites can stand on in the real world. */
export const PLATFORMS = ["digitalocean-droplet", "gcp-instance", "host"] as const;
/** One of them. */
export type Platform = (typeof PLATFORMS)[number];

const REGIONS = ["fra1", "ams3", "lon1"];
const ZONES = ["europe-west3-a", "europe-west4-a", "europe-west1-b"];

/** The same project for machines and zones, so it is asked for once. */
export const PROJECT: Question = {
  flag: "project",
  asks: "Project of Google Cloud",
  example: "mailkeep-production",
  wrong: form(project),
};

const ADDRESSES = z.union(
  [z.tuple([z.ipv4()]), z.tuple([z.ipv4(), z.ipv6()])],
  "an IPv4 address, and an IPv6 address behind a comma where there is one",
);

/** What each site is made of; one word is for all that come after it. */
export async function platformsOf(ask: Ask, isFinal: boolean): Promise<readonly Platform[]> {
  const count = await ask({
    flag: "sites",
    asks: "How many sites",
    example: "3",
    fallback: isFinal ? "3" : "1",
    wrong: oneOf(["1", "2", "3"]),
  });
  const written = await ask({
    flag: "platform",
    asks: `What they are made of: ${PLATFORMS.join(", ")}; several, with commas, one for each site`,
    example: "digitalocean-droplet",
    fallback: "digitalocean-droplet",
    wrong: each(oneOf(PLATFORMS)),
  });
  const platforms = partsOf(written).flatMap((word) => PLATFORMS.filter((one) => one === word));
  const last = platforms.at(-1) ?? "host";
  return Array.from({ length: Number(count) }, (_, index) => platforms[index] ?? last);
}

/** @param index of the site, from 0 */
export async function siteOf(ask: Ask, platform: Platform, index: number): Promise<SiteAnswer> {
  const nth = index + 1;
  switch (platform) {
    case "digitalocean-droplet": {
      const fallback = REGIONS[index] ?? "fra1";
      const asks = `Region of site ${nth}`;
      const question = { flag: `region-${nth}`, asks, example: fallback, fallback, wrong: form(region) };
      return { platform, region: await ask(question) };
    }
    case "gcp-instance": {
      const fallback = ZONES[index] ?? "europe-west3-a";
      const asks = `Zone of site ${nth}`;
      const where = await ask({ flag: `region-${nth}`, asks, example: fallback, fallback, wrong: form(zone) });
      const project = await ask(PROJECT);
      return { platform, zone: where, project };
    }
    case "host": {
      const example = `192.0.2.1${nth},2001:db8::1${nth}`;
      const addresses = await ask({
        flag: `addresses-${nth}`,
        asks: `IPv4 and IPv6 address of site ${nth}`,
        example,
        wrong: (answer) => form(ADDRESSES)(partsOf(answer)),
      });
      const hostKey = await ask({
        flag: `host-key-${nth}`,
        asks: `Public SSH host key of site ${nth}, as /etc/ssh/ssh_host_ed25519_key.pub has it there`,
        example: "'ssh-ed25519 AAAA…'",
        wrong: (answer) => form(sshHostKey)(withoutComment(answer)),
      });
      const [v4 = "", v6] = partsOf(addresses);
      return { platform, v4, v6, hostKey: withoutComment(hostKey) };
    }
  }
}

/** What is said of each site, on every platform. */
import { z } from "zod";
import { MAX_WAYS_OUT, wayOutSchema } from "./egress-schema.ts";
import { written } from "./forms.ts";
import { canonicalIpv6 } from "./ipv6.ts";
import { platformSchemas } from "./platforms.ts";

/** Name of a site, which is a label of its host name too. */
export const siteName = written(
  /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/,
  "2 to 20 lower-case letters, digits or hyphens, beginning with a letter",
);

const ipv4 = z.ipv4("an IPv4 address, such as 198.51.100.11");
const ipv6 = z.ipv6("an IPv6 address, such as 2001:db8:100::11").overwrite(canonicalIpv6);

/** Each site has a network, and two addresses for its resolver and its certificate client, from ranges of this size. */
export const MAX_SITES = 50;

const LOOPBACK = "an address in 127.0.0.0/8";

const roles = z.enum(["mx", "submission", "maildrop"]);

const everySite = {
  name: siteName.describe("Name of the site; part of its host name."),
  roles: z.array(roles).min(1).describe("What the site does: `mx`, `submission`, `maildrop`."),
  state: z
    .enum(["serving", "standby", "closed"])
    .default("serving")
    .describe(
      "`serving`: MX and service names send the world there. `standby`: the site works, takes over for others and empties " +
        "its queues, but no record names it. `closed`: nor does it take anything in, so that its queues stay empty: the last thing " +
        "before it is taken away. `npm run mailkeep -- site drain`, `resume` and `remove` set it.",
    ),
  egress: z
    .array(wayOutSchema)
    .min(1)
    .max(MAX_WAYS_OUT)
    .default(["direct"])
    .describe(
      "How mail leaves the site, in order: `direct` from its own addresses, `via` another site from that one's, `relay` by a " +
        "server of others. A way that does not take a message now is passed over. SPF records follow.",
    )
    .meta({ example: "egress: [{ via: alpha }, direct]" }),
};

/** A site of platform `local`. */
export const localSiteSchema = z.strictObject({
  ...everySite,
  platform: z.literal("local").describe("What the site is made of. `local`: containers on this machine."),
  addresses: z
    .strictObject({
      v4: ipv4.describe("IPv4 address."),
      v6: ipv6.optional().describe("IPv6 address; without it the site does no IPv6."),
    })
    .describe("The site's own addresses, for mail in and out. SPF, PTR and HELO name follow from them."),
  publishAddress: z
    .ipv4(LOOPBACK)
    .regex(/^127\./, LOOPBACK)
    .meta({ allowed: LOOPBACK, format: "ipv4" })
    .optional()
    .describe("Platform `local`: loopback address where the listeners are published with their real ports."),
});

/** A site of any platform. */
export const siteSchema = z.discriminatedUnion("platform", [localSiteSchema, ...platformSchemas(everySite)]);

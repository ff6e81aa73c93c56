/** What opens clouds and providers of zones. */
import { describe, expect, it } from "vitest";
import { requireCredentials } from "../../../components/platforms/credentials.ts";
import { zoneAt } from "../dns/zone.fixture.ts";
import { CLOUD, localPlan } from "../plan/plans.ts";

describe("credentials", () => {
  const published = {
    zones: [zoneAt("cloudflare"), zoneAt("digitalocean"), zoneAt("google"), zoneAt("print")],
    elsewhere: [],
  };

  it("are asked for by name, all at once, before anything is made", () => {
    const ask = (): void => {
      requireCredentials({ published, sites: [] }, {}, {});
    };
    expect(ask).toThrow("Nothing was changed.");
    expect(ask).toThrow(
      /at cloudflare, .*CLOUDFLARE_API_TOKEN, or run `pulumi config set --secret cloudflare:apiToken`/,
    );
    expect(ask).toThrow(/at digitalocean, .*DIGITALOCEAN_TOKEN/);
    expect(ask).toThrow(/at google, .*GOOGLE_CREDENTIALS/);
    expect(ask).not.toThrow(/print/);
  });

  it("may come from the environment or from the configuration; empty ones are none", () => {
    const environment = { CLOUDFLARE_API_TOKEN: "t", GOOGLE_APPLICATION_CREDENTIALS: "/key.json" };
    const config = { "digitalocean:token": "t" };
    expect(() => {
      requireCredentials({ published, sites: [] }, environment, config);
    }).not.toThrow();
    expect(() => {
      requireCredentials({ published, sites: [] }, { ...environment, CLOUDFLARE_API_TOKEN: "" }, config);
    }).toThrow(/cloudflare/);
  });

  it("are not asked for by the local stack", () => {
    requireCredentials(localPlan(), {}, {});
    expect(localPlan().published.zones).toEqual([]);
  });

  it("are asked for machines as for zones", () => {
    const cloud = { published: { zones: [], elsewhere: [] }, sites: localPlan(CLOUD).sites };
    const all = { DIGITALOCEAN_TOKEN: "x", GOOGLE_APPLICATION_CREDENTIALS: "/key.json" };
    expect(() => {
      requireCredentials(cloud, all, {});
    }).not.toThrow();
    expect(() => {
      requireCredentials(cloud, {}, { "digitalocean:token": "[secret]" });
    }).toThrow(
      "Nothing was changed.\nThe machine of charlie is made at google, which wants credentials: set the variable GOOGLE_CREDENTIALS",
    );
    expect(() => {
      requireCredentials(cloud, { GOOGLE_CREDENTIALS: "{}" }, {});
    }).toThrow(
      "The machine of bravo is made at digitalocean, which wants credentials: set the variable DIGITALOCEAN_TOKEN or DIGITALOCEAN_ACCESS_TOKEN",
    );
  });
});

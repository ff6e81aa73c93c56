/** What is said of all providers of a stack, by stand-ins on the loopback. */
import { describe, expect, it } from "vitest";
import { plan as makePlan } from "../../../components/plan/plan.ts";
import { ENDPOINTS } from "../../../tools/preflight/clouds/http.ts";
import { checkProviders } from "../../../tools/preflight/providers.ts";
import { templateSettings } from "../settings/template.ts";
import { lastServer, serving, told } from "./cloud-server.ts";

describe("a stack", () => {
  const plan = makePlan("production", templateSettings("production"));
  const known = { made: new Set<string>(), config: {} };

  it("without credentials is told of all of them, with their variables", async () => {
    const { verdicts } = await checkProviders({ plan, known, environment: {}, endpoints: ENDPOINTS, images: {} });
    expect(told(verdicts)).toEqual([
      "credentials of -: problem. The zone mailkeep.example is at cloudflare, which wants credentials.",
      "credentials of -: problem. The zone club.example is at cloudflare, which wants credentials.",
      "credentials of -: problem. The machine of alpha is made at digitalocean, which wants credentials.",
      "credentials of -: problem. The machine of bravo is made at google, which wants credentials.",
      "credentials of -: problem. The machine of charlie is made at digitalocean, which wants credentials.",
    ]);
    expect(verdicts[0]?.fix).toBe(
      "Set the variable CLOUDFLARE_API_TOKEN, or run `pulumi config set --secret cloudflare:apiToken`.",
    );
  });

  it("asks those that it has credentials for, by configuration too, for what is still to be made", async () => {
    const { base } = await serving({ "/v2/account": [200, { account: { status: "active", droplet_limit: 9 } }] });
    const endpoints = {
      ...ENDPOINTS,
      digitalocean: base,
      cloudflare: base,
      googleCompute: base,
      googleDns: base,
      googleToken: base,
      googleOwners: base,
    };
    const config = { "digitalocean:token": "d", "cloudflare:apiToken": "c", "gcp:accessToken": "g" };
    const { verdicts } = await checkProviders({
      plan,
      known: { made: new Set(["alpha", "bravo"]), config },
      environment: {},
      endpoints,
      images: {},
    });
    expect(verdicts.filter(({ check }) => check === "machine").map(({ where }) => where)).toEqual(["charlie"]);
    const tokens = new Set(lastServer()?.asked.map(({ token }) => token));
    expect(tokens).toEqual(new Set(["d", "c"]));
  });
});

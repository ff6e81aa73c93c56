/** The password of the registry of images, tried at a stand-in on the loopback. */
import { describe, expect, it } from "vitest";
import { checkRegistry } from "../../../tools/preflight/clouds/registry.ts";
import { type Answer, type Answers, lastServer, serving, told } from "./cloud-server.ts";

const OPENS = `Basic ${Buffer.from("sites:secret").toString("base64")}`;
const asks = (challenge: string): Answer => [401, {}, { "www-authenticate": challenge }];
/** Docker's own registry with a list of passwords. */
const byPassword = (authorization: string | undefined): Answer =>
  authorization === OPENS ? [200, {}] : asks('Basic realm="Registry"');

const GRANT = "/token?service=images&scope=repository%3Amailkeep%2Fpostfix%3Apull";

async function check(answers: (base: string) => Answers, password = "secret", user: string | undefined = "sites") {
  const found: { answers: Answers } = { answers: {} };
  // Its own address is in what it says.
  const { base } = await serving({
    "/v2/": (who) => answerOf(found.answers["/v2/"], who),
    [GRANT]: (who) => answerOf(found.answers[GRANT], who),
  });
  found.answers = answers(base);
  const host = base.replace("http://", "");
  const config = { "mailkeep:registryPassword": password };
  const verdicts = await checkRegistry({ registry: `${host}/mailkeep`, user, config });
  return told(verdicts).map((line) => line.replace(host, "<host>"));
}

function answerOf(given: Answers[string] | undefined, who: string | undefined): Answer {
  if (given === undefined) return [404, {}];
  return typeof given === "function" ? given(who) : given;
}

const byToken =
  (grant: Answer) =>
  (base: string): Answers => ({
    "/v2/": asks(`Bearer realm="${base}/token",service="images"`),
    [GRANT]: (who) => (who === OPENS ? grant : [401, {}]),
  });

describe("the password of the registry", () => {
  it.each<[string, (base: string) => Answers, string, string]>([
    ["opens one that takes passwords", () => ({ "/v2/": byPassword }), "secret", "ok. It lets sites in."],
    ["opens one that grants tokens", byToken([200, { token: "t" }]), "secret", "ok. It lets sites in."],
    [
      "opens one that grants tokens by their other name",
      byToken([200, { access_token: "t" }]),
      "secret",
      "ok. It lets sites in.",
    ],
    [
      "is wrong where passwords are taken",
      () => ({ "/v2/": byPassword }),
      "other",
      "problem. The registry refuses it for the user sites, so the sites would get no images.",
    ],
    [
      "is wrong where tokens are granted",
      byToken([200, { token: "t" }]),
      "other",
      "problem. The registry refuses it for the user sites, so the sites would get no images.",
    ],
    [
      "is wanted by nobody",
      () => ({ "/v2/": [200, {}] }),
      "secret",
      "ok. The registry lets anybody in, so it was not tried.",
    ],
    [
      "is for something that is no registry",
      () => ({}),
      "secret",
      "unknown. The registry cannot be asked: it says 404.",
    ],
    [
      "is tried while tokens are out of order",
      byToken([503, {}]),
      "secret",
      "unknown. Whether it lets sites in is not told: it says 503.",
    ],
  ])("%s", async (_, answers, password, says) => {
    expect(await check(answers, password)).toEqual([`credentials of registryPassword <host>: ${says}`]);
  });

  it("is not tried where there is no user that it is for", async () => {
    const config = { "mailkeep:registryPassword": "secret" };
    expect(await checkRegistry({ config })).toEqual([]);
    expect(await checkRegistry({ registry: "registry.example.org/mailkeep", config })).toEqual([]);
    expect(await checkRegistry({ registry: "registry.example.org/mailkeep", user: "sites", config: {} })).toEqual([]);
  });

  it("is shown to nobody before it is asked for", async () => {
    await check(() => ({ "/v2/": byPassword }));
    expect(lastServer()?.asked.map(({ token }) => token)).toEqual([undefined, OPENS]);
  });
});

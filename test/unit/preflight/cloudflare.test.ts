/** What is said of Cloudflare, by a stand-in for its interface on the loopback. */
import { describe, expect, it } from "vitest";
import { checkCloudflare } from "../../../tools/preflight/clouds/cloudflare.ts";
import { serving, told } from "./cloud-server.ts";

describe("Cloudflare", () => {
  const zone = (result: object): readonly [number, unknown] => [
    200,
    { result: { name: "club.example", status: "active", name_servers: ["Bo.NS.example", "al.ns.example"], ...result } },
  ];
  const VERIFIED = [200, { result: { status: "active" } }] as const;
  const check = async (verify: readonly [number, unknown], answer: readonly [number, unknown]) => {
    const { base } = await serving({ "/client/v4/user/tokens/verify": verify, "/client/v4/zones/0abc": answer });
    return await checkCloudflare({
      base,
      token: "t",
      from: "CLOUDFLARE_API_TOKEN",
      zones: [{ name: "club.example", zoneId: "0abc" }],
    });
  };
  it.each<[string, readonly [number, unknown], readonly [number, unknown], string[]]>([
    [
      "lets us in",
      VERIFIED,
      zone({}),
      [
        "credentials of cloudflare: ok. The token in CLOUDFLARE_API_TOKEN is active.",
        "zone of cloudflare club.example: ok. Cloudflare has club.example, and it is active.",
      ],
    ],
    [
      "has a zone that nobody leads to",
      VERIFIED,
      zone({ status: "pending" }),
      [
        "credentials of cloudflare: ok. The token in CLOUDFLARE_API_TOKEN is active.",
        "zone of cloudflare club.example: warning. Cloudflare has club.example, but it is pending: the registrar does not lead there yet.",
      ],
    ],
    [
      "has another zone with that id",
      VERIFIED,
      zone({ name: "other.example" }),
      [
        "credentials of cloudflare: ok. The token in CLOUDFLARE_API_TOKEN is active.",
        "zone of cloudflare club.example: problem. The zone with the id 0abc is other.example, not club.example.",
      ],
    ],
    [
      "takes a token of an account",
      [401, {}],
      zone({}),
      [
        "credentials of cloudflare: ok. The token in CLOUDFLARE_API_TOKEN is active.",
        "zone of cloudflare club.example: ok. Cloudflare has club.example, and it is active.",
      ],
    ],
    [
      "refuses",
      [401, {}],
      [403, {}],
      [
        "credentials of cloudflare: problem. Cloudflare refuses the token in CLOUDFLARE_API_TOKEN.",
        "zone of cloudflare club.example: problem. The token cannot read the zone club.example (id 0abc).",
      ],
    ],
    [
      "knows an old token",
      [200, { result: { status: "expired" } }],
      [403, {}],
      [
        "credentials of cloudflare: problem. The token in CLOUDFLARE_API_TOKEN is expired.",
        "zone of cloudflare club.example: problem. The token cannot read the zone club.example (id 0abc).",
      ],
    ],
    [
      "is out of order",
      [502, {}],
      [502, {}],
      [
        "credentials of cloudflare: unknown. Cloudflare cannot be asked: it says 502.",
        "zone of cloudflare club.example: unknown. Cloudflare cannot be asked about club.example: it says 502.",
      ],
    ],
  ])("%s", async (_, verify, answer, says) => {
    expect(told((await check(verify, answer)).verdicts)).toEqual(says);
  });

  it("tells which servers have a zone", async () => {
    expect([...(await check(VERIFIED, zone({}))).servers]).toEqual([
      ["club.example", ["bo.ns.example", "al.ns.example"]],
    ]);
  });
});

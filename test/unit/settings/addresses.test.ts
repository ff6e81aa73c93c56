/** Which addresses a site may have: its own, and in a local stack those of the local world's range. */
import { describe, expect, it } from "vitest";
import type { Problem } from "../../../components/settings/problem.ts";
import { changed, secondSite } from "./changes.ts";
import { problemsOf } from "./problems.ts";

const OWN_ADDRESS = {
  wanted: "an address of its own for each site",
  fix: "give one of the two sites another address",
};

describe("a problem between parts is told where it is, with what to do", () => {
  it.each<[string, unknown, ...Problem[]]>([
    [
      "two sites at one IPv4 address",
      secondSite({ addresses: { v4: "198.51.100.11" } }),
      { path: "sites[1].addresses.v4", got: "198.51.100.11, which sites[0].addresses.v4 has too", ...OWN_ADDRESS },
    ],
    [
      "two sites at one IPv6 address, spelled differently",
      secondSite({ addresses: { v4: "198.51.100.12", v6: "2001:0DB8:100:0:0::0011" } }),
      { path: "sites[1].addresses.v6", got: "2001:db8:100::11, which sites[0].addresses.v6 has too", ...OWN_ADDRESS },
    ],
    [
      "two sites published at one loopback address",
      secondSite({ publishAddress: "127.0.1.1" }),
      { path: "sites[1].publishAddress", got: "127.0.1.1, which sites[0].publishAddress has too", ...OWN_ADDRESS },
    ],
    [
      "an IPv4 address out of the local world",
      changed("sites.0.addresses.v4", "203.0.113.1"),
      {
        path: "sites[0].addresses.v4",
        got: "203.0.113.1",
        wanted: "an address from 198.51.100.11 to 198.51.100.85",
        fix: "choose one such as 198.51.100.11",
      },
    ],
    [
      "an IPv6 address out of the local world",
      changed("sites.0.addresses.v6", "2001:db8::1"),
      {
        path: "sites[0].addresses.v6",
        got: "2001:db8::1",
        wanted: "an address from 2001:db8:100::11 to 2001:db8:100::85",
        fix: "choose one such as 2001:db8:100::11",
      },
    ],
    [
      "an address of the local world's own server",
      changed("sites.0.addresses", { v4: "198.51.100.4" }),
      {
        path: "sites[0].addresses.v4",
        got: "198.51.100.4",
        wanted: "an address from 198.51.100.11 to 198.51.100.85",
        fix: "choose one such as 198.51.100.11",
      },
    ],
  ])("%s", (_, raw, ...problems) => expect(problemsOf(raw)).toEqual(problems));
});

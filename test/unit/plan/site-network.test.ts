/** The networks of the sites themselves, and who is where on them. */
import { isIP } from "node:net";
import { expect, it } from "vitest";
import { siteAddresses, siteNetwork } from "../../../components/plan/site-network.ts";

it("each site has a prefix of its own", () => {
  const networks = Array.from({ length: 75 }, (_, i) => siteNetwork(i));
  expect(networks[0]).toEqual({
    name: "site",
    kind: "owned",
    subnet: "10.77.1.0/24",
    gateway: "10.77.1.1",
    subnet6: undefined,
  });
  expect(new Set(networks.map(({ subnet }) => subnet)).size).toBe(75);
  expect(networks.every(({ gateway }) => isIP(gateway) === 4)).toBe(true);
});

it("each workload has an address of its own there, and none has the gateway's", () => {
  const addresses = Object.values(siteAddresses(1));
  expect(new Set([...addresses, siteNetwork(1).gateway]).size).toBe(addresses.length + 1);
  expect(addresses.every((address) => isIP(address) === 4 && address.startsWith("10.77.2."))).toBe(true);
});

/** What a new machine is told, and what one that is there is made to be like. */
import { describe, expect, it, test } from "vitest";
import { parse } from "yaml";
import { renderCloudInit } from "../../../components/platforms/cloud-init.ts";
import type { CloudInitArgs } from "../../../components/platforms/cloud-init.ts";
import { linkPort, worldPorts } from "../../../components/platforms/exposure.ts";
import { MAIL_LABEL } from "../../../components/platforms/mail-disk-files.ts";
import { machineFiles } from "../../../components/platforms/machine-files.ts";
import { renderNftables } from "../../../components/platforms/nftables.ts";
import { literal } from "../../../components/plan/text.ts";
import { flows } from "../../../components/plan/flows.ts";
import { goldenText } from "../mail/golden-text.ts";
import { CLOUD_INIT, EXPOSURE, FILES, MACHINE } from "./machine.fixture.ts";

test.each(FILES.map((file) => [file.path, file] as const))("%s is as in its golden file", async (path, { content }) => {
  await expect(goldenText(content)).toMatchFileSnapshot(`golden${path}`);
});

test("the user data is as in its golden file", async () => {
  await expect(renderCloudInit(CLOUD_INIT)).toMatchFileSnapshot("golden/user-data.yaml");
});

describe("the firewall", () => {
  it("without prefixes lets nobody in by SSH", () => {
    const text = literal(renderNftables({ ...EXPOSURE, ssh: { port: 22, from: { v4: [], v6: [] } }, link: undefined }));
    expect(text).not.toContain("elements = {  }");
    expect([...text.matchAll(/elements = \{ (.*) \}/g)].map(([, list]) => list)).toEqual(["25, 465, 587, 993"]);
  });

  it("opens the ports that the flow table opens to the world, of those that the site offers", () => {
    const all = flows({ imap143: true, linked: false, acmePort: 443, proof: "update", waysOut: [], signers: ["rsa"] });
    expect(worldPorts(all, [25, 143])).toEqual([25, 143]);
    expect(
      worldPorts(
        flows({ imap143: false, linked: false, acmePort: 443, proof: "update", waysOut: [], signers: ["rsa"] }),
        [25, 143, 12345],
      ),
    ).toEqual([25]);
  });

  it("opens the link to the other sites alone, where there are any", () => {
    expect(
      linkPort(flows({ imap143: false, linked: true, acmePort: 443, proof: "update", waysOut: [], signers: ["rsa"] })),
    ).toBe(4433);
    expect(
      linkPort(flows({ imap143: false, linked: false, acmePort: 443, proof: "update", waysOut: [], signers: ["rsa"] })),
    ).toBeUndefined();
    const text = literal(renderNftables(EXPOSURE));
    expect(text).toContain("elements = { 203.0.113.12, 203.0.113.13 }");
    expect(text).toContain("ct original proto-dst 4433 ip saddr @link_from_v4");
    expect(literal(renderNftables({ ...EXPOSURE, link: undefined }))).not.toMatch(/link|4433/);
  });
});

describe("the user data", () => {
  const config = (args: Partial<CloudInitArgs> = {}): Record<string, unknown> => {
    const parsed: unknown = parse(renderCloudInit({ ...CLOUD_INIT, ...args }));
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  };

  it("has one private key in it, that of the first contact", () => {
    const text = renderCloudInit(CLOUD_INIT);
    expect(text.match(/PRIVATE KEY/g)).toHaveLength(2);
    expect(config()["ssh_keys"]).toEqual({
      ed25519_private: CLOUD_INIT.firstHostKey.privateKey,
      ed25519_public: CLOUD_INIT.firstHostKey.publicKey,
    });
  });

  it("means the same to a reader of YAML 1.1, for whom `no` is false and 22:30 a number", () => {
    const text = renderCloudInit({ ...CLOUD_INIT, hostname: "no.mailkeep.test", user: "22:30" });
    const read: unknown = parse(text, { version: "1.1" });
    expect(read).toMatchObject({ hostname: "no", users: [{ name: "22:30" }] });
  });

  it("makes a file system only where it is asked to, and only on an empty disk", () => {
    expect(config()).not.toHaveProperty("fs_setup");
    expect(config({ emptyMailDisk: "/dev/disk/by-id/google-mail" })["fs_setup"]).toEqual([
      expect.objectContaining({ label: MAIL_LABEL, overwrite: false, partition: "auto" }),
    ]);
  });

  it("lets a user in without a password, by key alone", () => {
    expect(config()).toMatchObject({ disable_root: true, ssh_pwauth: false, users: [{ lock_passwd: true }] });
  });
});

test("root may log in by key where that is who mailkeep is", () => {
  const sshd = (user: string) =>
    machineFiles({ ...MACHINE, user }).find(({ path }) => path.includes("sshd_config"))?.content;
  expect(sshd("root")).toContain("PermitRootLogin prohibit-password");
  expect(sshd("mailkeep")).toContain("PermitRootLogin no");
});

test("a machine without a disk for mail has no mount for one", () => {
  expect(machineFiles({ ...MACHINE, mailFolder: undefined }).filter(({ path }) => path.endsWith(".mount"))).toEqual([]);
});

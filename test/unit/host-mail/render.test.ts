/** What a host is told so that its mail leaves by a machine account; the real programs read it in test/system/host-mail.test.ts. */
import { describe, expect, it, test } from "vitest";
import { PUBLIC_CA_FILE, type HostMailClient } from "../../../components/host-mail/client.ts";
import { renderMsmtp } from "../../../components/host-mail/msmtp.ts";
import { renderNullmailer } from "../../../components/host-mail/nullmailer.ts";
import { renderPostfix } from "../../../components/host-mail/postfix.ts";
import { isSecret } from "../../../components/plan/text.ts";
import { hostMailScript, PLACEHOLDER } from "../../../tools/host-mail/script.ts";
import { goldenText } from "../mail/golden-text.ts";

const CLIENT: HostMailClient = {
  host: "web1.home.test",
  servers: ["mail.mailkeep.test"],
  login: "hosts@home.test",
  password: [{ ref: "password", password: "machine/hosts@home.test" }],
  sender: { kind: "users", domain: "web1.home.test" },
  to: "postmaster@home.test",
  caFile: PUBLIC_CA_FILE,
};
const ONE: HostMailClient = { ...CLIENT, sender: { kind: "one", address: "printer@home.test" } };

const KINDS = [
  ["nullmailer", renderNullmailer],
  ["msmtp", renderMsmtp],
  ["postfix", renderPostfix],
] as const;

describe.each(KINDS)("%s", (name, render) => {
  test.each([
    ["users", CLIENT],
    ["one", ONE],
  ])("with senders of the kind %s is as in its golden files", async (kind, client) => {
    for (const { path, content } of render(client)) {
      await expect(goldenText(content)).toMatchFileSnapshot(`golden/${name}-${kind}${path}`);
    }
  });

  it("has the password in one file, which its owner alone may read", () => {
    const files = render(CLIENT);
    expect(files.filter(({ content }) => isSecret(content))).toHaveLength(1);
    for (const { content, owner } of files) expect(owner !== undefined).toBe(isSecret(content));
  });
});

it("nullmailer tries several servers in turn, each by its own name", () => {
  const [remotes] = renderNullmailer({ ...CLIENT, servers: ["bravo.mailkeep.test", "alpha.mailkeep.test"] }).filter(
    ({ path }) => path.endsWith("/remotes"),
  );
  expect(
    goldenText(remotes?.content ?? "")
      .split("\n")
      .map((line) => line.split(" ")[0]),
  ).toEqual(["bravo.mailkeep.test", "alpha.mailkeep.test", ""]);
});

describe("the script", () => {
  const known = { ...CLIENT, password: "apasswordthatnobodyhas" };

  test.each(["postfix", "nullmailer", "msmtp"] as const)("for %s is as in its golden file", async (kind) => {
    const client = { ...CLIENT, password: PLACEHOLDER };
    await expect(hostMailScript({ client, kind, ca: undefined })).toMatchFileSnapshot(`golden/${kind}.sh`);
  });

  it("brings authorities that the host cannot know", () =>
    expect(hostMailScript({ client: known, kind: "postfix", ca: "a certificate\n" })).toContain(
      `put ${PUBLIC_CA_FILE} 0644 root <<'END-OF-FILE'\na certificate\nEND-OF-FILE\n`,
    ));

  it("asks for no password where it has it", () =>
    expect(hostMailScript({ client: known, kind: "postfix", ca: undefined })).not.toContain(PLACEHOLDER));
});

/** On which side the site's filter puts a corpus of made messages: what makes it faster must not move one of them. */
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { WORLD_ADDRESS } from "../../components/world/addresses.ts";
import { CORPUS, ENVELOPE } from "../support/corpus.ts";
import { containerOf, dockerWithInput, fixture } from "../support/system.ts";

/** Delivered as spam, or not at all. All other actions let a message pass into the inbox, at once or at the second try. */
const SPAM_ACTIONS = ["add header", "rewrite subject", "reject"];

const verdictSchema = z.looseObject({ action: z.string(), score: z.number() });

let container: string;

beforeAll(async () => {
  const { stack, site } = await fixture();
  container = await containerOf(stack, site.name, "rspamd");
});

describe("the filter", () => {
  it.each(CORPUS)("takes $name for $side", async ({ side, message }) => {
    const { action, score } = verdictSchema.parse(JSON.parse(await scan(message)));
    expect({ side: SPAM_ACTIONS.includes(action) ? "spam" : "ham", action, score }).toMatchObject({ side });
  });
});

/** The same rules as for mail on its way in; the answer comes on the filter's own port within its container. */
function scan(message: string): Promise<string> {
  return dockerWithInput(
    message,
    ...["exec", "--interactive", container, "rspamc", "--json", `--ip=${WORLD_ADDRESS.outside.v4}`],
    ...[`--hostname=${ENVELOPE.helo}`, `--helo=${ENVELOPE.helo}`],
    ...[`--from=${ENVELOPE.from}`, `--rcpt=${ENVELOPE.to}`, "symbols"],
  );
}

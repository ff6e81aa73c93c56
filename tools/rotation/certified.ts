/** Whether a site's next key has its certificate, before it serves with it. */
import { isPrivate } from "../../components/plan/acme.ts";
import { fail } from "../console.ts";
import { containerOf } from "../site/docker.ts";
import { withDockerAt } from "../site/docker-at.ts";
import { isLocal } from "../stack/local.ts";
import { stackSettings } from "../stack/settings.ts";
import type { Engine } from "../stack/pulumi.ts";

/**
 * Without it the site would show a certificate of the private authority: mail programs would not believe it, and servers that
 * heed MTA-STS (RFC 8461) would keep their mail.
 *
 * A private authority's certificate comes with the key.
 *
 * @throws SentenceError saying what is missing
 */
export async function refuseUncertified(stack: string, site: string, pulumi: Engine): Promise<void> {
  if (isPrivate(await stackSettings(stack, isLocal(stack)))) return;
  const said = await withDockerAt({ stack, site, pulumi }, async (docker) =>
    docker("exec", await containerOf(stack, site, "certs", docker), "next-ready"),
  );
  if (said.trim() === "there") return;
  fail(
    `${site} cannot serve with its next key: there is no certificate for it, for ${said.trim()}. Its workload certs asks for one and says why it has none: \`npm run status${stack === "local" ? "" : ` -- ${stack}`}\`. With --now it is done without.`,
  );
}

/** What the world's resolver knows of names, as far as tests ask. */
import { Resolver } from "node:dns/promises";

/** A resolver that asks one server, and gives it up after a few seconds. */
export function resolverAt(server: string): Resolver {
  const resolver = new Resolver({ timeout: 2000, tries: 3 });
  resolver.setServers([server]);
  return resolver;
}

/** The SPF record of a name; empty where it has none. */
export async function spfOf(server: string, name: string): Promise<string> {
  const texts = (await resolverAt(server).resolveTxt(name)).map((parts) => parts.join(""));
  return texts.find((text) => text.startsWith("v=spf1")) ?? "";
}

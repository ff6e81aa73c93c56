/** Changes one site in a stack's file, and leaves everything else in it as its owner wrote it. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { isMap, isSeq, parseDocument, type Document, type YAMLMap } from "yaml";
import { NAMESPACE } from "../../components/settings/read.ts";
import { fail } from "../console.ts";
import { stackFile } from "../paths.ts";

/** Sets whether records lead to a site. */
export async function setSiteState(stack: string, site: string, state: "serving" | "standby"): Promise<void> {
  await editFile(stack, (document) => withSiteState(document, site, state));
}

/** Takes a site out. */
export async function removeSite(stack: string, site: string): Promise<void> {
  await editFile(stack, (document) => withoutSite(document, site));
}

async function editFile(stack: string, change: (document: Document) => void): Promise<void> {
  const path = stackFile(stack);
  const document = parseDocument(await readFile(path, "utf8"));
  change(document);
  await writeFile(`${path}.new`, document.toString({ lineWidth: 0 }));
  await rename(`${path}.new`, path);
}

/** @throws SentenceError where there is no such site */
export function withSiteState(document: Document, site: string, state: "serving" | "standby"): void {
  const { entry } = siteIn(document, site);
  // What is not said is the default, as it was before.
  if (state === "serving") entry.delete("state");
  else entry.set("state", state);
}

/** @throws SentenceError where there is no such site */
export function withoutSite(document: Document, site: string): void {
  const { index } = siteIn(document, site);
  document.deleteIn([...SITES, index]);
}

const SITES = ["config", `${NAMESPACE}:sites`];

function siteIn(document: Document, site: string): { entry: YAMLMap; index: number } {
  const list = document.getIn(SITES);
  const entries = isSeq(list) ? list.items : [];
  const index = entries.findIndex((one) => isMap(one) && one.get("name") === site);
  const entry = entries[index];
  return isMap(entry) ? { entry, index } : fail(`The stack's file has no site ${site}.`);
}

/** The pair of machines that the story is about, and what is done with them time and again. */
import { expect } from "vitest";
import { handTo, untilAnnHas } from "../../support/container-machine/letters.ts";
import { PEOPLE, type Site } from "../../support/container-machine/places.ts";
import type { Scene } from "../../support/container-machine/scene.ts";
import { mark } from "../../support/system.ts";

/** In milliseconds. */
export const MINUTES = 60_000;

let set: Scene | undefined;

/** Has the tests be about these machines. */
export function begin(scene: Scene): void {
  set = scene;
}

/** The machines and their world. @throws Error before they are there */
export function scene(): Scene {
  if (set === undefined) throw new Error("The scene has not been set.");
  return set;
}

/** Hands a message to a site, and waits until it lies in Ann's mailbox. */
export async function takesMail(site: Site): Promise<void> {
  const subject = mark();
  expect(await handTo(PEOPLE[site], subject)).toBe(250);
  await untilAnnHas(scene(), subject);
}

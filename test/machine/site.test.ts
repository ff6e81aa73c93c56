/**
 * Two sites on machines of one's own, from the first `up` on, by the commands that their owner would give. Each machine is a
 * Debian 13 system with systemd, SSH and a Docker of its own; it is one container, for an emulator is too slow for a site. Their
 * world has a root of its own, whose name server serves the zones as they were printed. The tests are one story.
 */
import { afterAll, beforeAll } from "vitest";
import { Scene } from "../support/container-machine/scene.ts";
import { firstUp } from "./site/first-up.ts";
import { leaving } from "./site/leaving.ts";
import { mail } from "./site/mail.ts";
import { preflight } from "./site/preflight.ts";
import { begin, MINUTES } from "./site/story.ts";
import { upgrades } from "./site/upgrades.ts";
import { upkeep } from "./site/upkeep.ts";

/** What takes away again what has been made so far. */
const undo: (() => Promise<void>)[] = [];

beforeAll(async () => {
  begin(await Scene.set((work) => undo.push(work)));
}, 10 * MINUTES);

afterAll(async () => {
  for (const work of undo.toReversed()) await work();
}, 2 * MINUTES);

firstUp();
mail();
upkeep();
upgrades();
preflight();
leaving();

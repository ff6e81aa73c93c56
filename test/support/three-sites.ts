/** What the tests of several sites run on: the whole template. */
import type { TestProject } from "vitest/node";
import { localStack } from "./local-stack.ts";

export default (project: TestProject): (() => void) | undefined => localStack(project, "local-sites", 3);

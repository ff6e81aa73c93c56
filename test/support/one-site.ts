/** What the system tests run on: one site with every role, where they ask nothing of several. */
import type { TestProject } from "vitest/node";
import { localStack } from "./local-stack.ts";

export default (project: TestProject): (() => void) | undefined => localStack(project, "local-test", 1);

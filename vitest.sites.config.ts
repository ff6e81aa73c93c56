import { defineConfig } from "vitest/config";

/** One stack of three sites for all files: it is brought up once, and each file leaves it as it found it. */
export default defineConfig({
  test: {
    globalSetup: ["test/support/three-sites.ts"],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    allowOnly: false,
    maxWorkers: 1,
    fileParallelism: false,
  },
});

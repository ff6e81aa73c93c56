import { defineConfig } from "vitest/config";

/** One stack for all files: it is brought up once, and each file leaves it as it found it. */
export default defineConfig({
  test: {
    globalSetup: ["test/support/one-site.ts"],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    allowOnly: false,
    maxWorkers: 1,
    fileParallelism: false,
  },
});

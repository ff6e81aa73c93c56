import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Two workers on two cores; the engine and system parts run one file at a time.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    allowOnly: false,
  },
});

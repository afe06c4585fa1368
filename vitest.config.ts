import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{shared,edge,aggregator,models,local,bench,test}/**/*.test.ts"],
    // Tests that start real Workers take seconds; a hang still ends.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

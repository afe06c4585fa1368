import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{shared,edge,aggregator,models,local,bench,test}/**/*.test.ts"],
    globalSetup: ["test/scratch.ts"],
    // Tests that start real Workers wait more than they work, so three at a time do no harm even on two cores.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // Tests that start real Workers take seconds; a hang still ends.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

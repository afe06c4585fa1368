import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Makes the folder that the files of a project share what takes long to make in. */
const globalSetup = ["test/scratch.ts"];

export default defineConfig({
  test: {
    // Tests that start real Workers wait more than they work, so three at a time do no harm even on two cores.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // Tests that start real Workers take seconds; a hang still ends.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      // Files that change nothing outside themselves share a process and what it has loaded: that halves what they cost.
      { extends: true, test: { name: "pure", include: ["{shared,edge,models,bench}/**/*.test.ts"], isolate: false } },
      {
        extends: true,
        test: {
          name: "aggregator",
          include: ["aggregator/**/*.test.ts"],
          exclude: ["aggregator/env.test.ts"],
          isolate: false,
          globalSetup,
        },
      },
      {
        extends: true,
        test: { name: "whole", include: ["{local,test}/**/*.test.ts", "aggregator/env.test.ts"], globalSetup },
      },
    ],
  },
});

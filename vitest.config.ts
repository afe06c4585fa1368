import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** They start the Workers' runtime, mock a module or change what a whole process shares, so each has a process of its own. */
const APART = [
  "aggregator/env.test.ts",
  "local/{gate,postgres,start,workers}.test.ts",
  "test/{books,client,dashboard,dashboard-operations,labels,learning-workflow,life,lists,live}.test.ts",
  "test/{model-release,privacy,release-swap,shop,snippet,stream}.test.ts",
];

export default defineConfig({
  test: {
    // Makes the folder that all files share for what takes long to make.
    globalSetup: ["test/scratch.ts"],
    // Tests that start real Workers wait more than they work, so three at a time do no harm even on two cores.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // Tests that start real Workers take seconds; a hang still ends.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      // Files that change nothing outside themselves share a process and what it has loaded: that halves what they cost.
      { extends: true, test: { name: "pure", include: ["{shared,edge,models,bench}/**/*.test.ts"], isolate: false } },
      // These share an embedded Postgres as well.
      {
        extends: true,
        test: { name: "parts", include: ["{aggregator,local,test}/**/*.test.ts"], exclude: APART, isolate: false },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: APART,
          // A system's own Postgres does too little to earn back what optimising its WebAssembly costs.
          execArgv: ["--liftoff-only"],
        },
      },
    ],
  },
});

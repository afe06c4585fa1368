import { spawn } from "node:child_process";

/** Everything that is checked without running the product: formatting, lint with types, and types of each part. */
const CHECKS: readonly [name: string, command: string, ...args: string[]][] = [
  ["format", "oxfmt", "--check"],
  ["lint", "oxlint", "--type-aware", "--deny-warnings"],
  ["types of shared, models, local, bench, test", "tsc", "-p", "."],
  ["types of edge", "tsc", "-p", "edge"],
  ["types of edge/snippet", "tsc", "-p", "edge/snippet"],
  ["types of edge/snippet in browsers of 2019", "tsc", "-p", "edge/snippet/tsconfig.browser.json"],
  ["types of edge/client", "tsc", "-p", "edge/client"],
  ["types of aggregator", "tsc", "-p", "aggregator"],
  ["types of aggregator/dashboard", "tsc", "-p", "aggregator/dashboard"],
  ["types of bench/workers", "tsc", "-p", "bench/workers"],
  ["types of local/shop/browser", "tsc", "-p", "local/shop/browser"],
];

const results = await Promise.all(CHECKS.map(([name, command, ...args]) => run(name, command, args)));
for (const { name, output, passed } of results) {
  process.stdout.write(`${passed ? "ok    " : "FAILED"} ${name}\n${passed ? "" : `${output}\n`}`);
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;

function run(
  name: string,
  command: string,
  args: string[],
): Promise<{ name: string; output: string; passed: boolean }> {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) => resolve({ name, output: error.message, passed: false }));
    child.on("close", (code) => resolve({ name, output, passed: code === 0 }));
  });
}

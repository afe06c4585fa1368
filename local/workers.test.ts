import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drain } from "./drain.ts";
import { listen } from "./listen.ts";
import { writeWorkersFixture, type WorkersFixture } from "./workers-for-tests.ts";
import { buildWorkers, startWorkers, type LocalWorkers } from "./workers.ts";

let fixture: WorkersFixture;
let workers: LocalWorkers;
const lines: string[] = [];

beforeAll(async () => {
  fixture = writeWorkersFixture();
  const { bundleDir, configPath } = fixture;
  await buildWorkers(bundleDir, configPath);
  workers = await startWorkers({
    bundleDir,
    configPath,
    edgeVars: { COLOUR: "blue", SECRET: "s3cret" },
    log: (line) => lines.push(line),
  });
});
afterAll(async () => {
  await workers.stop();
  fixture.remove();
});

const send = (body: object) => fetch(new URL("/send", workers.edge), { method: "POST", body: JSON.stringify(body) });
const notes = async (from = workers) => (await fetch(from.aggregator)).json();

describe("startWorkers", () => {
  it("gives a Worker the variables of its configuration, overlaid with those of the caller", async () => {
    const answer = await fetch(workers.edge);
    expect(await answer.json()).toMatchObject({ COLOUR: "blue", SIZE: "7", SECRET: "s3cret" });
  });

  it("bundles data files with the Worker that imports them", async () => {
    expect(await (await fetch(workers.edge)).json()).toMatchObject({ modelBytes: 3 });
  });

  it("lets the caller say where a request comes from", async () => {
    const headers = { "MF-CF-Blob": JSON.stringify({ country: "DE" }) };
    const answer = await fetch(workers.edge, { headers });
    expect(await answer.json()).toMatchObject({ country: "DE" });
  });

  it("brings a message on the queue to the consumer, and is drained then", async () => {
    await send({ id: "first" });
    expect(await workers.queueBacklog()).toBe(1);
    const { queueBacklog } = workers;
    const options = { queueBacklog, inFlight: () => 0, quietMs: 300, deadlineMs: 5_000 };
    expect(await drain(options)).toMatchObject({ kind: "drained" });
    expect(await notes()).toContain("pulseecom-assessments/first");
  });

  it("brings what the consumer fails at to the consumer of dead letters", async () => {
    await send({ id: "poison", fails: true });
    await expect.poll(() => notes(), { timeout: 10_000 }).toContain("pulseecom-assessments-dead/poison");
    expect(lines).toContainEqual(expect.stringContaining("dead letter queue"));
  });

  it("runs the scheduled handler when told to, and says when it fails", async () => {
    expect(workers.crons).toEqual(["* * * * *", "0 3 * * MON"]);
    await workers.runCron("* * * * *");
    expect(await notes()).toContain("cron/* * * * *");
    await expect(workers.runCron("0 3 * * MON")).rejects.toThrow('cron "0 3 * * MON" ended with');
  });

  it("logs what a Worker says on one line", async () => {
    await fetch(workers.edge);
    await expect.poll(() => lines).toContain("first line\\nsecond line");
  });

  it("lets Workers reach this machine, where the database and the webhook receiver are", async () => {
    const server = createServer((_, response) => response.end("here"));
    const port = await listen(server, 0);
    const through = new URL("/fetch", workers.edge);
    through.searchParams.set("url", `http://127.0.0.1:${port}/sql`);
    expect(await (await fetch(through)).text()).toBe("here");
    server.close();
  });

  it("keeps its state in the folder it is given", async () => {
    const { bundleDir, configPath, folder } = fixture;
    const options = { bundleDir, configPath, stateDir: join(folder, "state") };
    const first = await startWorkers(options);
    await first.runCron("* * * * *");
    await first.stop();
    const second = await startWorkers(options);
    expect(await notes(second)).toEqual(["cron/* * * * *"]);
    await second.stop();
  });

  it("says that the Workers are not built when they are not", async () => {
    const { configPath, folder } = fixture;
    const missing = { bundleDir: join(folder, "missing"), configPath };
    await expect(startWorkers(missing)).rejects.toThrow("missing");
  });
});

describe("buildWorkers", () => {
  it("fails with what wrangler says", async () => {
    const broken = writeWorkersFixture();
    writeFileSync(join(broken.folder, "edge.ts"), 'import "./nowhere.ts"; export default {};');
    const build = buildWorkers(broken.bundleDir, broken.configPath, ["edge"]);
    await expect(build).rejects.toThrow(/the edge Worker:[^]*Could not resolve "\.\/nowhere\.ts"/);
    broken.remove();
  });
});

describe.runIf(process.platform !== "win32")("a process with Workers", () => {
  const SCRIPT = `
    const { startWorkers } = await import(process.env.WORKERS);
    const workers = await startWorkers(JSON.parse(process.env.OPTIONS));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
    const body = JSON.stringify({ id: "late" });
    await fetch(new URL("/send", workers.edge), { method: "POST", body });
    console.log(workers.aggregator.href);
    process.stdin.on("end", () => workers.stop()).resume();
  `;

  /** In a process group of its own, as a terminal gives each command. */
  function startProcess() {
    const { bundleDir, configPath, folder } = fixture;
    const script = join(folder, "process.mjs");
    writeFileSync(script, SCRIPT);
    const WORKERS = new URL("workers.ts", import.meta.url).href;
    const env = { ...process.env, WORKERS, OPTIONS: JSON.stringify({ bundleDir, configPath }) };
    const child = spawn(process.execPath, [script], { detached: true, env });
    const output = createInterface(child.stdout)[Symbol.asyncIterator]();
    return {
      child,
      nextLine: async () => String((await output.next()).value),
      exit: once(child, "exit"),
      stderr: text(child.stderr),
      signalGroup: (signal: NodeJS.Signals) => child.pid && process.kill(-child.pid, signal),
    };
  }

  it("keeps them through signals to the whole group, so that the queue can be drained", async () => {
    const { child, nextLine, exit, stderr, signalGroup } = startProcess();
    const aggregator = await nextLine();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) signalGroup(signal);
    const stored = async () => (await fetch(aggregator)).json();
    await expect.poll(stored, { timeout: 10_000 }).toEqual(["pulseecom-assessments/late"]);

    child.stdin.end();
    expect(await exit).toEqual([0, null]);
    expect(await stderr).toBe("");
    await expect(fetch(aggregator)).rejects.toThrow();
  });

  it("takes them along when it is killed, so that none is left behind", async () => {
    const { child, nextLine } = startProcess();
    const aggregator = await nextLine();
    child.kill("SIGKILL");
    const isGone = () =>
      fetch(aggregator).then(
        () => false,
        () => true,
      );
    await expect.poll(isGone, { timeout: 10_000 }).toBe(true);
  });
});

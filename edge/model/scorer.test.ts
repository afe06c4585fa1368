import { describe, expect, it, vi } from "vitest";
import { readClientOnnx } from "../../shared/client-model-onnx.ts";
import { scoreClient } from "../../shared/client-model.ts";
import { FEATURE_NAMES } from "../../shared/features/features.ts";
import { readForestOnnx } from "../../shared/forest-onnx.ts";
import { scoreForest } from "../../shared/forest.ts";
import { baselineOf, clientInput } from "../../shared/judge.ts";
import type { Act } from "../../shared/profile/observation.ts";
import { testCalibration, testRelease, type TestRelease } from "../../shared/test-release.ts";
import { verifyRelease, type Artefact } from "../../shared/verify-release.ts";
import type { Release } from "./fetch-release.ts";
import type { OrtSession } from "./ort-runtime.ts";
import { createScorer, type Sources } from "./scorer.ts";
import type { Scores } from "./scores.ts";

const REFRESH_MS = 30_000;
const ROW = new Float32Array(FEATURE_NAMES.length).fill(1);
const VIEW: Act[] = ["view"];
const ORDER: Act[] = ["order"];

const v0 = await testRelease({ version: "global@v0", seed: 1 });
const v1 = await testRelease({ version: "global@v1", seed: 2 });
const v2 = await testRelease({ version: "global@v2", seed: 3 });
const whole = await testRelease({ version: "global@v3", client: "client@v3", seed: 4 });
const plainScore = ({ onnx }: TestRelease) => scoreForest(readForestOnnx(onnx).forest, ROW, 1)[0];

/** What the client model of a release makes of the row, by the plain reader. */
function clientScore(artefact: TestRelease) {
  const { modelPot, rulesPot } = baselineOf(ROW, plainScore(artefact) ?? NaN, artefact.calibration);
  const { model } = readClientOnnx(artefact.client?.onnx ?? new Uint8Array());
  const scores = scoreClient(model, Float32Array.from(clientInput(ROW, modelPot ?? NaN, rulesPot)), 1);
  return { logistic: scores.logistic[0], boosted: scores.boosted[0] };
}

function release(artefact: TestRelease, id = `rel_${artefact.card.version}`): Release {
  const client = artefact.client?.card.version ?? null;
  return { version: artefact.card.version, client, release: id, id, artefact: async () => artefact };
}

const corrupt: Release = { ...release(v1), artefact: async () => ({ ...v1, onnx: v1.onnx.slice(1) }) };

/** A runtime that scores as ORT does, refuses two runs of a session at once, and writes down what is done to it. */
function runtime(changes: { run?: (version: string) => Promise<void>; create?: () => Promise<void> } = {}) {
  const made: string[] = [];
  const released: string[] = [];
  const createSession = async (onnx: Uint8Array, outputs: readonly string[]): Promise<OrtSession> => {
    await changes.create?.();
    const artefact = [v0, v1, v2, whole].find((one) => one.onnx === onnx || one.client?.onnx === onnx);
    const isClient = artefact?.onnx !== onnx;
    const version = (isClient ? artefact?.client?.card.version : artefact.card.version) ?? "unknown";
    made.push(version);
    let isRunning = false;
    let isReleased = false;
    return {
      async run(rows, rowCount) {
        if (isRunning) throw new Error("the session runs already");
        if (isReleased) throw new Error("the session was released");
        isRunning = true;
        await changes.run?.(version);
        isRunning = false;
        if (!isClient) return [scoreForest(readForestOnnx(onnx).forest, rows, rowCount)];
        const scores = scoreClient(readClientOnnx(onnx).model, rows, rowCount);
        expect(outputs).toEqual(["logistic", "boosted"]);
        return [scores.logistic, scores.boosted];
      },
      async release() {
        isReleased = true;
        released.push(version);
      },
    };
  };
  return { createSession, made, released };
}

/** A scorer with a clock that is set by hand and releases that are made by hand. */
function bench(changes: Partial<Sources> = {}) {
  const lines: Record<string, unknown>[] = [];
  const state = { nowMs: 1_000_000, active: null as Release | null, shadow: null as Release | null, asked: 0 };
  const ort = runtime();
  const scorer = createScorer({
    bundled: verifyRelease(v0),
    bundledCalibration: () => testCalibration("global@v0"),
    fetchActive: async () => {
      state.asked++;
      return state.active;
    },
    fetchShadow: async () => state.shadow,
    directRows: 0,
    createSession: ort.createSession,
    refreshMs: REFRESH_MS,
    nowMs: () => state.nowMs,
    log: (line) => void lines.push(line),
    ...changes,
  });
  const refreshLater = async () => {
    state.nowMs += REFRESH_MS;
    await scorer.refresh();
  };
  return { scorer, lines, state, ort, refreshLater };
}

/** A promise that is settled from outside. */
function gate() {
  let open = () => undefined as void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe("createScorer", () => {
  it("answers at once with the bundled model through the plain reader, before anything was fetched or started", async () => {
    const { scorer, state, ort } = bench();
    const scores = await scorer.score(ROW, VIEW);
    expect(scores).toMatchObject({ version: "global@v0", runtime: "plain", degraded: [], calibration: v0.calibration });
    expect(scores.raw?.[0]).toBe(plainScore(v0));
    expect([state.asked, ort.made]).toEqual([0, []]);
  });

  it("scores few rows through the plain reader and more through ORT once that is up, all alike", async () => {
    const { scorer } = bench({ directRows: 2 });
    await scorer.refresh();
    expect(await scorer.status()).toMatchObject({ runtime: "ort" });
    for (const [rowCount, ranBy] of [
      [1, "plain"],
      [2, "plain"],
      [3, "ort"],
    ] as const) {
      const acts = Array.from({ length: rowCount }, (): Act => "view");
      const scores = await scorer.score(Float32Array.from(acts.flatMap(() => [...ROW])), acts);
      expect(scores).toMatchObject({ version: "global@v0", runtime: ranBy, degraded: [] });
      expect([...(scores.raw ?? [])]).toEqual(acts.map(() => plainScore(v0)));
    }
  });

  it("scores through ORT once it is up, with the same scores", async () => {
    const { scorer } = bench();
    await scorer.refresh();
    const scores = await scorer.score(Float32Array.from([...ROW, ...ROW]), ["view", "order"]);
    expect(scores).toMatchObject({ version: "global@v0", runtime: "ort", degraded: [] });
    expect([...(scores.raw ?? [])]).toEqual([plainScore(v0), plainScore(v0)]);
    expect(await scorer.status()).toEqual({
      release: null,
      model: "global@v0",
      client_model: null,
      calibration: v0.calibration.version,
      runtime: "ort",
      shadow: null,
    });
  });

  it("runs a session once at a time, whoever asks", async () => {
    const { scorer } = bench({
      createSession: runtime({ run: () => new Promise((done) => setTimeout(done, 1)) }).createSession,
    });
    await scorer.refresh();
    const answers = await Promise.all(Array.from({ length: 10 }, () => scorer.score(ROW, VIEW)));
    expect(new Set(answers.map((answer) => answer.runtime))).toEqual(new Set(["ort"]));
  });

  describe("looking for a release", () => {
    it("swaps to it, with its own calibration, and lets the old session go", async () => {
      const { scorer, state, ort, refreshLater } = bench();
      await scorer.refresh();
      state.active = release(v1);
      await refreshLater();
      const scores = await scorer.score(ROW, VIEW);
      expect(scores).toMatchObject({ version: "global@v1", runtime: "ort", calibration: v1.calibration, degraded: [] });
      expect(scores.raw?.[0]).toBe(plainScore(v1));
      await scorer.score(ROW, VIEW);
      expect(ort).toMatchObject({ made: ["global@v0", "global@v1"], released: ["global@v0"] });
    });

    it("looks at most every 30 s, however many requests come", async () => {
      const { scorer, state } = bench();
      await Promise.all(Array.from({ length: 10 }, () => scorer.refresh()));
      state.nowMs += REFRESH_MS - 1;
      await scorer.refresh();
      expect(state.asked).toBe(1);
      state.nowMs += 1;
      await scorer.refresh();
      expect(state.asked).toBe(2);
    });

    it("fetches a release once, and again when it comes back after another", async () => {
      const { state, refreshLater, ort } = bench();
      for (const active of [release(v1), release(v1), release(v2), release(v1)]) {
        state.active = active;
        await refreshLater();
      }
      expect(ort.made).toEqual(["global@v1", "global@v2", "global@v1"]);
    });

    it("takes the same model released again with another calibration", async () => {
      const { scorer, state, refreshLater } = bench();
      state.active = release(v1);
      await refreshLater();
      state.active = release({ ...v1, calibration: testCalibration("global@v1", { version: "2026-W48" }) }, "again");
      await refreshLater();
      expect(await scorer.status()).toMatchObject({ model: "global@v1", calibration: "2026-W48" });
    });

    it("keeps the model when the release cannot be looked up, and looks again", async () => {
      const { scorer, lines, refreshLater } = bench({ fetchActive: () => Promise.reject(new Error("KV is away")) });
      await refreshLater();
      await refreshLater();
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ version: "global@v0", runtime: "ort", degraded: [] });
      const failed = { event: "model-check-failed", reason: "KV is away" };
      expect(lines).toEqual([failed, failed]);
    });

    it("names a release whose files cannot be read, and fetches it again, because it is none the worse for that", async () => {
      const { scorer, state, refreshLater } = bench();
      const down: Release = { ...release(v1), artefact: () => Promise.reject(new Error("a file is missing")) };
      state.active = down;
      await refreshLater();
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ version: "global@v0", degraded: ["model:global@v1"] });
      state.active = release(v1);
      await refreshLater();
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ version: "global@v1", runtime: "ort", degraded: [] });
    });

    it("answers with the old model until the new one is whole, and with one or the other throughout", async () => {
      const [asksToStart, starting] = [gate(), gate()];
      let isFirst = true;
      const create = async () => {
        if (!isFirst) {
          asksToStart.open();
          await starting.opened;
        }
        isFirst = false;
      };
      const ort = runtime({ create });
      const { scorer, state } = bench({ createSession: ort.createSession });
      await scorer.refresh();
      state.active = release(v1);
      state.nowMs += REFRESH_MS;
      const swapping = scorer.refresh();
      const asked: ReturnType<typeof scorer.score>[] = [scorer.score(ROW, VIEW)];
      await asksToStart.opened;
      starting.open();
      // One request at every step there is between the new session's start and the swap, and some after it.
      for (let step = 0; step < 100; step++) {
        asked.push(scorer.score(ROW, VIEW));
        await Promise.resolve();
      }
      await swapping;
      const answers = await Promise.all(asked);
      for (const { version, raw, calibration, runtime: ranBy } of answers) {
        expect(ranBy).toBe("ort");
        const artefact = version === "global@v0" ? v0 : v1;
        expect(raw?.[0]).toBe(plainScore(artefact));
        expect(calibration).toEqual(artefact.calibration);
      }
      expect(answers[0]?.version).toBe("global@v0");
      expect(answers.at(-1)?.version).toBe("global@v1");
    });

    it("answers whole through five swaps in a row, of what decides and of what scores beside", async () => {
      const pause = () => new Promise<void>((done) => setTimeout(done, 1));
      const { scorer, state, refreshLater } = bench({ createSession: runtime({ run: pause }).createSession });
      const all = [v0, v1, whole];
      const answers: Scores[] = [];
      const load = { isOver: false };
      const sender = async () => {
        for (; !load.isOver; await pause()) answers.push(await scorer.score(ROW, ORDER));
      };
      const senders = Promise.all([sender(), sender(), sender(), sender()]);
      for (const [turn, active] of [v1, whole, v1, whole, v1].entries()) {
        state.active = release(active, `rel_${turn}`);
        state.shadow = release(turn % 2 === 0 ? whole : v1, `rel_shadow_${turn}`);
        await refreshLater();
      }
      load.isOver = true;
      await senders;
      const seen = new Set<string | null>();
      for (const scores of answers) {
        expect(scores.degraded).toEqual([]);
        for (const one of [scores, scores.shadow]) {
          if (one === null) continue;
          const artefact = all.find(({ card }) => card.version === one.version) ?? v2;
          expect(one.raw?.[0]).toBe(plainScore(artefact));
          expect(one.calibration).toEqual(artefact.calibration);
          expect(one.client?.version).toBe(artefact.client?.card.version);
          expect(one.client?.rows).toEqual(artefact.client === null ? undefined : [clientScore(artefact)]);
        }
        seen.add(scores.version);
      }
      expect(seen).toEqual(new Set(["global@v0", "global@v1", "global@v3"]));
    });

    it("lets the runs that wait for the old session finish before it is let go", async () => {
      const holding = gate();
      let holds = false;
      const ort = runtime({ run: async (version) => (holds && version === "global@v0" ? holding.opened : undefined) });
      const { scorer, state } = bench({ createSession: ort.createSession });
      await scorer.refresh();
      holds = true;
      const queued = [scorer.score(ROW, VIEW), scorer.score(ROW, VIEW)];
      state.active = release(v1);
      state.nowMs += REFRESH_MS;
      const swapping = scorer.refresh();
      await vi.waitFor(() => expect(ort.made).toContain("global@v1"));
      expect(ort.released).toEqual([]);
      holding.open();
      await swapping;
      for (const scores of await Promise.all(queued))
        expect(scores).toMatchObject({ version: "global@v0", runtime: "ort" });
      await scorer.score(ROW, VIEW);
      expect(ort.released).toEqual(["global@v0"]);
    });
  });

  describe("refusing a release", () => {
    it.each<{ because: string; active: Release }>([
      { because: "a corrupt file", active: corrupt },
      { because: "a card of another version", active: { ...release(v1), artefact: async () => v2 } },
      {
        because: "golden rows that score differently",
        active: { ...release(v1), artefact: async () => withGolden(v1, 0.9) },
      },
      {
        because: "a card that is missing",
        active: { ...release(v1), artefact: async () => ({ ...v1, card: undefined }) },
      },
    ])("goes on with the last good model after $because, and names the refused one", async ({ active }) => {
      const { scorer, state, lines, refreshLater } = bench();
      await scorer.refresh();
      state.active = active;
      await refreshLater();
      const scores = await scorer.score(ROW, VIEW);
      expect(scores).toMatchObject({ version: "global@v0", runtime: "ort", degraded: ["model:global@v1"] });
      expect(scores.raw?.[0]).toBe(plainScore(v0));
      expect(lines).toMatchObject([{ event: "model-refused", model: "global@v1" }]);
    });

    it("does not fetch it again and again", async () => {
      let fetched = 0;
      const { state, refreshLater } = bench();
      state.active = { ...corrupt, artefact: () => (fetched++, corrupt.artefact()) };
      for (let round = 0; round < 5; round++) await refreshLater();
      expect(fetched).toBe(1);
    });

    it("names it no longer when another release is in place", async () => {
      const { scorer, state, refreshLater } = bench();
      state.active = corrupt;
      await refreshLater();
      state.active = release(v2);
      await refreshLater();
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ version: "global@v2", degraded: [] });
    });

    it.each<{ because: string; back: Release | null; version: string }>([
      { because: "the release before decides again", back: release(v2), version: "global@v2" },
      { because: "the bundled release decides again", back: null, version: "global@v0" },
    ])("names it no longer when $because", async ({ back, version }) => {
      const { scorer, state, refreshLater } = bench();
      for (const active of [release(v2), corrupt, back]) {
        state.active = active;
        await refreshLater();
      }
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ version, degraded: [] });
    });
  });

  describe("a release with a client model", () => {
    it("asks it of payments alone, with the release's own pots behind the features", async () => {
      const { scorer, state, refreshLater } = bench();
      state.active = release(whole);
      await refreshLater();
      const scores = await scorer.score(Float32Array.from([...ROW, ...ROW, ...ROW]), ["view", "order", "decline"]);
      expect(scores).toMatchObject({ version: "global@v3", runtime: "ort", degraded: [] });
      expect(scores.client).toMatchObject({
        version: "client@v3",
        rows: [null, clientScore(whole), clientScore(whole)],
      });
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ client: null, degraded: [] });
    });

    it("can say what each input added to the trees' log-odds", async () => {
      const { scorer, state, refreshLater } = bench();
      state.active = release(whole);
      await refreshLater();
      const { client } = await scorer.score(ROW, ORDER);
      expect(client?.explain(Float32Array.from([...ROW, 1, 1]))).toHaveLength(ROW.length + 2);
    });

    it("is the plain reader's work when ORT does not take one of its models", async () => {
      const ort = runtime();
      const createSession: Sources["createSession"] = (onnx, outputs) =>
        outputs.includes("boosted") ? Promise.reject(new Error("no such operator")) : ort.createSession(onnx, outputs);
      const { scorer, state, refreshLater } = bench({ createSession });
      state.active = release(whole);
      await refreshLater();
      const scores = await scorer.score(ROW, ORDER);
      expect(scores).toMatchObject({ runtime: "plain", client: { rows: [clientScore(whole)] } });
      expect(await scorer.status()).toMatchObject({ client_model: "client@v3", runtime: "plain" });
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ runtime: "ort" });
    });

    it.each<{ because: string; broken: Artefact }>([
      { because: "its client model cut short", broken: withClient({ onnx: clientBytes().slice(1) }) },
      { because: "no card of it", broken: withClient({ card: undefined }) },
      { because: "a calibration without it", broken: { ...whole, calibration: testCalibration("global@v3") } },
    ])("is refused as a whole with $because, and named whole", async ({ broken }) => {
      const { scorer, state, refreshLater } = bench();
      state.active = release(v1);
      await refreshLater();
      state.active = { ...release(whole), artefact: async () => broken };
      await refreshLater();
      const degraded = ["model:global@v3", "client_model:client@v3"];
      expect(await scorer.score(ROW, ORDER)).toMatchObject({ version: "global@v1", client: null, degraded });
    });
  });

  describe("a release that scores beside", () => {
    const decided = (scores: Scores) => ({ ...scores, shadow: null });

    it("scores the same rows, and what decides says what it says without", async () => {
      const { scorer, state, refreshLater } = bench();
      state.active = release(v1);
      await refreshLater();
      const before = await scorer.score(ROW, ORDER);
      state.shadow = release(whole);
      await refreshLater();
      const scores = await scorer.score(ROW, ORDER);
      expect(decided(scores)).toEqual(decided(before));
      expect(before.shadow).toBeNull();
      expect(scores.shadow).toMatchObject({ version: "global@v3", client: { rows: [clientScore(whole)] } });
      expect(scores.shadow?.raw?.[0]).toBe(plainScore(whole));
      expect(await scorer.status()).toMatchObject({
        model: "global@v1",
        shadow: { release: "rel_global@v3", model: "global@v3", client_model: "client@v3" },
      });
    });

    it("ends when it is taken away, and lets its sessions go", async () => {
      const { scorer, state, refreshLater, ort } = bench();
      for (const shadow of [release(whole), null]) {
        state.shadow = shadow;
        await refreshLater();
      }
      expect(await scorer.score(ROW, ORDER)).toMatchObject({ version: "global@v0", shadow: null });
      expect(ort.released).toEqual(["global@v3", "client@v3"]);
    });

    it.each<{ because: string; changes: (state: { shadow: Release | null }) => Partial<Sources> | void }>([
      { because: "refused", changes: (state) => void (state.shadow = corrupt) },
      { because: "not to be read", changes: () => ({ fetchShadow: () => Promise.reject(new Error("KV is away")) }) },
    ])("changes nothing, in degraded neither, when it is $because", async ({ changes }) => {
      const plain = bench();
      await plain.refreshLater();
      const state = { shadow: null as Release | null };
      const sources = changes(state) ?? {};
      const { scorer, refreshLater, lines } = bench({ fetchShadow: async () => state.shadow, ...sources });
      await refreshLater();
      const { explain: _ours, ...scored } = await scorer.score(ROW, ORDER);
      const { explain: _theirs, ...expected } = await plain.scorer.score(ROW, ORDER);
      expect(scored).toEqual(expected);
      expect(lines.at(-1)).toMatchObject({ event: expect.stringMatching(/^shadow-/) });
    });

    it("costs itself alone when it fails while it scores", async () => {
      const { scorer, state, refreshLater, lines } = bench({ createSession: () => Promise.reject(new Error("no")) });
      await refreshLater();
      const before = await scorer.score(ROW, ORDER);
      state.shadow = release(v1);
      await refreshLater();
      const rows = Float32Array.from(ROW);
      const asked = scorer.score(rows, ORDER);
      // What decides reads the rows at once; the shadow comes after it.
      rows.fill(NaN);
      expect(await asked).toEqual(before);
      expect(lines.at(-1)).toMatchObject({ event: "shadow-failed", model: "global@v1" });
    });
  });

  describe("without a usable bundled model", () => {
    const broken: Artefact = { ...v0, onnx: new Uint8Array(10) };

    it("leaves the answer to the rules, and says so", async () => {
      const { scorer, lines } = bench({ bundled: verifyRelease(broken) });
      expect(await scorer.score(ROW, VIEW)).toMatchObject({
        raw: null,
        version: null,
        runtime: "none",
        degraded: ["model"],
        calibration: testCalibration("global@v0"),
      });
      await scorer.score(ROW, VIEW);
      expect(await scorer.status()).toMatchObject({ model: null, runtime: "none" });
      expect(lines).toMatchObject([{ event: "model-refused", model: "bundled" }]);
    });

    it("takes the released one as soon as it is there", async () => {
      const { scorer, state, refreshLater } = bench({ bundled: verifyRelease(broken) });
      state.active = release(v1);
      await refreshLater();
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ version: "global@v1", runtime: "ort", degraded: [] });
    });

    it("names a refused release beside the missing model", async () => {
      const { scorer, state, refreshLater } = bench({ bundled: verifyRelease(broken) });
      state.active = corrupt;
      await refreshLater();
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ version: null, degraded: ["model:global@v1", "model"] });
    });
  });

  describe("when ORT fails", () => {
    it("goes on with the plain reader, and tries again every 30 s, not with every request", async () => {
      let tried = 0;
      const create = async () => {
        tried++;
        throw new Error("shared memory is not allowed");
      };
      const { scorer, lines, refreshLater } = bench({ createSession: runtime({ create }).createSession });
      for (let round = 0; round < 10; round++) await scorer.refresh();
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ version: "global@v0", runtime: "plain", degraded: [] });
      expect(tried).toBe(1);
      expect(lines).toEqual([{ event: "ort-failed", model: "global@v0", reason: "shared memory is not allowed" }]);
      await refreshLater();
      expect(tried).toBe(2);
    });

    it("answers a run that fails through the plain reader, frees the session, and starts another later", async () => {
      const failing = { run: async () => undefined as void };
      const ort = runtime({ run: () => failing.run() });
      const { scorer, refreshLater } = bench({ createSession: ort.createSession });
      await scorer.refresh();
      failing.run = () => Promise.reject(new Error("out of memory"));
      const answers = await Promise.all([scorer.score(ROW, VIEW), scorer.score(ROW, VIEW)]);
      for (const scores of answers) {
        expect(scores).toMatchObject({ runtime: "plain", version: "global@v0" });
        expect(scores.raw?.[0]).toBe(plainScore(v0));
      }
      failing.run = async () => undefined;
      await refreshLater();
      expect(ort.released).toEqual(["global@v0"]);
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ runtime: "ort" });
      expect(ort.made).toEqual(["global@v0", "global@v0"]);
    });

    it("takes no score that is no number: the plain reader gives another", async () => {
      const ort = runtime();
      let runs = 0;
      const createSession: Sources["createSession"] = async (onnx, outputs) => {
        const session = await ort.createSession(onnx, outputs);
        // The first run is that of the golden rows.
        return { ...session, run: async (...rows) => (runs++ === 0 ? session.run(...rows) : [Float32Array.of(NaN)]) };
      };
      const { scorer, lines } = bench({ createSession });
      await scorer.refresh();
      const scores = await scorer.score(ROW, VIEW);
      expect(scores).toMatchObject({ version: "global@v0", runtime: "plain" });
      expect(scores.raw?.[0]).toBe(plainScore(v0));
      expect(lines).toMatchObject([{ event: "ort-failed" }]);
    });

    it("refuses a session that scores otherwise than the model's card says", async () => {
      const wrong: OrtSession = {
        run: async (_rows, rowCount) => [new Float32Array(rowCount).fill(NaN)],
        release: async () => undefined,
      };
      const { scorer, lines } = bench({ createSession: async () => wrong });
      await scorer.refresh();
      expect(await scorer.score(ROW, VIEW)).toMatchObject({ runtime: "plain", version: "global@v0" });
      expect(lines).toMatchObject([{ event: "ort-failed" }]);
    });

    it("takes a release all the same, and scores it through the plain reader", async () => {
      const { scorer, state, refreshLater } = bench({ createSession: () => Promise.reject(new Error("no")) });
      state.active = release(v1);
      await refreshLater();
      const scores = await scorer.score(ROW, VIEW);
      expect(scores).toMatchObject({ version: "global@v1", runtime: "plain", degraded: [] });
      expect(scores.raw?.[0]).toBe(plainScore(v1));
    });
  });
});

function clientBytes(): Uint8Array {
  return whole.client?.onnx ?? new Uint8Array();
}

function withClient(changes: { onnx?: Uint8Array; card?: undefined }): Artefact {
  return { ...whole, client: { onnx: clientBytes(), card: whole.client?.card, ...changes } };
}

function withGolden(artefact: TestRelease, score: number): TestRelease {
  const { golden } = artefact.card;
  return { ...artefact, card: { ...artefact.card, golden: { ...golden, scores: golden.scores.map(() => score) } } };
}

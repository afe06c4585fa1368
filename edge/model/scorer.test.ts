import { describe, expect, it } from "vitest";
import { readForestOnnx } from "../../shared/forest-onnx.ts";
import { scoreForest } from "../../shared/forest.ts";
import { FEATURE_NAMES } from "../../shared/features/features.ts";
import { sha256Hex } from "../../shared/digest.ts";
import { testArtefact, testCalibration, type TestArtefact } from "../test-model.ts";
import type { Release } from "./active.ts";
import type { Artefact } from "./load.ts";
import type { OrtSession } from "./ort-runtime.ts";
import { createScorer, type Sources } from "./scorer.ts";

const REFRESH_MS = 30_000;
const ROW = new Float32Array(FEATURE_NAMES.length).fill(1);

const v0 = await testArtefact("global@v0", 1);
const v1 = await testArtefact("global@v1", 2);
const v2 = await testArtefact("global@v2", 3);
const plainScore = ({ onnx }: TestArtefact) => scoreForest(readForestOnnx(onnx).forest, ROW, 1)[0];

function release(artefact: TestArtefact, id = artefact.card.version): Release {
  return { version: artefact.card.version, id, artefact: async () => artefact };
}

const corrupt: Release = { ...release(v1), artefact: async () => ({ ...v1, onnx: v1.onnx.slice(1) }) };

/** A runtime that scores as ORT does, refuses two runs of a session at once, and writes down what is done to it. */
function runtime(changes: { run?: (version: string) => Promise<void>; create?: () => Promise<void> } = {}) {
  const made: string[] = [];
  const released: string[] = [];
  const createSession = async (onnx: Uint8Array): Promise<OrtSession> => {
    await changes.create?.();
    const { forest } = readForestOnnx(onnx);
    const version = [v0, v1, v2].find((artefact) => artefact.onnx === onnx)?.card.version ?? "unknown";
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
        return scoreForest(forest, rows, rowCount);
      },
      async release() {
        isReleased = true;
        released.push(version);
      },
    };
  };
  return { createSession, made, released };
}

/** A scorer with a clock that is set by hand and a release that is made by hand. */
function bench(changes: Partial<Sources> = {}) {
  const lines: Record<string, unknown>[] = [];
  const state = { nowMs: 1_000_000, active: null as Release | null, asked: 0 };
  const ort = runtime();
  const scorer = createScorer({
    bundled: v0,
    bundledCalibration: testCalibration("global@v0"),
    fetchActive: async () => {
      state.asked++;
      return state.active;
    },
    createSession: ort.createSession,
    sha256Hex,
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
    const scores = await scorer.score(ROW, 1);
    expect(scores).toMatchObject({ version: "global@v0", runtime: "plain", degraded: [], calibration: v0.calibration });
    expect(scores.raw?.[0]).toBe(plainScore(v0));
    expect([state.asked, ort.made]).toEqual([0, []]);
  });

  it("scores through ORT once it is up, with the same scores", async () => {
    const { scorer } = bench();
    await scorer.refresh();
    const scores = await scorer.score(Float32Array.from([...ROW, ...ROW]), 2);
    expect(scores).toMatchObject({ version: "global@v0", runtime: "ort", degraded: [] });
    expect([...(scores.raw ?? [])]).toEqual([plainScore(v0), plainScore(v0)]);
    expect(await scorer.status()).toEqual({ model: "global@v0", calibration: v0.calibration.version, runtime: "ort" });
  });

  it("reads the bundled model once for a burst of first requests, because reading holds the thread", async () => {
    let hashed = 0;
    const { scorer } = bench({ sha256Hex: (bytes) => (hashed++, sha256Hex(bytes)) });
    const answers = await Promise.all(Array.from({ length: 20 }, () => scorer.score(ROW, 1)));
    expect(hashed).toBe(1);
    expect(new Set(answers.map(({ version }) => version))).toEqual(new Set(["global@v0"]));
  });

  it("runs a session once at a time, whoever asks", async () => {
    const { scorer } = bench({
      createSession: runtime({ run: () => new Promise((done) => setTimeout(done, 1)) }).createSession,
    });
    await scorer.refresh();
    const answers = await Promise.all(Array.from({ length: 10 }, () => scorer.score(ROW, 1)));
    expect(new Set(answers.map((answer) => answer.runtime))).toEqual(new Set(["ort"]));
  });

  describe("looking for a release", () => {
    it("swaps to it, with its own calibration, and lets the old session go", async () => {
      const { scorer, state, ort, refreshLater } = bench();
      await scorer.refresh();
      state.active = release(v1);
      await refreshLater();
      const scores = await scorer.score(ROW, 1);
      expect(scores).toMatchObject({ version: "global@v1", runtime: "ort", calibration: v1.calibration, degraded: [] });
      expect(scores.raw?.[0]).toBe(plainScore(v1));
      await scorer.score(ROW, 1);
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
      state.active = release({ ...v1, calibration: testCalibration("global@v1", "2026-W48") }, "again");
      await refreshLater();
      expect(await scorer.status()).toMatchObject({ model: "global@v1", calibration: "2026-W48" });
    });

    it("keeps the model when the release cannot be looked up, and looks again", async () => {
      const { scorer, lines, refreshLater } = bench({ fetchActive: () => Promise.reject(new Error("KV is away")) });
      await refreshLater();
      await refreshLater();
      expect(await scorer.score(ROW, 1)).toMatchObject({ version: "global@v0", runtime: "ort", degraded: [] });
      const failed = { event: "model-check-failed", reason: "KV is away" };
      expect(lines).toEqual([failed, failed]);
    });

    it("fetches a release again whose files could not be read, because it is none the worse for that", async () => {
      const { scorer, state, refreshLater } = bench();
      const down: Release = { ...release(v1), artefact: () => Promise.reject(new Error("R2 is away")) };
      state.active = down;
      await refreshLater();
      expect(await scorer.score(ROW, 1)).toMatchObject({ version: "global@v0", degraded: [] });
      state.active = release(v1);
      await refreshLater();
      expect(await scorer.score(ROW, 1)).toMatchObject({ version: "global@v1", runtime: "ort" });
    });

    it("answers with the old model until the new one is whole, and with one or the other throughout", async () => {
      const starting = gate();
      let isFirst = true;
      const create = async () => {
        if (!isFirst) await starting.opened;
        isFirst = false;
      };
      const ort = runtime({ create });
      const { scorer, state } = bench({ createSession: ort.createSession });
      await scorer.refresh();
      state.active = release(v1);
      state.nowMs += REFRESH_MS;
      const swapping = scorer.refresh();
      const asked: ReturnType<typeof scorer.score>[] = [scorer.score(ROW, 1)];
      await new Promise((done) => setTimeout(done, 20));
      starting.open();
      // One request at every step there is between the new session's start and the swap, and some after it.
      for (let step = 0; step < 100; step++) {
        asked.push(scorer.score(ROW, 1));
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

    it("lets the runs that wait for the old session finish before it is let go", async () => {
      const holding = gate();
      let holds = false;
      const ort = runtime({ run: async (version) => (holds && version === "global@v0" ? holding.opened : undefined) });
      const { scorer, state } = bench({ createSession: ort.createSession });
      await scorer.refresh();
      holds = true;
      const queued = [scorer.score(ROW, 1), scorer.score(ROW, 1)];
      state.active = release(v1);
      state.nowMs += REFRESH_MS;
      const swapping = scorer.refresh();
      await new Promise((done) => setTimeout(done, 20));
      expect(ort.released).toEqual([]);
      holding.open();
      await swapping;
      for (const scores of await Promise.all(queued))
        expect(scores).toMatchObject({ version: "global@v0", runtime: "ort" });
      await scorer.score(ROW, 1);
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
      const scores = await scorer.score(ROW, 1);
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
      expect(await scorer.score(ROW, 1)).toMatchObject({ version: "global@v2", degraded: [] });
    });

    it.each<{ because: string; back: Release | null }>([
      { because: "the release before is active again", back: release(v2) },
      { because: "no release is active any more", back: null },
    ])("names it no longer when $because", async ({ back }) => {
      const { scorer, state, refreshLater } = bench();
      for (const active of [release(v2), corrupt, back]) {
        state.active = active;
        await refreshLater();
      }
      expect(await scorer.score(ROW, 1)).toMatchObject({ version: "global@v2", degraded: [] });
    });
  });

  describe("without a usable bundled model", () => {
    const broken: Artefact = { ...v0, onnx: new Uint8Array(10) };

    it("leaves the answer to the rules, and says so", async () => {
      const { scorer, lines } = bench({ bundled: broken });
      expect(await scorer.score(ROW, 1)).toMatchObject({
        raw: null,
        version: null,
        runtime: "none",
        degraded: ["model"],
        calibration: testCalibration("global@v0"),
      });
      await scorer.score(ROW, 1);
      expect(await scorer.status()).toMatchObject({ model: null, runtime: "none" });
      expect(lines).toMatchObject([{ event: "model-refused", model: "bundled" }]);
    });

    it("takes the released one as soon as it is there", async () => {
      const { scorer, state, refreshLater } = bench({ bundled: broken });
      state.active = release(v1);
      await refreshLater();
      expect(await scorer.score(ROW, 1)).toMatchObject({ version: "global@v1", runtime: "ort", degraded: [] });
    });

    it("names a refused release beside the missing model", async () => {
      const { scorer, state, refreshLater } = bench({ bundled: broken });
      state.active = corrupt;
      await refreshLater();
      expect(await scorer.score(ROW, 1)).toMatchObject({ version: null, degraded: ["model:global@v1", "model"] });
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
      expect(await scorer.score(ROW, 1)).toMatchObject({ version: "global@v0", runtime: "plain", degraded: [] });
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
      const answers = await Promise.all([scorer.score(ROW, 1), scorer.score(ROW, 1)]);
      for (const scores of answers) {
        expect(scores).toMatchObject({ runtime: "plain", version: "global@v0" });
        expect(scores.raw?.[0]).toBe(plainScore(v0));
      }
      failing.run = async () => undefined;
      await refreshLater();
      expect(ort.released).toEqual(["global@v0"]);
      expect(await scorer.score(ROW, 1)).toMatchObject({ runtime: "ort" });
      expect(ort.made).toEqual(["global@v0", "global@v0"]);
    });

    it("refuses a session that scores otherwise than the model's card says", async () => {
      const wrong: OrtSession = {
        run: async (_rows, rowCount) => new Float32Array(rowCount).fill(NaN),
        release: async () => undefined,
      };
      const { scorer, lines } = bench({ createSession: async () => wrong });
      await scorer.refresh();
      expect(await scorer.score(ROW, 1)).toMatchObject({ runtime: "plain", version: "global@v0" });
      expect(lines).toMatchObject([{ event: "ort-failed" }]);
    });

    it("takes a release all the same, and scores it through the plain reader", async () => {
      const { scorer, state, refreshLater } = bench({ createSession: () => Promise.reject(new Error("no")) });
      state.active = release(v1);
      await refreshLater();
      const scores = await scorer.score(ROW, 1);
      expect(scores).toMatchObject({ version: "global@v1", runtime: "plain", degraded: [] });
      expect(scores.raw?.[0]).toBe(plainScore(v1));
    });
  });
});

function withGolden(artefact: TestArtefact, score: number): TestArtefact {
  const { golden } = artefact.card;
  return { ...artefact, card: { ...artefact.card, golden: { ...golden, scores: golden.scores.map(() => score) } } };
}

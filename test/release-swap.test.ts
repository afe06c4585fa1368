import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ACTIVE_ENTRY, type ReleasePointer, SHADOW_ENTRY } from "../shared/release-pointer.ts";
import { testCalibration, testRelease, type TestRelease } from "../shared/test-release.ts";
import type { Artefact } from "../shared/verify-release.ts";
import { eventually, startSystem, type System } from "./system.ts";

const REFRESH_MS = 20;
const SENDERS = 4;

let system: System;

beforeAll(async () => {
  system = await startSystem({ edgeVars: { MODEL_REFRESH_MS: String(REFRESH_MS) } });
});

afterAll(() => system.stop());

const forests = await testRelease({ version: "global@v1", seed: 1 });
const whole = await testRelease({ version: "global@v2", client: "client@v2", seed: 2 });
const others = await testRelease({ version: "global@v3", client: "client@v3", seed: 3 });

/** Puts a release's files into the bucket, those that are there, and gives the pointer to it. */
async function upload(artefact: Artefact, name: string, missing = ""): Promise<ReleasePointer> {
  const models = await system.workers.miniflare.getR2Bucket("MODELS", "pulseecom-edge");
  const { card, client } = artefact as TestRelease; // versions are read of its cards alone, which every one here has
  const pointer: ReleasePointer = {
    v: 2,
    release: `rel_${name}`,
    version: card.version,
    onnx: `${name}/model.onnx`,
    card: `${name}/model.card.json`,
    calibration: `${name}/calibration.json`,
    client: client && {
      version: client.card.version,
      onnx: `${name}/client.onnx`,
      card: `${name}/client.card.json`,
    },
  };
  const files: Record<string, Uint8Array | string> = {
    [pointer.onnx]: artefact.onnx,
    [pointer.card]: JSON.stringify(artefact.card),
    [pointer.calibration]: JSON.stringify(artefact.calibration),
    ...(pointer.client &&
      client && { [pointer.client.onnx]: client.onnx, [pointer.client.card]: JSON.stringify(client.card) }),
  };
  for (const [key, content] of Object.entries(files)) {
    if (!key.endsWith(missing) || missing === "") await models.put(key, content);
  }
  return pointer;
}

async function point(entry: string, pointer: unknown): Promise<void> {
  const config = await system.workers.miniflare.getKVNamespace("CONFIG", "pulseecom-edge");
  if (pointer === null) await config.delete(entry);
  else await config.put(entry, JSON.stringify(pointer));
}

let sent = 0;

/** The same order by a customer nobody has seen: every release gives it one score. */
async function ask() {
  sent++;
  const event = {
    id: `evt_swap_${String(sent).padStart(6, "0")}`,
    name: "purchase",
    client_id: `client-${sent}`,
    user_id: `user-${sent}`,
    transaction_id: `T-${sent}`,
    value: 4_000,
    currency: "EUR",
    items: [],
  };
  const { status, body } = await system.send("/v1/events", event);
  return { id: event.id, status, assessment: body.assessment };
}

type Asked = Awaited<ReturnType<typeof ask>>;

/** Which release an answer names, by all of its parts. */
function namesOf({ model, client_model, calibration }: Asked["assessment"]): string {
  return [model, client_model, calibration].join(" | ");
}

function namesIn({ card, client, calibration }: TestRelease): string {
  return namesOf({ model: card.version, client_model: client?.card.version ?? null, calibration: calibration.version });
}

/** Asks until a release decides. */
function decides(release: TestRelease): Promise<Asked> {
  return eventually(`a score by ${release.card.version}`, async () => {
    const asked = await ask();
    return namesOf(asked.assessment) === namesIn(release) ? asked : null;
  });
}

async function ready() {
  return (await fetch(new URL("/readyz", system.workers.edge))).json();
}

describe("releases that are swapped while requests come in", () => {
  it("make every answer whole: none fails, none is unscored, each is one release's, and going back restores scores", async () => {
    const pointers = [
      { release: forests, pointer: await upload(forests, "a") },
      { release: whole, pointer: await upload(whole, "b") },
      { release: others, pointer: await upload(others, "c") },
    ];
    const answers: Asked[] = [];
    const load = { isOver: false };
    const sender = async () => {
      while (!load.isOver) answers.push(await ask());
    };
    const senders = Promise.all(Array.from({ length: SENDERS }, sender));
    for (const turn of [0, 1, 2, 1, 0]) {
      const { release, pointer } = pointers[turn] as (typeof pointers)[number]; // one of the three
      await point(ACTIVE_ENTRY, pointer);
      await decides(release);
    }
    load.isOver = true;
    await senders;

    const scores = new Map<string, Set<string>>();
    for (const { status, assessment } of answers) {
      expect({ status, degraded: assessment.degraded }).toEqual({ status: 202, degraded: [] });
      expect(assessment.signals.model).toBeTypeOf("number");
      const names = namesOf(assessment);
      scores.set(names, (scores.get(names) ?? new Set()).add(JSON.stringify([assessment.score, assessment.signals])));
    }
    for (const { release } of pointers) expect(scores.get(namesIn(release))?.size).toBe(1);
    // Beside them only the release that was there before the first.
    expect([...scores.keys()].filter((names) => names.startsWith("global@v0"))).toHaveLength(scores.size - 3);
  });

  it("say at /readyz what decides and what scores beside it", async () => {
    await point(ACTIVE_ENTRY, await upload(whole, "b"));
    await point(SHADOW_ENTRY, await upload(others, "c"));
    const parts = ({ card, client, calibration }: TestRelease, release: string) => ({
      release,
      model: card.version,
      client_model: client?.card.version,
      calibration: calibration.version,
    });
    await eventually("both releases", async () => {
      const { release, shadow } = (await ready()) as { release: string; shadow: unknown };
      return release === "rel_b" && shadow !== null ? true : null;
    });
    expect(await ready()).toEqual({
      status: "ready",
      ...parts(whole, "rel_b"),
      runtime: "ort",
      shadow: parts(others, "rel_c"),
    });
  });

  it("store what the release beside them made of an event, and change no answer by it", async () => {
    await point(SHADOW_ENTRY, null);
    await point(ACTIVE_ENTRY, await upload(forests, "a"));
    const { assessment: before } = await decides(forests);
    await point(SHADOW_ENTRY, await upload(whole, "b"));
    const stored = await eventually("an event with a shadow", async () => {
      const { id, assessment } = await ask();
      expect(assessment).toEqual(before);
      const detail = await eventually(`the row of ${id}`, async () => {
        const { status, body } = await system.ask("GET", `/v1/events/${id}`, system.key("analyst"));
        return status === 200 ? body : null;
      });
      return detail.shadow === null ? null : detail;
    });
    expect(stored).toMatchObject({
      assessment: before,
      rules: {},
      shadow: { model: "global@v2", client_model: "client@v2", calibration: whole.calibration.version },
    });
    expect(stored.shadow.score).not.toBe(before.score);
    await point(SHADOW_ENTRY, null);
  });
});

describe("a release that is broken", () => {
  afterEach(() => point(ACTIVE_ENTRY, null));

  const client = whole.client as NonNullable<typeof whole.client>; // it was grown with one

  it.each<{ because: string; artefact: Artefact; missing?: string }>([
    { because: "its forest is cut short", artefact: { ...whole, onnx: whole.onnx.slice(0, -100) } },
    { because: "its forest has not the hash of its card", artefact: { ...whole, onnx: others.onnx } },
    { because: "its card does not match the schema", artefact: { ...whole, card: { version: whole.card.version } } },
    { because: "its calibration does not match the schema", artefact: { ...whole, calibration: {} } },
    {
      because: "its calibration was fitted on another model",
      artefact: { ...whole, calibration: testCalibration("global@v9", { client: "client@v2" }) },
    },
    {
      because: "its calibration was fitted on another client model",
      artefact: { ...whole, calibration: testCalibration("global@v2", { client: "client@v9" }) },
    },
    {
      because: "its client model wants another feature table",
      artefact: { ...whole, client: { ...client, card: { ...client.card, feature_set: "shop-v0" } } },
    },
    {
      because: "its client model is cut short",
      artefact: { ...whole, client: { ...client, onnx: client.onnx.slice(1) } },
    },
    { because: "a file of it is missing", artefact: whole, missing: "client.onnx" },
  ])(
    "is refused when $because: the last good one goes on, and every assessment names it",
    async ({ artefact, missing }) => {
      await point(ACTIVE_ENTRY, await upload(others, "c"));
      const { assessment: good } = await decides(others);
      await point(ACTIVE_ENTRY, await upload(artefact, `bad-${sent}`, missing));
      const { status, assessment } = await eventually("the refusal", async () => {
        const asked = await ask();
        return asked.assessment.degraded.length > 0 ? asked : null;
      });
      expect(status).toBe(202);
      expect(assessment).toEqual({ ...good, degraded: ["model:global@v2", "client_model:client@v2"] });
    },
  );

  it("is refused by a pointer of the first version as well", async () => {
    const {
      v: _,
      release: __,
      client: ___,
      ...files
    } = await upload({ ...forests, onnx: new Uint8Array(1_000) }, "bad-v1");
    await point(ACTIVE_ENTRY, { v: 1, ...files });
    const assessment = await eventually("the refusal", async () => {
      const asked = await ask();
      // What was refused before may still be named.
      return asked.assessment.degraded.includes("model:global@v1") ? asked.assessment : null;
    });
    expect(assessment.degraded).toEqual(["model:global@v1"]);
    expect(assessment.signals.model).toBeTypeOf("number");
  });
});

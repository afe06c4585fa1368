import type { Calibration } from "../../shared/calibration.ts";
import { flattened } from "../../shared/flat-text.ts";
import type { Act } from "../../shared/profile/observation.ts";
import { verifyRelease, type Artefact, type VerifiedRelease } from "../../shared/verify-release.ts";
import { answerFirst } from "./answer-first.ts";
import type { Release } from "./fetch-release.ts";
import { createRunners, type Runtime } from "./runner.ts";
import { runRelease, type RunningRelease } from "./running-release.ts";
import type { ReleaseScores, Scores } from "./scores.ts";
import type { Status } from "./status.ts";

export interface Scorer {
  /** @param acts of the rows, one each */
  score(rows: Float32Array, acts: readonly Act[]): Promise<Scores>;
  /** Whether it is time to look for other releases: asked of every request, so that only one that looks has something to wait for. */
  isDue(): boolean;
  /** Looks for other releases when it is time to; done beside the answers, never before them. Never throws. */
  refresh(): Promise<void>;
  /** What would score now. */
  status(): Promise<Status>;
}

export interface Sources extends Runtime {
  /** Verified, by the time it settles: reading it is most of what a cold isolate does, and need not wait for the first request. */
  bundled: Promise<VerifiedRelease>;
  /** Calibration to use when not even the bundled model can be read; only asked then. */
  bundledCalibration(): Calibration;
  /** The release that decides, null while that is the bundled one. Throws when it cannot be read. */
  fetchActive(): Promise<Release | null>;
  /** The release that scores beside it, null while none does. Throws likewise. */
  fetchShadow(): Promise<Release | null>;
  /** How often an isolate looks for other releases, and tries to start ONNX Runtime when it is not up. */
  refreshMs: number;
  nowMs(): number;
}

/** Where a release runs, and which one should but cannot. */
interface Place {
  role: "model" | "shadow";
  fetch(): Promise<Release | null>;
  running: RunningRelease | null;
  /** What it should run and does not. Final when its files were there and did not verify: it is not fetched again. */
  refused: (Release & { isFinal: boolean }) | null;
}

/** The platform has cut off whatever takes longer; another request then looks in its place. */
const REFRESHING_MOST_MS = 60_000;

/**
 * Holds the release that decides and the one that scores beside it, and swaps each when another was released.
 *
 * The bundled release answers at once through the plain reader; ONNX Runtime takes over when it is up. A release changes as a whole, in
 * one step: every answer is made by one. One that does not verify is refused, one that cannot be fetched is fetched again: the last good
 * one goes on, and what should decide is named in `degraded`; without any, the rules answer alone. Of the shadow nothing is told.
 */
export function createScorer(sources: Sources): Scorer {
  const createRunner = createRunners(sources);
  const deciding: Place = { role: "model", fetch: sources.fetchActive, running: null, refused: null };
  const beside: Place = { role: "shadow", fetch: sources.fetchShadow, running: null, refused: null };
  const bundled = sources.bundled.catch((error: unknown) => {
    sources.log({ event: "model-refused", model: "bundled", reason: reasonOf(error) });
    return null;
  });
  let nextMs = -Infinity;

  const isDue = () => sources.nowMs() >= nextMs;

  function run(verified: VerifiedRelease, release: Pick<Release, "id" | "release"> | null): RunningRelease {
    return runRelease(verified, release ?? { id: null, release: null }, createRunner);
  }

  async function current(): Promise<RunningRelease | null> {
    const read = await bundled;
    // Another release may be in place by now.
    return (deciding.running ??= read === null ? null : run(read, null));
  }

  /** Brings a place to what KV names for it. */
  async function follow(place: Place): Promise<void> {
    try {
      const wanted = await place.fetch();
      const isThere = place.running === null ? wanted === null : place.running.id === (wanted?.id ?? null);
      if (isThere || wanted === null) place.refused = null;
      if (!isThere && (await swap(place, wanted))) return;
    } catch (error) {
      // KV or R2 cannot be read: what is loaded goes on, the next look is in half a minute.
      sources.log({ event: `${place.role}-check-failed`, reason: reasonOf(error) });
    }
    await place.running?.start();
  }

  /** @returns whether it was done; what is refused leaves all as it was. @throws Error when the release cannot be fetched */
  async function swap(place: Place, wanted: Release | null): Promise<boolean> {
    const found = wanted === null ? await unreleased(place) : await released(place, wanted);
    if (found === "refused") return false;
    await answerFirst();
    await found?.start();
    // One step: whoever asks now is answered by one of them, whoever asked before by the other.
    const before = place.running;
    place.running = found;
    place.refused = null;
    before?.stop();
    sources.log({ event: `${place.role}-swapped`, release: found?.release ?? null, model: found?.model ?? null });
    return true;
  }

  /** Where KV names nothing the bundled release decides, and nothing scores beside it. */
  async function unreleased({ role }: Place): Promise<RunningRelease | null | "refused"> {
    if (role === "shadow") return null;
    const read = await bundled;
    return read === null ? "refused" : run(read, null);
  }

  async function released(place: Place, wanted: Release): Promise<RunningRelease | "refused"> {
    if (place.refused?.isFinal && place.refused.id === wanted.id) return "refused";
    let artefact: Artefact;
    try {
      artefact = await wanted.artefact();
    } catch (error) {
      place.refused = { ...wanted, isFinal: false };
      throw error;
    }
    await answerFirst();
    try {
      const verified = await verifyRelease(artefact);
      if (verified.card.version !== wanted.version || (verified.client?.card.version ?? null) !== wanted.client) {
        throw new Error("a card names another version");
      }
      return run(verified, wanted);
    } catch (error) {
      place.refused = { ...wanted, isFinal: true };
      sources.log({ event: `${place.role}-refused`, model: wanted.version, reason: reasonOf(error) });
      return "refused";
    }
  }

  async function scoreBeside(
    shadow: RunningRelease,
    rows: Float32Array,
    acts: readonly Act[],
  ): Promise<ReleaseScores | null> {
    try {
      return (await shadow.score(rows, acts)).scores;
    } catch (error) {
      sources.log({ event: "shadow-failed", model: shadow.model, reason: reasonOf(error) });
      return null;
    }
  }

  return {
    async score(rows, acts) {
      // Without a wait in between where there is a release: both are taken in one step.
      const release = deciding.running ?? (await current());
      const shadow = beside.running;
      const degraded = deciding.refused === null ? [] : namesOf(deciding.refused);
      if (release === null) {
        return {
          raw: null,
          version: null,
          calibration: sources.bundledCalibration(),
          client: null,
          runtime: "none",
          degraded: [...degraded, "model"],
          shadow: null,
        };
      }
      const { scores, by } = await release.score(rows, acts);
      return {
        ...scores,
        runtime: by,
        degraded,
        shadow: shadow === null ? null : await scoreBeside(shadow, rows, acts),
      };
    },

    isDue,

    async refresh() {
      if (!isDue()) return;
      const startMs = sources.nowMs();
      nextMs = startMs + REFRESHING_MOST_MS;
      await answerFirst();
      await current();
      await follow(deciding);
      await follow(beside);
      nextMs = startMs + sources.refreshMs;
    },

    async status() {
      const release = deciding.running ?? (await current());
      return {
        ...(release === null ? unnamed(sources.bundledCalibration()) : named(release)),
        runtime: release === null ? "none" : release.isUp() ? "ort" : "plain",
        shadow: beside.running === null ? null : named(beside.running),
      };
    },
  };
}

/** The models of a release that should decide and does not, as `degraded` names them. */
function namesOf({ version, client }: Release): string[] {
  const names = client === null ? [`model:${version}`] : [`model:${version}`, `client_model:${client}`];
  return names.map(flattened);
}

function named({ release, model, client, calibration }: RunningRelease) {
  return { release, model, client_model: client, calibration: calibration.version };
}

function unnamed(calibration: Calibration) {
  return { release: null, model: null, client_model: null, calibration: calibration.version };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}

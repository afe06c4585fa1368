import type * as z from "zod";
import { withDeadline } from "../shared/deadline.ts";
import type { DecisionSettings } from "../shared/assess.ts";
import { DETECTION_ENTRY, DetectionDocument, withOverrides } from "../shared/detection-settings.ts";
import { compileLists, LISTS_ENTRY, ListsDocument, type CompiledLists } from "../shared/lists.ts";
import { describe } from "../shared/serve.ts";

/** What operators set while the product runs, as this isolate knows it. */
export interface LiveConfig {
  current(): Current;
  /** Whether it is time to look for changes: asked of every request, so that only one that looks has something to wait for. */
  isDue(): boolean;
  /** Looks for changes when it is time to; done beside the answers, never before them. Never throws. */
  refresh(): Promise<void>;
  /** For a request to await beside its other look-ups: at most 50 ms, and nothing where changes were looked for lately. Never throws. */
  ready(): Promise<void>;
}

export interface Current {
  settings: DecisionSettings;
  lists: CompiledLists;
  /** `lists` or `detection-settings` for what could not be read yet: none and the deployment's are in their place. */
  degraded: string[];
}

interface Sources {
  /** The parsed KV entry of that name, at most 30 s old, or null. */
  read(name: string): Promise<unknown>;
  nowMs(): number;
  log(line: Record<string, unknown>): void;
}

/** A busy isolate looks this often. KV's cache holds a change back for 30 s at most, so it is met within a minute. */
const REFRESH_MS = 15_000;
/** An isolate that looked longer ago has had few requests: the next one looks first, as it does for its key. */
const STALE_MS = 30_000;
const PATIENCE_MS = 50;
const DEADLINE_MS = 5_000;

/** One document of KV, and what was made of it. */
interface Held<T> {
  value: T;
  /** False until it was read for the first time; a missing document is read as well. */
  isRead(): boolean;
  read(): Promise<void>;
}

/**
 * Holds the lists and the operator's settings, and follows their changes.
 *
 * A document that cannot be read or does not parse is logged, and the last good one goes on. Until there was one, requests are
 * answered without it and say so. No request waits for another's reading: in Workers that may end with the request it belongs to.
 *
 * @param defaults the deployment's settings, which hold where an operator set nothing
 */
export function createLiveConfig(sources: Sources, defaults: DecisionSettings): LiveConfig {
  const { nowMs, log } = sources;
  const lists = held(LISTS_ENTRY, compileLists([]), readLists, sources);
  const settings = held(DETECTION_ENTRY, defaults, readSettings, sources);
  let checkedMs = -Infinity;
  let readMs = -Infinity;
  let waitedInVainMs = -Infinity;

  function readLists(document: unknown): CompiledLists {
    return compileLists(parsed(ListsDocument, document).entries);
  }

  function readSettings(document: unknown): DecisionSettings {
    return withOverrides(defaults, parsed(DetectionDocument, document));
  }

  /** @throws what the first of those that failed threw, once both have ended */
  async function readBoth(): Promise<void> {
    const startMs = nowMs();
    const outcomes = await Promise.allSettled([lists.read(), settings.read()]);
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    readMs = Math.max(readMs, startMs);
  }

  const isDue = () => nowMs() - Math.max(checkedMs, readMs) >= REFRESH_MS;

  return {
    isDue,

    current: () => ({
      settings: settings.value,
      lists: lists.value,
      degraded: [...(lists.isRead() ? [] : ["lists"]), ...(settings.isRead() ? [] : ["detection-settings"])],
    }),

    async refresh() {
      if (!isDue()) return;
      checkedMs = nowMs();
      await readBoth().catch((error: unknown) => log({ event: "config-check-failed", cause: describe(error) }));
    },

    async ready() {
      const now = nowMs();
      if (now - readMs < STALE_MS || now - waitedInVainMs < STALE_MS) return;
      try {
        await withDeadline(readBoth(), PATIENCE_MS);
      } catch {
        // The look that follows the answer has more time, and logs what is wrong.
        waitedInVainMs = now;
      }
    },
  };
}

/** @param make makes the value of a document, and throws for one that is none */
function held<T>(name: string, none: T, make: (document: unknown) => T, { read }: Sources): Held<T> {
  let version: unknown = null;
  let isRead = false;
  const holding: Held<T> = {
    value: none,
    isRead: () => isRead,
    async read() {
      const document = await withDeadline(read(name), DEADLINE_MS, name);
      const found = versionOf(document);
      // Ten thousand entries take a while to check and sort, and hardly ever changed.
      if (found !== null && found === version) return;
      holding.value = document === null ? none : make(document);
      version = found;
      isRead = true;
    },
  };
  return holding;
}

/** @throws Error that says where a document does not match, for the log, and none of its values */
function parsed<T extends z.ZodType>(schema: T, document: unknown): z.output<T> {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [{ path, message } = { path: [], message: "" }] = result.error.issues;
  throw new Error(`the document does not match at /${path.join("/")}: ${message}`);
}

/** Null for a document that is missing or none. */
function versionOf(document: unknown): unknown {
  return typeof document === "object" && document !== null && "version" in document ? document.version : null;
}

import * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import { readOptionalJson } from "../../shared/read-json.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, parse, type Operation } from "../../shared/serve.ts";
import { callerId } from "../caller.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { pageOfRows, paging } from "../query/fields.ts";
import type { Position } from "../store/paging.ts";
import { LIVE_WITHIN_S, MadeRelease, ReleaseAnswer, releaseAnswer, Why } from "./answers.ts";
import { ensureAnyRelease } from "./baseline.ts";
import { withProblems } from "./refusals.ts";
import type { RegistryServices } from "./registry.ts";
import { listReleases, type ReleaseRow } from "./release-rows.ts";
import { rollback } from "./rollback.ts";

const listRoute = defineRoute({
  method: "get",
  path: "/v1/releases",
  operationId: "listReleases",
  summary: "What decided since when, newest first",
  description: "The first of the first page decides now. None is ever changed.",
  access: "analyst",
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(ReleaseAnswer),
  problems: LISTED,
});

const Rollback = z.strictObject({ reason: Why.default("rolled back by an operator") });

const rollbackRoute = defineRoute({
  method: "post",
  path: "/v1/models/rollback",
  operationId: "rollbackModels",
  summary: "Go back to the release before",
  description:
    "Model, client model and calibration as they were before the release that decides. Again, and it goes further back. 409: there is " +
    "nothing before it, its files are damaged, or something else was released at the same time.",
  access: "operator",
  body: Rollback,
  handlerReadsBody: true,
  status: 200,
  output: MadeRelease,
  problems: [...GUARDED, "unreadable", "too-large", "unsupported-media-type", "invalid", "conflict"],
});

/** The history of what decided, and the way back. */
export function releaseOperations(services: RegistryServices): Operation[] {
  const { db } = services;
  return [
    operation(listRoute, (_facts, { query: { limit, cursor } }) =>
      withProblems(async () => {
        await ensureAnyRelease(services);
        const rows = await listReleases(db, { limit: limit + 1, below: numberOf(parseCursor(cursor)) });
        const kept = rows.slice(0, limit);
        const last = rows.length > limit ? kept.at(-1) : undefined;
        return {
          data: kept.map(releaseAnswer),
          next_cursor: formatCursor(last === undefined ? null : positionOf(last)),
        };
      }),
    ),
    operation(rollbackRoute, (facts) =>
      withProblems(async () => {
        const { reason } = parse(Rollback, await readOptionalJson(facts.request));
        const released = await rollback(services, { by: callerId(facts), reason });
        if (released === null) throw new Problem("conflict", "There is no release before the one that decides.");
        return { ...releaseAnswer(released.release), live_within_seconds: LIVE_WITHIN_S };
      }),
    ),
  ];
}

function positionOf({ number, at }: ReleaseRow): Position {
  return { at: at.toISOString().replace("Z", "000Z"), id: String(number) };
}

/** @throws Problem `unreadable` for a position in another list */
function numberOf(position: Position | null): number | null {
  if (position === null) return null;
  if (/^\d{1,9}$/.test(position.id)) return Number(position.id);
  throw new Problem("unreadable", "The cursor is not one that was given out.");
}

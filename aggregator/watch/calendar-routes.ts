import * as z from "zod";
import { LIMITS } from "../../shared/limits.ts";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { AnsweredTime, IdParams, Keepable, pageOfRows, paging } from "../query/fields.ts";
import type { Db } from "../store/db.ts";
import { deleteCalendarDays, insertCalendarDays, listCalendarDays, type CalendarRow } from "./calendar-rows.ts";
import { DayKind } from "./calendar.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A season is no exception: it is learned. */
const DAYS_MOST = 92;
const FACTOR_LEAST = 0.01;
const FACTOR_MOST = 100;

const Day = z.iso.date().meta({ description: "In UTC.", examples: ["2026-11-27"] });
const Factor = z.number().min(FACTOR_LEAST).max(FACTOR_MOST);

const NewCalendarDays = z
  .strictObject({
    from: Day,
    to: Day.optional().meta({ description: "The last day, included; `from` alone when missing." }),
    name: Keepable.min(1)
      .max(LIMITS.textLength)
      .meta({ examples: ["Black Friday"] }),
    kind: DayKind.meta({
      description:
        "`busy`: what is above the usual is not told. `quiet`: what is below it is not. `ignore`: nothing is. None of these days is learned from.",
    }),
    factor: Factor.nullable().default(null).meta({
      description: "How many times the usual is expected, where that is known: then the days are watched against it.",
    }),
  })
  .superRefine(({ from, to = from, kind, factor }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: "custom", path: [field], message });
    if (to < from) refuse("to", "must not be before `from`");
    if (Date.parse(to) - Date.parse(from) >= DAYS_MOST * DAY_MS)
      refuse("to", `must be at most ${DAYS_MOST} days in all`);
    if (kind === "ignore" && factor !== null) refuse("factor", "must not be given for days that are ignored");
  });

const CalendarAnswer = z.strictObject({
  id: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  name: z.string(),
  kind: DayKind,
  factor: z.number().nullable(),
  created_at: AnsweredTime,
});

function calendarAnswer(row: CalendarRow): z.input<typeof CalendarAnswer> {
  const { id, fromDay, toDay, name, kind, factor, createdAt } = row;
  return { id, from: fromDay, to: toDay, name, kind, factor, created_at: createdAt.toISOString() };
}

const listRoute = defineRoute({
  method: "get",
  path: "/v1/calendar-days",
  operationId: "listCalendarDays",
  summary: "Days that are known to be unlike others, newest mark first",
  access: "analyst",
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(CalendarAnswer),
  problems: LISTED,
});

const createRoute = defineRoute({
  method: "post",
  path: "/v1/calendar-days",
  operationId: "createCalendarDays",
  summary: "Mark days that are known to be unlike others",
  description: "Holds for the minutes that are looked at from now on. Marks of the same day count together.",
  access: "operator",
  body: NewCalendarDays,
  status: 201,
  output: CalendarAnswer,
  problems: [...GUARDED, "unreadable", "too-large", "unsupported-media-type", "invalid", "conflict"],
});

const deleteRoute = defineRoute({
  method: "delete",
  path: "/v1/calendar-days/{id}",
  operationId: "deleteCalendarDays",
  summary: "Take a mark away",
  access: "operator",
  params: IdParams,
  status: 204,
  problems: [...GUARDED, "invalid", "not-found"],
});

export interface CalendarServices {
  db: Db;
  nowMs(): number;
  newId(prefix: string): string;
}

/** Known calendar days: marked, looked through, taken away. */
export function calendarOperations({ db, nowMs, newId }: CalendarServices): Operation[] {
  return [
    operation(listRoute, async (_facts, { query: { limit, cursor } }) => {
      const { rows, next } = await listCalendarDays(db, { limit, after: parseCursor(cursor) });
      return { data: rows.map(calendarAnswer), next_cursor: formatCursor(next) };
    }),
    operation(createRoute, async ({ keyId = "" }, { body: { from, to = from, name, kind, factor } }) => {
      const days = { fromDay: from, toDay: to, name, kind, factor, createdAt: new Date(nowMs()), createdBy: keyId };
      const row = await insertCalendarDays(db, { id: newId("cal"), ...days });
      if (row === null)
        throw new Problem("conflict", "There are as many marks as there may be. Take old ones away first.");
      return calendarAnswer(row);
    }),
    operation(deleteRoute, async (_facts, { params }) => {
      if (!(await deleteCalendarDays(db, params.id))) throw new Problem("not-found", "No mark has this id.");
      return undefined;
    }),
  ];
}

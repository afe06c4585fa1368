import * as z from "zod";

/** Text Postgres can hold and compare. */
export const Keepable = z
  .string()
  .refine((text) => !text.includes("\u0000") && text.isWellFormed(), "must not hold a NUL or half a surrogate pair");

/** Text to look for. */
export const Sought = Keepable.min(1).max(500);

/** A resource's id in a path. One of any other form is simply not found. */
export const IdParams = z.object({ id: Keepable.min(1).max(200) });

const LIMIT_MAX = 500;
const LIMIT_DEFAULT = 50;

/** How a list is paged. */
export const paging = {
  limit: z.coerce
    .number({ error: "must be a whole number" })
    .int({ error: "must be a whole number" })
    .min(1, "must be at least 1")
    .max(LIMIT_MAX, `must be at most ${LIMIT_MAX}`)
    .default(LIMIT_DEFAULT)
    .meta({ description: "Rows of a page." }),
  cursor: z.string().max(1_000).optional().meta({
    description: "`next_cursor` of the page before; the first page when missing. The filters must stay the same.",
  }),
};

/** An instant in a query, as Postgres reads it; RFC 3339 allows years and offsets that Postgres does not. */
export const Instant = z.iso
  .datetime({ offset: true, error: "must be an RFC 3339 time with an offset" })
  .transform((text) => new Date(text))
  .refine(
    (time) => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999,
    "must be in the years 1 to 9999 in UTC",
  )
  .transform((time) => time.toISOString());

/** The least score looked for. */
export const LEAST_SCORE = z.coerce
  .number({ error: "must be a number" })
  .min(0, "must be at least 0")
  .max(1, "must be at most 1")
  .optional()
  .meta({ description: "Least score, 0..1, included." });

/** `true` or `false` in a query. */
export const Flag = z.enum(["true", "false"]).transform((text) => text === "true");

/** A time as it is answered. */
export const AnsweredTime = z.iso.datetime({ precision: 3 }).meta({ description: "UTC with milliseconds." });

/** A page of a list. */
export function pageOfRows<Row extends z.ZodType>(row: Row) {
  return z.strictObject({
    data: z.array(row),
    next_cursor: z.string().nullable().meta({ description: "Where the next page begins; null on the last." }),
  });
}

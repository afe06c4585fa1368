import { describe, expect, it } from "vitest";
import { Problem } from "../../../shared/problem.ts";
import type { Page, PageRequest, Position } from "../../store/paging.ts";
import { parseCursor } from "../cursor.ts";
import { exportPages } from "./export.ts";

const ROWS: Position[] = Array.from({ length: 1_200 }, (_each, index) => ({
  at: "2026-11-21T10:00:00.000000Z",
  id: `row-${index}`,
}));

const exported = {
  name: "rows",
  columns: { id: ({ id }: Position) => id, at: ({ at }: Position) => at },
  asJson: (row: Position) => row,
};

/** A list of `ROWS`; `asked` grows by the pages that are read. */
function list(asked: PageRequest[] = [], failAt = Infinity) {
  return async (page: PageRequest): Promise<Page<Position>> => {
    asked.push(page);
    if (asked.length >= failAt) throw new Problem("unavailable", "The database does not answer.");
    const from = page.after === null ? 0 : ROWS.findIndex(({ id }) => id === page.after?.id) + 1;
    const rows = ROWS.slice(from, from + page.limit);
    return { rows, next: from + page.limit < ROWS.length ? (rows.at(-1) ?? null) : null };
  };
}

function start(answerType: string, read: ReturnType<typeof list>, over: { rowsMost?: number; after?: Position } = {}) {
  const facts = { requestId: "req_1", request: new Request("https://pulse.example/"), answerType };
  const lines: unknown[] = [];
  const answer = exportPages(facts, exported, read, over.after ?? null, {
    log: (line) => void lines.push(line),
    ...over,
  });
  return { answer, lines };
}

describe("exportPages", () => {
  it("gives every row once, however many pages they are read in", async () => {
    const asked: PageRequest[] = [];
    const text = await (await start("text/csv", list(asked)).answer).text();
    expect(
      text
        .split("\r\n")
        .slice(1, -1)
        .map((line) => line.split(",")[0]),
    ).toEqual(ROWS.map(({ id }) => id));
    expect(asked.map(({ limit }) => limit)).toEqual([500, 500, 500]);
  });

  it("reads the next page only when the one before was taken, so that a slow reader fills no memory", async () => {
    const asked: PageRequest[] = [];
    const reader = (await start("application/x-ndjson", list(asked)).answer).body?.getReader();
    expect(asked).toHaveLength(1);
    await reader?.read();
    expect(asked.length).toBeLessThanOrEqual(2);
    await reader?.cancel();
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  it("says in a last line that it was cut and where to go on, and the rest is just the rest", async () => {
    const text = await (await start("application/x-ndjson", list(), { rowsMost: 700 }).answer).text();
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const last = lines.pop();
    expect(last).toEqual({ truncated: true, rows: 700, next_cursor: expect.any(String) });
    const after = parseCursor(String(last?.["next_cursor"]));
    const rest = await (await start("application/x-ndjson", list(), after === null ? {} : { after }).answer).text();
    const told = [
      ...lines,
      ...rest
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    ];
    expect(told.map(({ id }) => id)).toEqual(ROWS.map(({ id }) => id));
  });

  it("cuts CSV in a record with as many cells as the others", async () => {
    const text = await (await start("text/csv", list(), { rowsMost: 500 }).answer).text();
    expect(text.trimEnd().split("\r\n").at(-1)).toMatch(/^cut after 500 rows; go on with cursor=\w+,$/);
  });

  it("says nothing of a cut where the last row is the last that fits", async () => {
    const text = await (await start("text/csv", list(), { rowsMost: ROWS.length }).answer).text();
    expect(text).not.toContain("cut after");
  });

  it("breaks off when a later page cannot be read, so that nobody takes a part for the whole", async () => {
    const { answer, lines } = start("text/csv", list([], 2));
    const response = await answer;
    await expect(response.text()).rejects.toThrow();
    expect(lines).toMatchObject([{ requestId: "req_1", task: "export", rows: 500 }]);
  });

  it("fails as any request does when the first page cannot be read", async () => {
    await expect(start("text/csv", list([], 1)).answer).rejects.toThrow("does not answer");
  });
});

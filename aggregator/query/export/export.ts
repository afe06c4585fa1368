import * as z from "zod";
import { describe, PRIVATE, type RequestFacts } from "../../../shared/serve.ts";
import type { Page, PageRequest, Position } from "../../store/paging.ts";
import { formatCursor } from "../cursor.ts";
import { csvHead, csvLine, csvRow, type Columns } from "./csv.ts";

export const CSV = "text/csv";
export const LINES = "application/x-ndjson";

/** Rows of one export. Whoever wants more goes on with the cursor in its last line. */
export const EXPORT_ROWS_MOST = 100_000;
/** Rows read at once; of events a few MB. */
const PAGE_ROWS = 500;

const Cut = z.strictObject({
  truncated: z.literal(true),
  rows: z.int().meta({ description: "How many came before this line." }),
  next_cursor: z.string().meta({ description: "`cursor` of the next export, which goes on from here." }),
});

/** What a route that gives `Row`s as a list offers beside it, for its `exports`. */
export function exportsOf<Row extends z.ZodType>(row: Row) {
  return {
    [CSV]: z.string().meta({
      description:
        "All that matches, `limit` does not count: a header, then a record a row (RFC 4180, UTF-8). A text that begins like a formula has an " +
        `apostrophe before it. After ${EXPORT_ROWS_MOST} rows a last record says that it was cut, and the cursor to go on from.`,
    }),
    [LINES]: z.union([row, Cut]).meta({
      description: `A line a row, all that matches; after ${EXPORT_ROWS_MOST} a last line says that it was cut.`,
    }),
  };
}

/** Whether a file is asked for, in place of a page. */
export function isExport({ answerType }: RequestFacts): boolean {
  return answerType === CSV || answerType === LINES;
}

interface Exported<Row> {
  /** What the file is called, without its ending. */
  name: string;
  columns: Columns<Row>;
  /** A row as it is answered in JSON. */
  asJson(row: Row): unknown;
}

/** How rows are written in one media type. */
interface Writer<Row> {
  type: string;
  ending: string;
  head: string;
  row(row: Row): string;
  cut(rows: number, cursor: string): string;
}

function writerOf<Row>(answerType: string, { columns, asJson }: Exported<Row>): Writer<Row> {
  if (answerType === LINES) {
    return {
      type: LINES,
      ending: "ndjson",
      head: "",
      row: (row) => `${JSON.stringify(asJson(row))}\n`,
      cut: (rows, next_cursor) =>
        `${JSON.stringify({ truncated: true, rows, next_cursor } satisfies z.infer<typeof Cut>)}\n`,
    };
  }
  const rest = Object.keys(columns)
    .slice(1)
    .map(() => null);
  return {
    type: `${CSV}; charset=utf-8; header=present`,
    ending: "csv",
    head: csvHead(columns),
    row: (row) => csvRow(columns, row),
    cut: (rows, cursor) => csvLine([`cut after ${rows} rows; go on with cursor=${cursor}`, ...rest]),
  };
}

/**
 * Every row from a position on, as a file that is written while it is read: at most a page is held at a time, and the next is read when
 * this one was taken. When reading fails the connection is broken off, so that nobody takes a part for the whole; of the first page, it is
 * answered like any failure.
 */
export async function exportPages<Row extends Position>(
  { answerType, requestId }: RequestFacts,
  exported: Exported<Row>,
  read: (page: PageRequest) => Promise<Page<Row>>,
  after: Position | null,
  { log, rowsMost = EXPORT_ROWS_MOST }: { log(line: Record<string, unknown>): void; rowsMost?: number },
): Promise<Response> {
  const writer = writerOf(answerType, exported);
  const pages = pagesFrom(read, after, rowsMost);
  let next = await pages.next();
  const encoder = new TextEncoder();
  let rows = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (writer.head !== "") controller.enqueue(encoder.encode(writer.head));
      },
      async pull(controller) {
        if (next.done === true) return controller.close();
        const page = next.value;
        rows += page.rows.length;
        const cursor = rows >= rowsMost ? formatCursor(page.next) : null;
        const end = cursor === null ? "" : writer.cut(rows, cursor);
        controller.enqueue(encoder.encode(page.rows.map((row) => writer.row(row)).join("") + end));
        next = await pages.next().catch((error: unknown) => {
          log({ requestId, task: "export", rows, cause: describe(error) });
          throw error;
        });
      },
      async cancel() {
        await pages.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return fileResponse(body, writer, exported.name);
}

/** Rows that are at hand, as a file. */
export function exportRows<Row>({ answerType }: RequestFacts, exported: Exported<Row>, rows: readonly Row[]): Response {
  const writer = writerOf(answerType, exported);
  return fileResponse(writer.head + rows.map((row) => writer.row(row)).join(""), writer, exported.name);
}

function fileResponse(
  body: string | ReadableStream<Uint8Array>,
  { type, ending }: Pick<Writer<unknown>, "type" | "ending">,
  name: string,
): Response {
  return new Response(body, {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="${name}.${ending}"`,
      "cache-control": PRIVATE,
    },
  });
}

/** Page after page, until the last or until there are that many rows. */
async function* pagesFrom<Row extends Position>(
  read: (page: PageRequest) => Promise<Page<Row>>,
  start: Position | null,
  rowsMost: number,
): AsyncGenerator<Page<Row>, void, undefined> {
  let after = start;
  for (let left = rowsMost; left > 0;) {
    const page = await read({ limit: Math.min(PAGE_ROWS, left), after });
    yield page;
    left -= page.rows.length;
    after = page.next;
    if (after === null) return;
  }
}

import type { Answer } from "../../api/client.ts";
import { usePolling } from "../../api/live.tsx";
import { useGet } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Time } from "../../parts/figures.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Empty, Loaded, SkeletonLines } from "../../parts/states.tsx";
import { Table } from "../../parts/table.tsx";
import { codeWords, numberWords, shareWords } from "../../parts/words.ts";
import { useNow } from "../../shell/clock.ts";
import { useUrlState } from "../../shell/url-state.ts";
import { BooksFlow } from "./books-flow.tsx";
import { FailedFrame } from "./failed-frame.tsx";
import { imbalancesOf } from "./imbalances.tsx";

export type Books = Answer<"get", "/v1/accounting">;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SPANS = [
  { value: "1", label: "1 h" },
  { value: "24", label: "24 h" },
  { value: "168", label: "7 d" },
  { value: "720", label: "30 d" },
] as const;

/** What became of every event of a time: counted at the edge and again in the database, and held against one another. */
export function AccountingPage() {
  const [{ hours: asked, from, to }, set] = useUrlState({ hours: "24", from: "", to: "" });
  const everyMs = usePolling();
  const endMs = Math.floor(useNow(MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
  const isOwn = from !== "" || to !== "";
  const hours = SPANS.find(({ value }) => value === asked)?.value ?? "24";
  const query = isOwn
    ? { from, to }
    : { from: new Date(endMs - Number(hours) * HOUR_MS).toISOString(), to: new Date(endMs).toISOString() };
  const books = useGet("/v1/accounting", { query }, { everyMs: isOwn ? undefined : everyMs, keep: true });
  return (
    <FailedFrame
      title="Accounting"
      words="Every event is counted at the edge and again in the database, by counters that do not know of one another."
      actions={
        isOwn ? (
          <Button icon="close" onClick={() => set({ from: "", to: "" })}>
            Any other time
          </Button>
        ) : (
          <Segments label="Time" value={hours} onChange={(next) => set({ hours: next })} options={SPANS} />
        )
      }
    >
      <Loaded of={books} skeleton={<SkeletonLines lines={14} />}>
        {(data) => <BooksBody books={data} />}
      </Loaded>
    </FailedFrame>
  );
}

function BooksBody({ books }: { books: Books }) {
  const wrong = imbalancesOf(books);
  const reasons = Object.entries(books.rejected_by).toSorted(([, a], [, b]) => b - a);
  return (
    <div className="accounting">
      <Panel
        title="The books"
        className="accounting-wide"
        note={
          <>
            <Time at={books.from} /> – <Time at={books.to} />
          </>
        }
      >
        <div className="books-balance">
          <Balance isBalanced={books.balanced} />
          <p className="soft">
            {books.balanced
              ? "Every event that came in is accounted for."
              : "Not every event is accounted for yet. A time that ended within the last minute may still settle."}
          </p>
        </div>
        {books.received === 0 ? (
          <Empty icon="clock" title="Nothing was received in this time">
            <p>Choose a longer time, or see whether the shop sends.</p>
          </Empty>
        ) : (
          <BooksFlow books={books} />
        )}
      </Panel>
      <Panel title="What to look at">
        {wrong.length === 0 ? (
          <Empty icon="check" title="Nothing">
            <p>Nothing failed, nothing is late and nothing is missing.</p>
          </Empty>
        ) : (
          <ul className="imbalances">
            {wrong.map(({ name, count, words, link }) => (
              <li key={name}>
                <p>
                  <b className="number">{numberWords(count)}</b> {name}
                </p>
                <p className="soft">{words}</p>
                {link}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Rejected, by problem" note={numberWords(books.rejected)} flush>
        <Table
          caption="Rejected events by the problem they were refused with"
          rows={reasons}
          keyOf={([slug]) => slug}
          empty={
            <Empty icon="check" title="Nothing was rejected">
              <p>Every event that came matched the schema and its key.</p>
            </Empty>
          }
          columns={[
            {
              head: "Problem",
              // Not a page of this app: what every refusal links to.
              cell: ([slug]) => <a href={`/problems/${slug}`}>{codeWords(slug.replaceAll("-", "_"))}</a>,
            },
            { head: "Events", align: "end", cell: ([, count]) => numberWords(count) },
            { head: "Of received", align: "end", cell: ([, count]) => shareWords(count / books.received) },
          ]}
        />
      </Panel>
    </div>
  );
}

function Balance({ isBalanced }: { isBalanced: boolean }) {
  return isBalanced ? (
    <Badge tone="good" dot>
      Balanced
    </Badge>
  ) : (
    <Badge tone="warn" dot>
      Not balanced
    </Badge>
  );
}

import { usePolling } from "../../api/live.tsx";
import type { Answer } from "../../api/client.ts";
import { useGet } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { LinkButton } from "../../parts/button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Loaded, SkeletonLines } from "../../parts/states.tsx";
import { codeWords, numberWords } from "../../parts/words.ts";
import "./quality.css";

type Books = Answer<"get", "/v1/accounting">;

/** What became of every event of the last day, in short. */
export function BooksPanel() {
  const everyMs = usePolling();
  const books = useGet("/v1/accounting", {}, { everyMs });
  return (
    <Panel
      title="Books of the last 24 h"
      note={books.data === undefined ? undefined : <Balance books={books.data} />}
      actions={
        <LinkButton small look="quiet" href="/accounting">
          Accounting
        </LinkButton>
      }
    >
      <Loaded of={books} skeleton={<SkeletonLines lines={6} height={28} />}>
        {(data) => (
          <div className="books">
            <Column
              title="At the edge"
              lines={[
                ["Accepted", data.accepted],
                ["Sent twice", data.duplicate],
                ["Rejected", data.rejected],
                ["Beyond their rate", data.limited],
              ]}
              sum={["Received", data.received]}
            />
            <Column
              title="In the database"
              lines={[
                ["Stored", data.stored],
                ["Could not be stored", data.failed],
                ["On their way", data.in_flight],
              ]}
              sum={["Accepted", data.accepted]}
            />
            {data.rejected === 0 ? null : (
              <Column
                title="Rejected for"
                lines={Object.entries(data.rejected_by).map(([reason, count]) => [
                  codeWords(reason.replaceAll("-", "_")),
                  count,
                ])}
                sum={["Rejected", data.rejected]}
              />
            )}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

function Balance({ books: { balanced } }: { books: Books }) {
  return balanced ? <Badge tone="good">Balanced</Badge> : <Badge tone="warn">Not balanced yet</Badge>;
}

interface ColumnProps {
  title: string;
  lines: readonly (readonly [string, number])[];
  sum: readonly [string, number];
}

function Column({ title, lines, sum: [name, sum] }: ColumnProps) {
  return (
    <div>
      <h3>{title}</h3>
      {lines.map(([words, count]) => (
        <p key={words} className="book-line">
          <span className="soft">{words}</span>
          <span className="number">{numberWords(count)}</span>
        </p>
      ))}
      <p className="book-line book-sum">
        <span>{name}</span>
        <span className="number">{numberWords(sum)}</span>
      </p>
    </div>
  );
}

import { numberWords, shareWords } from "../../parts/words.ts";
import { classes } from "../../parts/button.tsx";
import type { Books } from "./accounting-page.tsx";
import "./books-flow.css";

type Tone = "good" | "faint" | "bad" | "warn" | "accent";

interface Part {
  name: string;
  count: number;
  tone: Tone;
}

/** What came in and what became of it: the second bar takes up the first one's accepted part. */
export function BooksFlow({ books }: { books: Books }) {
  const { received, accepted, duplicate, rejected, limited, stored, failed, in_flight, removed } = books;
  return (
    <div className="flow">
      <Stage
        title="At the edge"
        sum={{ name: "Received", count: received }}
        of={received}
        parts={[
          { name: "Accepted", count: accepted, tone: "accent" },
          { name: "Sent twice", count: duplicate, tone: "faint" },
          { name: "Rejected", count: rejected, tone: "bad" },
          { name: "Beyond their rate", count: limited, tone: "warn" },
        ]}
      />
      <Stage
        title="In the database"
        sum={{ name: "Accepted", count: accepted }}
        of={received}
        parts={[
          { name: "Stored", count: stored, tone: "good" },
          { name: "Failed", count: failed, tone: "bad" },
          { name: "On their way", count: in_flight, tone: "warn" },
        ]}
      />
      {removed === 0 ? null : (
        <p className="small soft">
          Of those stored {numberWords(removed)} were deleted since, by erasure or for their age.
        </p>
      )}
    </div>
  );
}

interface StageProps {
  title: string;
  sum: { name: string; count: number };
  /** What the bar's whole width stands for. */
  of: number;
  parts: readonly Part[];
}

function Stage({ title, sum, of, parts }: StageProps) {
  const counted = parts.reduce((total, { count }) => total + count, 0);
  return (
    <section>
      <h3 className="flow-title">{title}</h3>
      <div className="flow-bar" aria-hidden="true">
        {parts.map(({ name, count, tone }) =>
          count === 0 ? null : <span key={name} className={`flow-part flow-${tone}`} style={{ flexGrow: count }} />,
        )}
        {counted >= of ? null : <span style={{ flexGrow: of - counted }} />}
      </div>
      <div className="flow-sum">
        <span className="flow-term">
          <b className="number flow-count">{numberWords(sum.count)}</b>
          <span className="small soft">{sum.name}</span>
        </span>
        {parts.map(({ name, count, tone }, index) => (
          <span key={name} className={classes("flow-term", count === 0 && "flow-none")}>
            <span className="flow-sign" aria-hidden="true">
              {index === 0 ? "=" : "+"}
            </span>
            <b className="number flow-count">{numberWords(count)}</b>
            <span className="small soft flow-name">
              <span className={`flow-mark flow-${tone}`} />
              {name}
              {count === 0 || of === 0 ? "" : `, ${shareWords(count / of)}`}
            </span>
          </span>
        ))}
      </div>
    </section>
  );
}

import { Table } from "../../parts/table.tsx";
import { codeWords, numberWords } from "../../parts/words.ts";
import type { ScoredEvent } from "./event-body.tsx";

/** What the model was given: the numbers behind the words. */
export function FeaturesPart({ event: { features } }: { event: ScoredEvent }) {
  const rows = Object.entries(features).map(([name, value]) => ({ name, value }));
  const telling = rows.filter(({ value }) => value !== null && value !== 0);
  const unknown = rows.filter(({ value }) => value === null).length;
  return (
    <section className="part">
      <details>
        <summary>
          Features: {telling.length} of {rows.length} say something, {unknown} are unknown
        </summary>
        <Table
          caption="Features that are neither zero nor unknown"
          rows={telling}
          keyOf={({ name }) => name}
          columns={[
            { head: "Feature", cell: ({ name }) => <span title={name}>{codeWords(name)}</span> },
            { head: "Value", align: "end", cell: ({ value }) => numberWords(value) },
          ]}
        />
      </details>
    </section>
  );
}

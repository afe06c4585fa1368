import type { ReactNode } from "react";
import { classes } from "./button.tsx";
import "./table.css";

export interface Column<Row> {
  /** The column's heading. */
  head: string;
  cell(row: Row): ReactNode;
  align?: "end";
  /** Left out where there is little room: below a tablet's or a laptop's width. */
  from?: "tablet" | "laptop";
  /** The heading is for who listens only. */
  headUnseen?: boolean;
  /** In CSS; what is left is shared. */
  width?: string;
}

interface TableProps<Row> {
  /** What the table holds, for who listens. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  /** Which row is looked at. */
  selected?: string | undefined;
  /** Shown in place of rows while there are none. */
  empty?: ReactNode;
}

/** Scrolls by itself where it is too wide, and keeps the page from doing so. */
export function Table<Row>({ caption, columns, rows, keyOf, selected, empty }: TableProps<Row>) {
  return (
    <>
      {/* What scrolls must be reached by the keyboard. */}
      <div className="table-frame" role="region" aria-label={caption} tabIndex={0}>
        <table className="table">
          <caption className="unseen">{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ head, align, from, headUnseen, width }) => (
                <th key={head} scope="col" className={cellClass({ align, from })} style={{ width }}>
                  {headUnseen ? <span className="unseen">{head}</span> : head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const key = keyOf(row);
              return (
                <tr key={key} aria-selected={selected === undefined ? undefined : key === selected}>
                  {columns.map(({ head, cell, align, from }) => (
                    <td key={head} className={cellClass({ align, from })}>
                      {cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {rows.length === 0 ? empty : null}
    </>
  );
}

function cellClass({ align, from }: { align: "end" | undefined; from: "tablet" | "laptop" | undefined }): string {
  return classes(align === "end" && "cell-end number", from !== undefined && `cell-${from}`);
}

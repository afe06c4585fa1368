import { Dialog } from "../parts/dialog.tsx";
import { PAGES } from "../pages.ts";
import "./key-help.css";

const TRIAGE: readonly [keys: string[], words: string][] = [
  [["j"], "Next anomaly"],
  [["k"], "Previous anomaly"],
  [["Enter"], "Open it"],
  [["c"], "Confirm: it was truly an anomaly"],
  [["d"], "Dismiss: it was not"],
  [["u"], "Undo the last verdict"],
  [["x"], "Select, for several at once"],
  [["n"], "Write a note"],
  [["Escape"], "Back to the list"],
];

/** Every key that does something. */
export function KeyHelp({ open, onClose }: { open: boolean; onClose(): void }) {
  const pages = PAGES.map((page): [string[], string] => [["g", page.key], page.title]);
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" kind="wide">
      <div className="key-help">
        <KeyTable title="Go to" rows={pages} />
        <KeyTable title="Anomalies" rows={TRIAGE} />
        <KeyTable
          title="Everywhere"
          rows={[
            [["?"], "This list"],
            [["t"], "Local time or UTC"],
          ]}
        />
      </div>
    </Dialog>
  );
}

function KeyTable({ title, rows }: { title: string; rows: readonly (readonly [string[], string])[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {rows.map(([keys, words]) => (
          <div key={words}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className="key">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

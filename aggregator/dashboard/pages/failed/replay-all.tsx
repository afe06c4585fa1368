import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { request, type Answer } from "../../api/client.ts";
import type { RequestFailed } from "../../api/problem.ts";
import { invalidate } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Fact, Facts } from "../../parts/figures.tsx";
import { ErrorBox } from "../../parts/states.tsx";
import { numberWords } from "../../parts/words.ts";

const PAGE = 50;

type Page = Answer<"post", "/v1/failed-events/replay">;
type Replayed = Page["data"][number];

interface Results {
  stored: number;
  alreadyStored: number;
  failed: number;
  /** Why, and how often. */
  reasons: ReadonlyMap<string, number>;
}

const NONE: Results = { stored: 0, alreadyStored: 0, failed: 0, reasons: new Map() };

/** Tries all that is not stored again, page by page, and counts what came of it. */
export function ReplayAll({ open, onClose }: { open: boolean; onClose(): void }) {
  const client = useQueryClient();
  const [results, setResults] = useState(NONE);
  const replay = useMutation<Results, RequestFailed>({
    async mutationFn() {
      let soFar = NONE;
      let cursor: string | null = null;
      do {
        const page: Page = await request("post", "/v1/failed-events/replay", {
          query: { limit: PAGE, cursor },
        });
        soFar = page.data.reduce(counted, soFar);
        setResults(soFar);
        cursor = page.next_cursor;
      } while (cursor !== null);
      return soFar;
    },
    onSettled: () => invalidate(client, ["/v1/failed-events", "/v1/accounting"]),
  });
  const close = () => {
    replay.reset();
    setResults(NONE);
    onClose();
  };
  const isBegun = replay.isPending || replay.data !== undefined || replay.error !== null;
  return (
    <Dialog
      open={open}
      onClose={close}
      title="Replay all"
      words="All that is not stored is read and stored again, newest first, as if it had just come. Doing it twice is the same as once."
      actions={
        replay.data === undefined ? (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button look="primary" busy={replay.isPending} onClick={() => replay.mutate()}>
              {replay.isPending ? "Replaying …" : "Replay all"}
            </Button>
          </>
        ) : (
          <Button look="primary" onClick={close}>
            Done
          </Button>
        )
      }
    >
      {isBegun ? (
        <div className="stack" role="status">
          <Facts>
            <Fact name="Stored">{numberWords(results.stored)}</Fact>
            <Fact name="Stored already">{numberWords(results.alreadyStored)}</Fact>
            <Fact name="Failed again">{numberWords(results.failed)}</Fact>
          </Facts>
          {results.reasons.size === 0 ? null : (
            <ul className="failed-reasons">
              {[...results.reasons].map(([reason, count]) => (
                <li key={reason}>
                  <b className="number">{numberWords(count)}</b> {reason}
                </li>
              ))}
            </ul>
          )}
        </div>
      ) : null}
      {replay.error === null ? null : <ErrorBox error={replay.error} retry={() => replay.mutate()} />}
    </Dialog>
  );
}

function counted({ stored, alreadyStored, failed, reasons }: Results, { status, reason }: Replayed): Results {
  if (status === "stored") return { stored: stored + 1, alreadyStored, failed, reasons };
  if (status === "already_stored") return { stored, alreadyStored: alreadyStored + 1, failed, reasons };
  const why = reason ?? "without a reason";
  return { stored, alreadyStored, failed: failed + 1, reasons: new Map(reasons).set(why, (reasons.get(why) ?? 0) + 1) };
}

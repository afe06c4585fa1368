import { Link } from "wouter";
import { useChange } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Copyable } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Ago, Fact, Facts, Time } from "../../parts/figures.tsx";
import { JsonBlock } from "../../parts/json-block.tsx";
import { Empty, ErrorBox } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { bytesWords, numberWords } from "../../parts/words.ts";
import { FailureBadge, KIND_WORDS, type FailedEvent } from "./failure.tsx";

interface FailedDetailProps {
  failure: FailedEvent | undefined;
  isOpen: boolean;
  isRead: boolean;
  onClose(): void;
}

/** One failure beside the list: what came, why it could not be stored, and trying again. */
export function FailedDetail({ failure, isOpen, isRead, onClose }: FailedDetailProps) {
  const replay = useChange("post", "/v1/failed-events/{id}/replay", ["/v1/failed-events", "/v1/accounting"]);
  const run = (id: string) =>
    replay.mutate(
      { params: { id } },
      {
        onSuccess({ status, reason }) {
          if (status === "failed") toast(`It failed again: ${reason ?? "no reason was given"}`, { tone: "bad" });
          else toast(status === "stored" ? "It is stored." : "It was stored already, out of another request.");
        },
      },
    );
  return (
    <Dialog
      kind="side"
      open={isOpen}
      onClose={() => {
        replay.reset();
        onClose();
      }}
      title="Failed event"
      actions={
        failure === undefined || failure.resolved_at !== null ? undefined : (
          <Button
            look="primary"
            icon="refresh"
            needs="operator"
            busy={replay.isPending}
            onClick={() => run(failure.id)}
          >
            Replay
          </Button>
        )
      }
    >
      {failure === undefined && isRead ? (
        <Empty icon="search" title="It is not among those shown">
          <p>It may have been stored since: look among all. Older ones stand further down the list.</p>
          <Link href="/failed-events?resolved=all">All failed events</Link>
        </Empty>
      ) : null}
      {failure === undefined ? null : (
        <div className="stack">
          <p className="failed-reason">{failure.reason}</p>
          <Facts>
            <Fact name="State">
              <FailureBadge failure={failure} />
              {failure.resolved_at === null ? null : (
                <>
                  {" "}
                  <Ago at={failure.resolved_at} />
                </>
              )}
            </Fact>
            <Fact name="What came">
              {KIND_WORDS[failure.kind]}: {numberWords(failure.events)} {failure.events === 1 ? "event" : "events"},{" "}
              {bytesWords(failure.bytes)}
            </Fact>
            {failure.event_id === null ? null : (
              <Fact name="Event">
                <Link href={`/events/${failure.event_id}`} className="mono">
                  {failure.event_id}
                </Link>
              </Fact>
            )}
            <Fact name="Received">
              <Time at={failure.received_at} form="moment" />
            </Fact>
            <Fact name="Recorded">
              <Time at={failure.created_at} form="moment" />
            </Fact>
            <Fact name="Id">
              <Copyable text={failure.id} label="Copy the failure’s id" />
            </Fact>
          </Facts>
          {replay.error === null ? null : <ErrorBox error={replay.error} />}
          <h3 className="failed-payload">Payload</h3>
          <JsonBlock value={failure.payload} label="Payload, as it came" />
        </div>
      )}
    </Dialog>
  );
}

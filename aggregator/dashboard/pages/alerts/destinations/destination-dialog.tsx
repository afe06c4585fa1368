import { useId, useState } from "react";
import type { Answer } from "../../../api/client.ts";
import { useChange } from "../../../api/queries.ts";
import { Button } from "../../../parts/button.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { Form } from "../../../parts/form.tsx";
import { Segments } from "../../../parts/segments.tsx";
import { KINDS, type Destination, type Kind } from "./destination.tsx";
import { DestinationFields } from "./destination-fields.tsx";
import { bodyOf, changeOf, draftOf, NEW_DRAFT } from "./draft.ts";

interface DestinationDialogProps {
  open: boolean;
  onClose(): void;
  onMade(destination: Answer<"post", "/v1/webhooks">): void;
}

const KIND_CHOICES = (Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: KINDS[value].name })); // of a record by kind

/** Adds a destination of any kind. */
export function DestinationDialog({ open, onClose, onMade }: DestinationDialogProps) {
  const [draft, setDraft] = useState(NEW_DRAFT);
  const formId = useId();
  const create = useChange("post", "/v1/webhooks", ["/v1/webhooks"]);
  const close = () => {
    create.reset();
    onClose();
  };
  const run = () =>
    create.mutate(
      { body: bodyOf(draft) },
      {
        onSuccess(destination) {
          setDraft(NEW_DRAFT);
          onMade(destination);
        },
      },
    );
  return (
    <Dialog
      kind="wide"
      open={open}
      onClose={close}
      title="Add a destination"
      words={KINDS[draft.kind].words}
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" busy={create.isPending}>
            Add it
          </Button>
        </>
      }
    >
      <Form id={formId} onSubmit={run} error={create.error}>
        <Segments
          label="Kind"
          value={draft.kind}
          onChange={(kind) => {
            create.reset();
            setDraft({ ...draft, kind });
          }}
          options={KIND_CHOICES}
        />
        <DestinationFields
          draft={draft}
          set={(changes) => setDraft({ ...draft, ...changes })}
          error={create.error}
          isMade={false}
        />
      </Form>
    </Dialog>
  );
}

/** Changes a destination; its kind stays. */
export function DestinationEditor({ destination, onClose }: { destination: Destination; onClose(): void }) {
  const [draft, setDraft] = useState(() => draftOf(destination));
  const formId = useId();
  const change = useChange("patch", "/v1/webhooks/{id}", ["/v1/webhooks"]);
  const run = () =>
    change.mutate({ params: { id: destination.id }, body: changeOf(draft) }, { onSuccess: () => onClose() });
  return (
    <Dialog
      kind="wide"
      open
      onClose={onClose}
      title={`Change the ${KINDS[destination.kind].name} destination`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" busy={change.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Form id={formId} onSubmit={run} error={change.error}>
        <DestinationFields
          draft={draft}
          set={(changes) => setDraft({ ...draft, ...changes })}
          error={change.error}
          isMade
        />
      </Form>
    </Dialog>
  );
}

-- What the edge counted, by the minute in which the events came in. `outcome` is received, accepted, duplicate, limited, or
-- rejected: and the slug of the problem.
CREATE TABLE edge_counts (
  minute    timestamptz NOT NULL,
  outcome   text NOT NULL,
  events    bigint NOT NULL,
  PRIMARY KEY (minute, outcome)
);

-- The messages that are in the counts above, so that one delivered again adds nothing. Pruned when none can come again.
CREATE TABLE counted_messages (
  id          text PRIMARY KEY,
  counted_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX counted_messages_counted_at ON counted_messages (counted_at);

-- How many events were stored, by the minute in which they came in, and how many of them were deleted since. Counted by the table
-- itself, whatever writes to it, and never by what the edge says: counting the rows of a busy day anew takes seconds.
CREATE TABLE stored_counts (
  minute    timestamptz PRIMARY KEY,
  stored    bigint NOT NULL,
  removed   bigint NOT NULL
);

-- In the order of minutes, which all statements share: two that meet wait for one another and never deadlock.
CREATE FUNCTION count_stored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stored_counts AS counted (minute, stored, removed)
  SELECT
    date_trunc('minute', received_at),
    count(*) FILTER (WHERE TG_OP = 'INSERT'),
    count(*) FILTER (WHERE TG_OP = 'DELETE')
  FROM changed
  GROUP BY 1
  ORDER BY 1
  ON CONFLICT (minute) DO UPDATE
    SET stored = counted.stored + excluded.stored, removed = counted.removed + excluded.removed;
  RETURN NULL;
END
$$;
CREATE TRIGGER events_inserted AFTER INSERT ON events
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_stored();
CREATE TRIGGER events_deleted AFTER DELETE ON events
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_stored();
INSERT INTO stored_counts (minute, stored, removed)
  SELECT date_trunc('minute', received_at), count(*), 0 FROM events GROUP BY 1;

-- What the books and a replay need of a failure. `kind` says what the payload is: an intake message, an account message, or the text of
-- an entry of the spool. `received_at` is the event's, or the time of the record where none can be read; `events` how many the payload
-- holds where it could not be taken apart; `repeated` that the edge counted it as a duplicate. A failure whose event has a row is
-- resolved, whether it says so or not.
ALTER TABLE failed_events
  ADD COLUMN kind         text NOT NULL DEFAULT 'assessments' CHECK (kind IN ('assessments', 'accounts', 'spool')),
  ADD COLUMN received_at  timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN request_id   text,
  ADD COLUMN events       integer NOT NULL DEFAULT 1,
  ADD COLUMN repeated     boolean NOT NULL DEFAULT false,
  ADD COLUMN resolved_at  timestamptz,
  ADD COLUMN resolution   text CHECK (resolution IN ('stored', 'already stored'));
UPDATE failed_events SET
  kind = CASE WHEN starts_with(id, 'fail_spool/') THEN 'spool' ELSE kind END,
  received_at = created_at,
  request_id = payload ->> 'request_id';
CREATE INDEX failed_events_received_at ON failed_events (received_at);
CREATE INDEX failed_events_unresolved ON failed_events (created_at DESC, id DESC) WHERE resolved_at IS NULL;

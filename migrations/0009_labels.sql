-- Since when an event is known to be fraud, whoever said so last; null for all that is not.
ALTER TABLE events ADD COLUMN fraud_known_at timestamptz;

-- What the edge is told of that: `by` 1 when an event became known as fraud, -1 when that was taken back; `known_at` is the time it
-- became known in both. `entities` are the names of the profiles of everybody the event came through. `sent_at` is null until the label
-- is on the queue; it may go there twice, and is learned from once by its id, which nobody can guess.
CREATE TABLE fraud_labels (
  id        text PRIMARY KEY DEFAULT 'lab_' || gen_random_uuid(),
  event_id  text NOT NULL REFERENCES events (id),
  entities  text[] NOT NULL,
  by        smallint NOT NULL CHECK (by IN (1, -1)),
  known_at  timestamptz NOT NULL,
  sent_at   timestamptz
);
CREATE INDEX fraud_labels_event ON fraud_labels (event_id);
CREATE INDEX fraud_labels_unsent ON fraud_labels (id) WHERE sent_at IS NULL;

-- What was confirmed before. Profiles count no fraud longer than 30 days.
UPDATE events AS e SET fraud_known_at = a.updated_at
  FROM anomalies AS a WHERE a.event_id = e.id AND a.status = 'confirmed';
INSERT INTO fraud_labels (event_id, entities, by, known_at)
  SELECT id, entities, 1, fraud_known_at
  FROM events CROSS JOIN LATERAL (
    SELECT array_remove(ARRAY[
      'customer:' || user_id, 'email:' || (event ->> 'email_hash'), 'client:' || client_id,
      'card:' || (event #>> '{payment,card_fingerprint}'), 'ip:' || (signals ->> 'ip_hash')
    ], NULL) AS entities
  ) AS named
  WHERE fraud_known_at > now() - interval '30 days' AND cardinality(entities) > 0;

-- What learning needs of an event beside its vector. `rules`: the named rules that found something, by code, with the score each gave it
-- before any calibration. `shadow`: what a model that does not decide made of it; null when none ran beside.
ALTER TABLE events ADD COLUMN rules jsonb NOT NULL DEFAULT '{}';
ALTER TABLE events ADD COLUMN shadow jsonb;

-- What an event turned out to be, whoever said so last: an analyst, a chargeback, a refund for fraud. Null while nobody did, or when it
-- was taken back. `fraud_known_at` stays what it was: since when it is known as fraud.
ALTER TABLE events ADD COLUMN label text CHECK (label IN ('fraud', 'legitimate'));
ALTER TABLE events ADD COLUMN labelled_at timestamptz;
CREATE INDEX events_labelled ON events (labelled_at DESC, id DESC) WHERE label IS NOT NULL;

UPDATE events SET label = 'fraud', labelled_at = fraud_known_at WHERE fraud_known_at IS NOT NULL;
UPDATE events AS e SET label = 'legitimate', labelled_at = a.updated_at
  FROM anomalies AS a WHERE a.event_id = e.id AND a.status = 'dismissed' AND e.label IS NULL;

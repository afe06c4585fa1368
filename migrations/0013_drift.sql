-- How many times somebody or something said what an event was: whoever says the next guards by it that nothing was said meanwhile.
ALTER TABLE events ADD COLUMN labels integer NOT NULL DEFAULT 0;

-- Everything that was ever said of what an event was, in the order it was recorded; what comes of all of it is `events.label`. A null
-- `label` of an analyst takes back, that of a chargeback says nothing of fraud, and that of a reversed one takes back what a chargeback
-- said. `label_before` and `label_after` are the event's label around it. `cause_event_id` is the chargeback or refund that says so, and
-- `at` when that happened; `reason` is in the sender's words. A person, by `key_id`, said it when it was recorded.
CREATE TABLE event_labels (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id        text NOT NULL REFERENCES events (id),
  source          text NOT NULL CHECK (source IN ('analyst', 'feedback', 'chargeback', 'chargeback_reversed', 'refund')),
  label           text CHECK (label IN ('fraud', 'legitimate')),
  label_before    text,
  label_after     text,
  reason          text,
  note            text,
  key_id          text,
  cause_event_id  text UNIQUE REFERENCES events (id),
  at              timestamptz NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT now(),
  CHECK ((key_id IS NULL) = (cause_event_id IS NOT NULL))
);
CREATE INDEX event_labels_event ON event_labels (event_id, id);
CREATE INDEX event_labels_recorded_at ON event_labels (recorded_at);

-- Stored chargebacks and refunds whose purchase was not told yet, perhaps because it is not stored. `due_at` is when it is looked for
-- next: after as long again as it has waited.
CREATE TABLE label_claims (
  event_id        text PRIMARY KEY REFERENCES events (id),
  transaction_id  text NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  due_at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX label_claims_due ON label_claims (due_at);

-- What was said before. A verdict of before 0010 was given its label there; one given since may lack it.
UPDATE events SET label = 'fraud', labelled_at = fraud_known_at
  WHERE fraud_known_at IS NOT NULL AND label IS DISTINCT FROM 'fraud';
UPDATE events AS e SET label = 'legitimate', labelled_at = a.updated_at
  FROM anomalies AS a WHERE a.event_id = e.id AND a.status = 'dismissed' AND e.label IS DISTINCT FROM 'legitimate';
INSERT INTO event_labels (event_id, source, label, label_before, label_after, note, key_id, at, recorded_at)
  SELECT event_id, 'feedback', said, lag(said) OVER (PARTITION BY event_id ORDER BY id), said, note, key_id, created_at, created_at
  FROM (
    SELECT f.id, a.event_id, CASE f.label WHEN 'confirmed' THEN 'fraud' ELSE 'legitimate' END AS said, f.note, f.key_id, f.created_at
    FROM feedback AS f JOIN anomalies AS a ON a.id = f.anomaly_id
  ) AS verdicts
  ORDER BY id;
UPDATE events AS e SET labels = said.labels
  FROM (SELECT event_id, count(*)::integer AS labels FROM event_labels GROUP BY 1) AS said WHERE said.event_id = e.id;
INSERT INTO label_claims (event_id, transaction_id)
  SELECT id, transaction_id FROM events
  WHERE source = 'secret' AND transaction_id IS NOT NULL
    AND (name IN ('chargeback', 'chargeback_reversed') OR (name = 'refund' AND event #>> '{properties,reason}' IS NOT NULL));

-- The scores of an hour, in UTC, that begins at `at`: of payment attempts or of everything else, of fraud as far as it is known or of all
-- but that, by what scored them. Bin i of `scores` counts those from i / 200 to below (i + 1) / 200, the 201st those of 1. `alerts` are
-- the anomalies, `promised` how many the scores promise at the thresholds of the hour. Counted anew when events came late or were labelled.
CREATE TABLE score_hours (
  at           timestamptz NOT NULL,
  payments     boolean NOT NULL,
  fraud        boolean NOT NULL,
  model        text NOT NULL,
  calibration  text NOT NULL,
  events       integer NOT NULL,
  alerts       integer NOT NULL,
  promised     double precision NOT NULL,
  scores       integer[] NOT NULL,
  counted_at   timestamptz NOT NULL,
  PRIMARY KEY (at, payments, fraud, model, calibration)
);

-- The features of a day's payment attempts, of `sampled` of its `events`: for each feature in its order 202 bins, first the missing, then
-- those from i / 20 to below (i + 1) / 20, last those of 10 and more.
CREATE TABLE feature_days (
  date         date NOT NULL,
  feature_set  text NOT NULL,
  events       integer NOT NULL,
  sampled      integer NOT NULL,
  bins         integer[] NOT NULL,
  counted_at   timestamptz NOT NULL,
  PRIMARY KEY (date, feature_set)
);

-- What the alert budget has learned of the days so far: for a wished share of the payment attempts that are no fraud, and for a wished
-- number of alerts a day, which all events count towards. `revision` makes each day count once.
CREATE TABLE alert_budgets (
  kind      text PRIMARY KEY CHECK (kind IN ('share', 'per_day')),
  state     jsonb NOT NULL,
  revision  bigint NOT NULL
);

-- Each whole day held against the 28 before it. `level` is null where there was too little to say anything. `act_met` says whether that
-- day alone calls for action, which two in a row do. `report` holds the figures; `since` is the first day of the episode it belongs to.
CREATE TABLE drift_checks (
  date        date PRIMARY KEY,
  level       text CHECK (level IN ('none', 'warn', 'act', 'stop')),
  act_met     boolean NOT NULL,
  since       date,
  report      jsonb NOT NULL,
  checked_at  timestamptz NOT NULL
);

-- The scores minute by minute, by Page and Hinkley's test: its state, and up to which minute it has come.
CREATE TABLE score_stream (
  one       boolean PRIMARY KEY DEFAULT true CHECK (one),
  until     timestamptz NOT NULL,
  state     jsonb NOT NULL,
  revision  bigint NOT NULL
);

-- How a score is shown as a probability of fraud, as fitted on that day from what analysts had judged; the last one holds.
CREATE TABLE fraud_probabilities (
  date      date PRIMARY KEY,
  fitted    jsonb NOT NULL,
  fitted_at timestamptz NOT NULL
);

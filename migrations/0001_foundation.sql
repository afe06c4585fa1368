-- Events as they were scored. One row per id, whatever the queue delivers twice.
CREATE TABLE events (
  id              text PRIMARY KEY,
  name            text NOT NULL,
  occurred_at     timestamptz NOT NULL,
  received_at     timestamptz NOT NULL,
  stored_at       timestamptz NOT NULL DEFAULT now(),
  timestamp_source text NOT NULL,
  source          text NOT NULL,
  request_id      text NOT NULL,
  key_id          text NOT NULL,
  user_id         text,
  client_id       text,
  session_id      text,
  transaction_id  text,
  country         text,
  value           numeric(14, 4),
  currency        text,
  score           real NOT NULL,
  anomaly         boolean NOT NULL,
  event           jsonb NOT NULL,
  signals         jsonb NOT NULL,
  feature_set     text NOT NULL,
  features        real[] NOT NULL,
  assessment      jsonb NOT NULL,
  runtime         text NOT NULL
);
CREATE INDEX events_occurred_at ON events (occurred_at DESC, id DESC);
CREATE INDEX events_name ON events (name, occurred_at DESC, id DESC);
CREATE INDEX events_user_id ON events (user_id, occurred_at DESC, id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX events_session_id ON events (session_id, occurred_at DESC, id DESC) WHERE session_id IS NOT NULL;
CREATE INDEX events_transaction_id ON events (transaction_id, occurred_at DESC, id DESC) WHERE transaction_id IS NOT NULL;
CREATE INDEX events_anomaly ON events (occurred_at DESC, id DESC) WHERE anomaly;

-- The triage list: one anomaly per anomalous event, with its latest verdict.
CREATE TABLE anomalies (
  id          text PRIMARY KEY,
  event_id    text NOT NULL UNIQUE REFERENCES events (id),
  status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'confirmed', 'dismissed')),
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX anomalies_created_at ON anomalies (created_at DESC, id DESC);
CREATE INDEX anomalies_status ON anomalies (status, created_at DESC, id DESC);

-- Every verdict ever given, in order; an anomaly's status is the last of them.
CREATE TABLE feedback (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  anomaly_id  text NOT NULL REFERENCES anomalies (id),
  label       text NOT NULL CHECK (label IN ('confirmed', 'dismissed')),
  note        text,
  key_id      text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX feedback_anomaly ON feedback (anomaly_id, id);

-- Where alerts go. `secret` signs; the one before it still signs beside it until `previous_secret_until`.
CREATE TABLE webhooks (
  id                    text PRIMARY KEY,
  url                   text NOT NULL,
  description           text,
  types                 text[] NOT NULL,
  secret                text NOT NULL,
  previous_secret       text,
  previous_secret_until timestamptz,
  enabled               boolean NOT NULL DEFAULT true,
  disabled_reason       text,
  failing_since         timestamptz,
  created_at            timestamptz NOT NULL DEFAULT now(),
  deleted_at            timestamptz
);

-- What was alerted: `dedup_key` makes one cause one alert however often it is processed. `data` is the webhook's body data.
CREATE TABLE alerts (
  id          text PRIMARY KEY,
  type        text NOT NULL,
  dedup_key   text NOT NULL UNIQUE,
  event_id    text REFERENCES events (id),
  data        jsonb NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alerts_created_at ON alerts (created_at DESC, id DESC);

-- One alert to one webhook. `id` is the webhook-id header on every attempt. `next_attempt_at` is also the lease of an
-- attempt in progress: who attempts moves it ahead first, so a crash costs a delay and never a delivery.
CREATE TABLE deliveries (
  id              text PRIMARY KEY,
  alert_id        text NOT NULL REFERENCES alerts (id),
  webhook_id      text NOT NULL REFERENCES webhooks (id),
  status          text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'exhausted', 'cancelled')),
  attempts        integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  created_at      timestamptz NOT NULL DEFAULT now(),
  finished_at     timestamptz,
  UNIQUE (alert_id, webhook_id)
);
CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE status = 'pending';
CREATE INDEX deliveries_webhook ON deliveries (webhook_id, created_at DESC, id DESC);

CREATE TABLE delivery_attempts (
  delivery_id   text NOT NULL REFERENCES deliveries (id),
  attempt       integer NOT NULL,
  started_at    timestamptz NOT NULL,
  duration_ms   integer NOT NULL,
  status        integer,
  error         text,
  answer        text,
  PRIMARY KEY (delivery_id, attempt)
);

-- What could not be stored, with the reason: nothing is dropped silently.
CREATE TABLE failed_events (
  id          text PRIMARY KEY,
  event_id    text,
  reason      text NOT NULL,
  payload     jsonb NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX failed_events_created_at ON failed_events (created_at DESC, id DESC);

-- Keys by digest alone; a copy of each record lies in KV for the Workers.
CREATE TABLE api_keys (
  id          text PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('publishable', 'secret')),
  role        text CHECK (role IN ('ingest', 'analyst', 'operator', 'admin')),
  origins     text[] NOT NULL DEFAULT '{}',
  digest      text NOT NULL UNIQUE,
  description text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz,
  CHECK ((kind = 'secret') = (role IS NOT NULL))
);

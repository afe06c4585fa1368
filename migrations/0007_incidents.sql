-- How far the watch over the metrics has come: every minute before `watched_until` was taken in once. Who takes in more has to have
-- read the revision that is here.
CREATE TABLE watch_progress (
  one           boolean PRIMARY KEY DEFAULT true CHECK (one),
  watched_until timestamptz NOT NULL,
  chosen_at     timestamptz NOT NULL,
  revision      bigint NOT NULL
);

-- What is watched: everything, and the largest countries, device classes and categories. `state` goes from minute to minute, `profile`
-- is what is usual at each hour of the week, and changes with the hour.
CREATE TABLE watch_scopes (
  dimension text NOT NULL CHECK (dimension IN ('all', 'country', 'device', 'category')),
  member    text NOT NULL,
  state     jsonb NOT NULL,
  profile   jsonb NOT NULL,
  PRIMARY KEY (dimension, member)
);

-- Metrics that are not as usual. `signals` are where it shows, the first of them what it is named after; `closed_by` the key that closed
-- it, null when it was over by itself. Counts are by the minute; `impact` is revenue in `currency`, negative for a loss.
CREATE TABLE incidents (
  id          text PRIMARY KEY,
  status      text NOT NULL CHECK (status IN ('open', 'closed')),
  metric      text NOT NULL,
  dimension   text NOT NULL,
  member      text NOT NULL,
  title       text NOT NULL,
  started_at  timestamptz NOT NULL,
  opened_at   timestamptz NOT NULL,
  last_at     timestamptz NOT NULL,
  closed_at   timestamptz,
  closed_by   text,
  currency    text,
  observed    double precision,
  expected    double precision,
  low         double precision,
  high        double precision,
  change      double precision,
  impact      double precision,
  signals     jsonb NOT NULL,
  segments    jsonb NOT NULL,
  anomalies   integer NOT NULL,
  anomaly_ids text[] NOT NULL,
  note        text,
  alerted_at  timestamptz
);
CREATE INDEX incidents_opened_at ON incidents (opened_at DESC, id DESC);
CREATE INDEX incidents_status ON incidents (status, opened_at DESC, id DESC);
CREATE INDEX incidents_unalerted ON incidents (opened_at) WHERE alerted_at IS NULL;

-- Days, in UTC and both included, that are known to be unlike others.
CREATE TABLE calendar_days (
  id         text PRIMARY KEY,
  from_day   date NOT NULL,
  to_day     date NOT NULL,
  name       text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('busy', 'quiet', 'ignore')),
  factor     double precision,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  CHECK (from_day <= to_day)
);
CREATE INDEX calendar_days_created_at ON calendar_days (created_at DESC, id DESC);

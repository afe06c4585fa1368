-- `repeated`: the edge knew the id and answered `duplicate`. `v` is the form of the row: 2 is in the aggregates below; 1 is from before
-- there were any, and is brought into them by and by.
ALTER TABLE events
  ADD COLUMN repeated boolean NOT NULL DEFAULT false,
  ADD COLUMN v        smallint NOT NULL DEFAULT 1;
CREATE INDEX events_v1 ON events (id) WHERE v = 1;
CREATE INDEX events_repeated ON events (received_at) WHERE repeated;

-- Copies, answered `accepted`, of an event that another copy had the row for. When two copies are stored at the same moment the one
-- that has the row may stand here as well: who reads leaves out those with the row's own request_id.
CREATE TABLE stored_again (
  event_id    text NOT NULL,
  request_id  text NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (event_id, request_id)
);
CREATE INDEX stored_again_received_at ON stored_again (received_at);

-- What counts of a transaction once, however often it is reported: its first stored purchase that was not declined, and its first
-- stored refund. Either may come first.
CREATE TABLE transactions (
  id                text PRIMARY KEY,
  purchase_event_id text,
  refund_event_id   text
);

-- All refunds of a transaction, by currency: amounts of different ones are never added.
CREATE TABLE transaction_refunds (
  transaction_id  text NOT NULL,
  currency        text NOT NULL,
  refunds         integer NOT NULL,
  refunded        numeric NOT NULL,
  first_at        timestamptz NOT NULL,
  last_at         timestamptz NOT NULL,
  PRIMARY KEY (transaction_id, currency)
);

-- Sessions by their events: begun with the earliest, whose country and device they have. The columns `was_…` are what the row said
-- before its last change, for the statement that makes it: RETURNING shows a row only as it is afterwards.
CREATE TABLE sessions (
  id               text PRIMARY KEY,
  started_at       timestamptz NOT NULL,
  first_event_id   text NOT NULL,
  country          text NOT NULL,
  device           text NOT NULL,
  orders           integer NOT NULL,
  untrusted_events integer NOT NULL,
  was_started_at   timestamptz,
  was_country      text,
  was_device       text,
  was_trusted      boolean,
  was_converted    boolean
) WITH (fillfactor = 80);

-- Sums over the events and sessions of a minute, which begins at `at`; and of an hour and a day in UTC, in tables like it. Of each
-- `dimension` every event is in one `member`: all, or its name, country or device; in `category` are the items of orders alone.
-- `currency` is that of an order or refund, and '' for the rest. Room is left in the pages, as the present is written to all the time.
CREATE TABLE rollups_1m (
  dimension       text NOT NULL CHECK (dimension IN ('all', 'name', 'country', 'device', 'category')),
  at              timestamptz NOT NULL,
  member          text NOT NULL,
  trusted         boolean NOT NULL,
  currency        text NOT NULL,
  events          bigint NOT NULL,
  anomalies       bigint NOT NULL,
  declines        bigint NOT NULL,
  orders          bigint NOT NULL,
  revenue         numeric NOT NULL,
  quantity        bigint NOT NULL,
  refunded_orders bigint NOT NULL,
  refunded        numeric NOT NULL,
  sessions        bigint NOT NULL,
  converted       bigint NOT NULL,
  PRIMARY KEY (dimension, at, member, trusted, currency)
) WITH (fillfactor = 70);
CREATE TABLE rollups_1h (LIKE rollups_1m INCLUDING ALL) WITH (fillfactor = 70);
CREATE TABLE rollups_1d (LIKE rollups_1m INCLUDING ALL) WITH (fillfactor = 70);

-- Where alerts go: a webhook of a shop's own, or the API of a provider. `secret` signs for the first and is the provider's key for the
-- others, with what else they need in `settings`.
-- `strikes` counts failures in a row. Too many open the circuit: nothing is attempted before `open_until`, and then one attempt at a
-- time until one succeeds; `openings` counts how often that one failed as well.
-- `untold` is true from when the product disabled the webhook until an alert says so.
-- What was missed since `replay_since`, and had ended by `replay_asked_at`, is delivered again by the minute cron; both are null else.
ALTER TABLE webhooks
  ADD COLUMN kind            text NOT NULL DEFAULT 'webhook' CHECK (kind IN ('webhook', 'slack', 'pagerduty', 'email')),
  ADD COLUMN settings        jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN strikes         integer NOT NULL DEFAULT 0,
  ADD COLUMN openings        integer NOT NULL DEFAULT 0,
  ADD COLUMN open_until      timestamptz,
  ADD COLUMN disabled_at     timestamptz,
  ADD COLUMN untold          boolean NOT NULL DEFAULT false,
  ADD COLUMN replay_since    timestamptz,
  ADD COLUMN replay_asked_at timestamptz;

-- Attempts made before the latest replay: the schedule begins anew after them, and the numbers of the attempts go on.
ALTER TABLE deliveries ADD COLUMN attempts_before integer NOT NULL DEFAULT 0;
CREATE INDEX deliveries_waiting ON deliveries (webhook_id, created_at, id) WHERE status = 'pending';

-- A webhook that wants everything goes on wanting everything.
UPDATE webhooks SET types = types || '{webhook.disabled}'
WHERE types @> '{anomaly.detected,metric.anomaly,model.promoted,drift.detected,webhook.test}';

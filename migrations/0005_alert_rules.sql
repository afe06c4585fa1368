-- When to alert. All given `conditions` must hold. What is alike by `group_by` within `group_seconds` of the first is one alert; for
-- `cool_down_seconds` more, what is alike is counted to it. What is beyond `alerts_per_hour` goes into one digest. `webhook_ids` is null
-- for every webhook that wants the type. Rules are never deleted: the alerts they raised stay on record.
CREATE TABLE alert_rules (
  id                text PRIMARY KEY,
  version           integer NOT NULL DEFAULT 1,
  name              text NOT NULL,
  enabled           boolean NOT NULL,
  conditions        jsonb NOT NULL,
  group_by          text NOT NULL CHECK (group_by IN ('entity', 'reason')),
  group_seconds     integer NOT NULL,
  cool_down_seconds integer NOT NULL,
  alerts_per_hour   integer NOT NULL,
  webhook_ids       text[],
  silenced_until    timestamptz,
  created_at        timestamptz NOT NULL DEFAULT now(),
  created_by        text NOT NULL,
  updated_at        timestamptz NOT NULL DEFAULT now(),
  updated_by        text NOT NULL,
  deleted_at        timestamptz
);
CREATE INDEX alert_rules_created_at ON alert_rules (created_at DESC, id DESC);

-- Who changed what, written by the statement that makes the change. `before` is null of what was made, `after` of what was deleted.
CREATE TABLE audit_log (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at            timestamptz NOT NULL DEFAULT now(),
  key_id        text NOT NULL,
  action        text NOT NULL,
  subject_kind  text NOT NULL,
  subject_id    text NOT NULL,
  before        jsonb,
  after         jsonb
);
CREATE INDEX audit_log_subject ON audit_log (subject_kind, subject_id, id DESC);

-- The rule of a shop that has made none.
INSERT INTO alert_rules
  (id, name, enabled, conditions, group_by, group_seconds, cool_down_seconds, alerts_per_hour, created_by, updated_by)
  VALUES ('rule_default', 'Every anomaly', true, '{}', 'entity', 300, 0, 60, 'built in', 'built in');
INSERT INTO audit_log (key_id, action, subject_kind, subject_id, after)
  SELECT 'built in', 'created', 'alert_rule', id, to_jsonb(alert_rules) FROM alert_rules;

-- An anomaly is `unraised` until the rules have decided, once, which alerts it belongs to. `entity` is whom or what it is about, such as
-- `customer:17`; null when the event does not say.
ALTER TABLE anomalies
  ADD COLUMN unraised boolean NOT NULL DEFAULT false,
  ADD COLUMN entity   text;
CREATE INDEX anomalies_unraised ON anomalies (created_at, id) WHERE unraised;
UPDATE anomalies SET entity = coalesce(
    'customer:' || e.user_id, 'email:' || (e.event ->> 'email_hash'), 'client:' || e.client_id,
    'card:' || (e.event #>> '{payment,card_fingerprint}'), 'ip:' || (e.signals ->> 'ip_hash')
  )
  FROM events AS e WHERE e.id = event_id;

-- Of an alert about anomalies: `anomalies` counts them, from `opened_at` to `last_at`, `cooled` those of them that came in the cool-down,
-- between `closes_at` and `quiet_until`. `examples` are the highest scores. `hour_from` is the beginning of the hour of its rule in whose
-- number it counts; a silenced rule has hours and alerts of its own, with no delivery. A digest has no `group_key`, and gathers until
-- `due_at`, which is null once it went out. `data` is the webhook's body data as it was sent and does not change after that.
ALTER TABLE alerts
  ADD COLUMN rule_id          text REFERENCES alert_rules (id),
  ADD COLUMN group_key        text,
  ADD COLUMN silenced         boolean NOT NULL DEFAULT false,
  ADD COLUMN digest           boolean NOT NULL DEFAULT false,
  ADD COLUMN hour_from        timestamptz,
  ADD COLUMN opened_at        timestamptz,
  ADD COLUMN closes_at        timestamptz,
  ADD COLUMN quiet_until      timestamptz,
  ADD COLUMN last_at          timestamptz,
  ADD COLUMN due_at           timestamptz,
  ADD COLUMN anomalies        integer NOT NULL DEFAULT 0,
  ADD COLUMN cooled           integer NOT NULL DEFAULT 0,
  ADD COLUMN top_score        real,
  ADD COLUMN examples         jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN acknowledged_at  timestamptz,
  ADD COLUMN acknowledged_by  text;
CREATE INDEX alerts_group ON alerts (group_key, quiet_until) WHERE group_key IS NOT NULL;
CREATE INDEX alerts_hour ON alerts (rule_id, silenced, hour_from) WHERE rule_id IS NOT NULL;
CREATE INDEX alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL;

-- Which alerts an anomaly is in: one for every rule that matched it.
CREATE TABLE alert_anomalies (
  alert_id    text NOT NULL REFERENCES alerts (id),
  anomaly_id  text NOT NULL REFERENCES anomalies (id),
  PRIMARY KEY (alert_id, anomaly_id)
);
CREATE INDEX alert_anomalies_anomaly ON alert_anomalies (anomaly_id);
INSERT INTO alert_anomalies (alert_id, anomaly_id)
  SELECT alerts.id, anomalies.id FROM alerts JOIN anomalies USING (event_id);
UPDATE alerts SET anomalies = 1 WHERE id IN (SELECT alert_id FROM alert_anomalies);

CREATE TABLE alert_notes (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id    text NOT NULL REFERENCES alerts (id),
  note        text NOT NULL,
  key_id      text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alert_notes_alert ON alert_notes (alert_id, id);

-- Alerts are planned from what was read and written in one statement, which counts this on; should another have done so in between,
-- it writes nothing. One row.
CREATE TABLE alert_turns (
  id    smallint PRIMARY KEY,
  turn  bigint NOT NULL
);

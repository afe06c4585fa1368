-- Whom an event names beside its customer, so that all that one device, card, e-mail address or network did can be read from its newest
-- event on. Of devices and networks it is what was done that is looked for: nine of ten events are views, each would cost a write
-- somewhere in a large index, and those of a session are found by it.
CREATE INDEX events_client_id ON events (client_id, occurred_at DESC, id DESC)
  WHERE client_id IS NOT NULL AND name NOT IN ('page_view', 'view_item', 'view_item_list', 'search');
CREATE INDEX events_ip ON events ((signals ->> 'ip_hash'), occurred_at DESC, id DESC)
  WHERE signals ->> 'ip_hash' IS NOT NULL AND name NOT IN ('page_view', 'view_item', 'view_item_list', 'search');
CREATE INDEX events_email ON events ((event ->> 'email_hash'), occurred_at DESC, id DESC) WHERE event ->> 'email_hash' IS NOT NULL;
CREATE INDEX events_card ON events ((event #>> '{payment,card_fingerprint}'), occurred_at DESC, id DESC)
  WHERE event #>> '{payment,card_fingerprint}' IS NOT NULL;

-- Events of a country that few come from would else be looked for among all.
CREATE INDEX events_country ON events (country, occurred_at DESC, id DESC) WHERE country IS NOT NULL;

-- The one event in a hundred whose score is worth looking for. The score is in the index, so that only what is found is read.
CREATE INDEX events_score ON events (occurred_at DESC, id DESC, score) WHERE score >= 0.4;

-- What anomalies are looked for by that stands in their events: few and small, so that all of them are gone through in a moment.
CREATE INDEX events_anomaly_traits ON events (id, name, country, user_id, client_id, session_id, transaction_id, score) WHERE anomaly;
CREATE INDEX events_anomaly_reasons ON events USING gin ((assessment -> 'reasons') jsonb_path_ops) WHERE anomaly;

-- What else was found of the same customer, device or card.
CREATE INDEX anomalies_entity ON anomalies (entity, created_at DESC, id DESC) WHERE entity IS NOT NULL;

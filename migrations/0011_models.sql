-- Models by version: those that training made, and the one that a deployment brings. `sha256` and `bytes` are those of the ONNX file; the
-- keys name files of the MODELS bucket, which were read back before the row was written. `run_id` is null of what no training run made.
CREATE TABLE models (
  version     text PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('isolation-forest', 'client-blend')),
  card        jsonb NOT NULL,
  onnx_key    text NOT NULL,
  card_key    text NOT NULL,
  sha256      text NOT NULL,
  bytes       integer NOT NULL,
  run_id      text,
  created_at  timestamptz NOT NULL
);
CREATE INDEX models_created_at ON models (created_at DESC, version DESC);

-- Calibrations by version, each fitted on the outputs of one model, or of one and a client model. `rows` and `days` are what it was fitted
-- on, null where nobody said; `summary` is what was measured of it, for people.
CREATE TABLE calibrations (
  version       text PRIMARY KEY,
  model         text NOT NULL REFERENCES models (version),
  client_model  text REFERENCES models (version),
  file_key      text NOT NULL,
  rows          integer,
  days          integer,
  summary       jsonb NOT NULL,
  run_id        text,
  created_at    timestamptz NOT NULL
);
CREATE INDEX calibrations_created_at ON calibrations (created_at DESC, version DESC);
CREATE INDEX calibrations_model ON calibrations (model, created_at DESC);
CREATE INDEX calibrations_client_model ON calibrations (client_model, created_at DESC);

-- What decided, and since when: the one with the largest number decides now, and none is ever changed or deleted. Each number is the one
-- before it and 1, so that of two releases made at once the second has to look again. `previous` is the release that a rollback goes back
-- to; `restores` is the one that a rollback brought back. `by` is the id of an operator's key, or who else did it.
CREATE TABLE releases (
  number        integer PRIMARY KEY,
  id            text NOT NULL UNIQUE,
  kind          text NOT NULL CHECK (kind IN ('bundled', 'trained', 'promoted', 'rolled_back')),
  model         text NOT NULL REFERENCES models (version),
  client_model  text REFERENCES models (version),
  calibration   text NOT NULL REFERENCES calibrations (version),
  previous      integer REFERENCES releases (number),
  restores      integer REFERENCES releases (number),
  by            text NOT NULL,
  reason        text NOT NULL,
  run_id        text UNIQUE,
  at            timestamptz NOT NULL,
  CHECK ((kind = 'rolled_back') = (restores IS NOT NULL))
);

-- What scored beside the release that decides, and until when; one at a time.
CREATE TABLE shadows (
  id            text PRIMARY KEY,
  model         text NOT NULL REFERENCES models (version),
  client_model  text REFERENCES models (version),
  calibration   text NOT NULL REFERENCES calibrations (version),
  run_id        text,
  started_by    text NOT NULL,
  started_at    timestamptz NOT NULL,
  stopped_by    text,
  stopped_at    timestamptz
);
CREATE UNIQUE INDEX shadows_one ON shadows ((true)) WHERE stopped_at IS NULL;

-- The edge follows all of it through KV. The files of a model change when a deployment brings its own anew.
CREATE TRIGGER releases_changed AFTER INSERT OR UPDATE OR DELETE ON releases
  FOR EACH STATEMENT EXECUTE FUNCTION config_changed('release');
CREATE TRIGGER models_rewritten AFTER UPDATE ON models
  FOR EACH STATEMENT EXECUTE FUNCTION config_changed('release');
CREATE TRIGGER calibrations_rewritten AFTER UPDATE ON calibrations
  FOR EACH STATEMENT EXECUTE FUNCTION config_changed('release');
CREATE TRIGGER shadows_changed AFTER INSERT OR UPDATE OR DELETE ON shadows
  FOR EACH STATEMENT EXECUTE FUNCTION config_changed('shadow');

-- Entries of the allow and the block list. None is ever deleted: who listed what, until when, and who took it off stays on record.
-- `value` is in the one spelling of its kind. An entry that expired and is made anew ends when it expired. The ids of keys are not
-- references, as a key may be known to KV alone.
CREATE TABLE list_entries (
  id          text PRIMARY KEY,
  list        text NOT NULL CHECK (list IN ('allow', 'block')),
  kind        text NOT NULL CHECK (kind IN ('customer', 'card', 'email', 'email_domain', 'ip', 'country')),
  value       text NOT NULL,
  note        text,
  expires_at  timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  created_by  text NOT NULL,
  removed_at  timestamptz,
  removed_by  text
);
CREATE UNIQUE INDEX list_entries_value ON list_entries (list, kind, value) WHERE removed_at IS NULL;
CREATE INDEX list_entries_created_at ON list_entries (created_at DESC, id DESC);

-- What operators set of detection; the last version holds. `effective_threshold` is what came of the wish in `settings`: null where the
-- deployment's own holds. `key_id` is null where the calibration wrote it.
CREATE TABLE detection_settings (
  version              integer PRIMARY KEY,
  settings             jsonb NOT NULL,
  effective_threshold  double precision,
  effective_reason     text NOT NULL,
  key_id               text,
  at                   timestamptz NOT NULL DEFAULT now()
);

-- What the edge reads from KV, a document each. `revision` counts the changes of what is in it, by the tables themselves, whatever
-- writes to them; the copy in KV is behind wherever `copied_revision` is another.
CREATE TABLE config_copies (
  name             text PRIMARY KEY,
  revision         integer NOT NULL,
  copied_revision  integer
);

CREATE FUNCTION config_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO config_copies AS known (name, revision) VALUES (TG_ARGV[0], 1)
  ON CONFLICT (name) DO UPDATE SET revision = known.revision + 1;
  RETURN NULL;
END
$$;
CREATE TRIGGER list_entries_changed AFTER INSERT OR UPDATE OR DELETE ON list_entries
  FOR EACH STATEMENT EXECUTE FUNCTION config_changed('lists');
CREATE TRIGGER detection_settings_changed AFTER INSERT OR UPDATE OR DELETE ON detection_settings
  FOR EACH STATEMENT EXECUTE FUNCTION config_changed('detection');

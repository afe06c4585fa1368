-- Keys are never deleted: who made and who ended them stays on record. The ids of keys in `created_by` and `revoked_by` are not
-- references, as a key may be known to KV alone.
-- `revision` counts the changes of what KV has to know; the copy in KV is behind wherever `copied_revision` is another.
ALTER TABLE api_keys
  ADD COLUMN created_by      text,
  ADD COLUMN revoked_at      timestamptz,
  ADD COLUMN revoked_by      text,
  ADD COLUMN replaced_by     text REFERENCES api_keys (id),
  ADD COLUMN changed_at      timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN revision        integer NOT NULL DEFAULT 1,
  ADD COLUMN copied_revision integer;
CREATE INDEX api_keys_created_at ON api_keys (created_at DESC, id DESC);
CREATE INDEX api_keys_uncopied ON api_keys (changed_at, id) WHERE copied_revision IS DISTINCT FROM revision;

-- The documents of an order are more than a row holds without being compressed, which with pglz is most of the work of storing them. Rows
-- that are there stay as they are. A server that was built without lz4 goes on with pglz.
DO $$
BEGIN
  ALTER TABLE events
    ALTER COLUMN event SET COMPRESSION lz4,
    ALTER COLUMN signals SET COMPRESSION lz4,
    ALTER COLUMN assessment SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  RAISE NOTICE 'events are compressed with pglz: this server has no lz4';
END
$$;

-- Runs as it is on H2 and on PostgreSQL.

-- The bytes of a version may lie in an object store.
ALTER TABLE artifacts ALTER COLUMN body DROP NOT NULL;
ALTER TABLE artifacts ADD COLUMN object_key VARCHAR(500);
ALTER TABLE artifacts ADD COLUMN sha256 VARCHAR(64);

-- Objects that are being written, and those that no version needs any more.
CREATE TABLE discarded_objects (
  object_key   VARCHAR(500) NOT NULL PRIMARY KEY,
  discarded_at TIMESTAMP WITH TIME ZONE NOT NULL
);

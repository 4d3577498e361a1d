-- Runs as it is on H2 and on PostgreSQL.

-- All that is known of one version, for its file of evidence, however long the log is.
CREATE INDEX audit_by_to_version ON audit (model, to_version, id);
CREATE INDEX audit_by_from_version ON audit (model, from_version, id);

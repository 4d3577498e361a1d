-- Runs as it is on H2 and on PostgreSQL.

-- Pages of the log and "which version decided then" read a key backwards, however long the log is.
CREATE INDEX audit_by_model ON audit (model, id);
DROP INDEX audit_by_alias;
CREATE INDEX audit_by_alias ON audit (model, alias, changed_at, id);

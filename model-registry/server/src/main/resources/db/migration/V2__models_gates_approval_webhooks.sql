-- Runs as it is on H2 and on PostgreSQL.

CREATE TABLE models (
  model        VARCHAR(200)  NOT NULL PRIMARY KEY,
  description  VARCHAR(5000) DEFAULT '' NOT NULL,
  created_at   TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at   TIMESTAMP WITH TIME ZONE NOT NULL,
  deleted      BOOLEAN       DEFAULT FALSE NOT NULL,
  last_version BIGINT        NOT NULL    -- a number is never given twice
);
INSERT INTO models (model, created_at, updated_at, last_version)
  SELECT model, MIN(registered_at), MAX(registered_at), MAX(version) FROM versions GROUP BY model;

-- Lists of versions must not read their artifacts.
CREATE TABLE artifacts (
  model   VARCHAR(200) NOT NULL,
  version BIGINT       NOT NULL,
  body    BYTEA        NOT NULL,        -- Avro body of ModelVersion
  PRIMARY KEY (model, version),
  FOREIGN KEY (model, version) REFERENCES versions (model, version)
);
INSERT INTO artifacts (model, version, body)
  SELECT model, version, artifact FROM versions WHERE artifact IS NOT NULL;

ALTER TABLE versions ADD COLUMN pruned BOOLEAN DEFAULT FALSE NOT NULL;
UPDATE versions SET pruned = TRUE WHERE artifact IS NULL;
ALTER TABLE versions DROP COLUMN artifact;
ALTER TABLE versions ADD COLUMN description VARCHAR(5000) DEFAULT '' NOT NULL;
ALTER TABLE versions ADD COLUMN source VARCHAR(2000);
ALTER TABLE versions ADD COLUMN updated_at TIMESTAMP WITH TIME ZONE;
UPDATE versions SET updated_at = registered_at;
ALTER TABLE versions ALTER COLUMN updated_at SET NOT NULL;
CREATE INDEX versions_by_time ON versions (registered_at);

-- Of a version, or of the model itself (version 0).
CREATE TABLE tags (
  model     VARCHAR(200)  NOT NULL,
  version   BIGINT        NOT NULL,
  tag_key   VARCHAR(250)  NOT NULL,
  tag_value VARCHAR(5000) NOT NULL,
  PRIMARY KEY (model, version, tag_key)
);

CREATE TABLE gates (
  model    VARCHAR(200)  NOT NULL,
  version  BIGINT        NOT NULL,
  gate     VARCHAR(50)   NOT NULL,
  outcome  VARCHAR(20)   NOT NULL,      -- PASSED, FAILED or SKIPPED
  measured DOUBLE PRECISION,
  bound    DOUBLE PRECISION,
  detail   VARCHAR(2000) NOT NULL,
  PRIMARY KEY (model, version, gate)
);

-- An alias can be taken away; each row seals the ones before it.
ALTER TABLE audit ALTER COLUMN to_version DROP NOT NULL;
ALTER TABLE audit ADD COLUMN hash VARCHAR(64) DEFAULT '' NOT NULL;
ALTER TABLE outbox ALTER COLUMN version DROP NOT NULL;

CREATE TABLE promotion_requests (
  id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model        VARCHAR(200)  NOT NULL,
  alias        VARCHAR(100)  NOT NULL,
  version      BIGINT        NOT NULL,
  from_version BIGINT,
  state        VARCHAR(20)   NOT NULL,  -- PENDING, APPROVED or REJECTED
  asked_at     TIMESTAMP WITH TIME ZONE NOT NULL,
  asked_by     VARCHAR(200)  NOT NULL,
  asked_why    VARCHAR(2000) NOT NULL,
  decided_at   TIMESTAMP WITH TIME ZONE,
  decided_by   VARCHAR(200),
  decided_why  VARCHAR(2000)
);
CREATE INDEX promotion_requests_by_model ON promotion_requests (model, id);

CREATE TABLE webhooks (
  id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  url        VARCHAR(2000) NOT NULL,
  secret     VARCHAR(200)  NOT NULL,    -- signs what is sent
  model      VARCHAR(200)  NOT NULL,    -- empty for all
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by VARCHAR(200)  NOT NULL
);

-- What webhooks are still to be told; a row leaves when they have answered, or when its tries are used up.
CREATE TABLE deliveries (
  id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  webhook_id BIGINT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  audit_id   BIGINT NOT NULL REFERENCES audit (id),
  attempts   INT    NOT NULL,
  next_at    TIMESTAMP WITH TIME ZONE NOT NULL,
  failure    VARCHAR(500)
);
CREATE INDEX deliveries_by_time ON deliveries (next_at);

-- 'writes' puts changes in one order; 'active' says which instance takes candidates and announces.
CREATE TABLE locks (
  name       VARCHAR(20) NOT NULL PRIMARY KEY,
  holder     VARCHAR(200),
  expires_at TIMESTAMP WITH TIME ZONE
);
INSERT INTO locks (name) VALUES ('writes');
INSERT INTO locks (name) VALUES ('active');

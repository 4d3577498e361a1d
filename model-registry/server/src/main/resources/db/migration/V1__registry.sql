-- Runs as it is on H2 and on PostgreSQL.

CREATE TABLE versions (
  model         VARCHAR(200) NOT NULL,
  version       BIGINT       NOT NULL,
  job_id        VARCHAR(200) NOT NULL,
  sequence      BIGINT       NOT NULL,
  state         VARCHAR(20)  NOT NULL,  -- READY or REJECTED
  reason        VARCHAR(2000),          -- why it was rejected
  checksum      VARCHAR(64)  NOT NULL,
  fingerprint   VARCHAR(64)  NOT NULL,
  created_at    TIMESTAMP WITH TIME ZONE NOT NULL,
  event_time    TIMESTAMP WITH TIME ZONE NOT NULL,
  registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
  artifact      BYTEA,                  -- Avro body of ModelVersion; null once pruned
  PRIMARY KEY (model, version),
  UNIQUE (model, job_id, sequence)
);

CREATE TABLE aliases (
  model      VARCHAR(200) NOT NULL,
  alias      VARCHAR(100) NOT NULL,
  version    BIGINT       NOT NULL,
  pinned     BOOLEAN      NOT NULL,     -- moved by a person: the automatic policy keeps off
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (model, alias),
  FOREIGN KEY (model, version) REFERENCES versions (model, version)
);

-- Append-only: one row for each change of an alias.
CREATE TABLE audit (
  id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  changed_at   TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_by   VARCHAR(200)  NOT NULL,
  action       VARCHAR(20)   NOT NULL,  -- PROMOTE, ROLLBACK, UNPIN
  model        VARCHAR(200)  NOT NULL,
  alias        VARCHAR(100)  NOT NULL,
  from_version BIGINT,
  to_version   BIGINT        NOT NULL,
  reason       VARCHAR(2000) NOT NULL
);
CREATE INDEX audit_by_alias ON audit (model, alias, changed_at);

-- What is still to be announced on the topic of models, in order.
CREATE TABLE outbox (
  id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model       VARCHAR(200) NOT NULL,
  alias       VARCHAR(100) NOT NULL,
  version     BIGINT       NOT NULL,
  promoted_at TIMESTAMP WITH TIME ZONE NOT NULL,
  promoted_by VARCHAR(200) NOT NULL
);

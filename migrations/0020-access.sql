-- What the REST server keeps beside users and tokens.

-- SHA-256 of the one-time code that makes the first administrator; gone once it was used.
CREATE TABLE setup_code (
  one    boolean PRIMARY KEY DEFAULT true CHECK (one),
  digest text NOT NULL
);

CREATE INDEX tokens_name ON tokens (name);
CREATE INDEX tokens_expiry ON tokens (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX audit_at ON audit (at);

-- Long work that somebody asked for and wants to follow: a wish about a part of the graph. How far it is, the noderoles
-- say; the row remembers who wished what, and how it ended.
CREATE TABLE operations (
  id            uuid PRIMARY KEY,
  kind          text NOT NULL,
  actor         text NOT NULL,
  deployment_id uuid REFERENCES deployments ON DELETE CASCADE,
  node_id       uuid REFERENCES nodes ON DELETE CASCADE,
  node_role_id  uuid REFERENCES node_roles ON DELETE CASCADE,
  -- Events after this one may tell of it.
  after_seq     bigint NOT NULL,
  started_at    timestamptz NOT NULL DEFAULT now(),
  finished_at   timestamptz,
  outcome       text CHECK (outcome IN ('succeeded', 'failed')),
  CHECK (num_nonnulls(deployment_id, node_id, node_role_id) = 1),
  CHECK ((finished_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX operations_started ON operations (started_at DESC, id);

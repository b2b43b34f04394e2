-- Who may do what, and who did.

CREATE TABLE users (
  id            uuid PRIMARY KEY,
  name          text NOT NULL CHECK (name ~ '^[A-Za-z0-9][-_.@A-Za-z0-9]{0,62}$'),
  display       text NOT NULL DEFAULT '',
  password_hash text,
  role          text NOT NULL CHECK (role IN ('admin', 'operator', 'viewer')),
  locked        boolean NOT NULL DEFAULT false,
  version       bigint NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_name ON users (lower(name));

CREATE TABLE tokens (
  id           uuid PRIMARY KEY,
  name         text NOT NULL,
  -- SHA-256 of the secret; the secret itself is shown once and never kept.
  hash         bytea NOT NULL UNIQUE,
  prefix       text NOT NULL,
  user_id      uuid REFERENCES users ON DELETE CASCADE,
  -- A node's own token: it may speak for that node and nothing else.
  node_id      uuid REFERENCES nodes ON DELETE CASCADE,
  run_id       uuid REFERENCES runs ON DELETE CASCADE,
  role         text NOT NULL CHECK (role IN ('admin', 'operator', 'viewer', 'node')),
  expires_at   timestamptz,
  last_used_at timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  CHECK ((role = 'node') = (node_id IS NOT NULL))
);
CREATE INDEX tokens_user ON tokens (user_id);

CREATE TABLE audit (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at       timestamptz NOT NULL DEFAULT now(),
  actor    text NOT NULL,
  action   text NOT NULL,
  subject  text NOT NULL,
  status   integer NOT NULL,
  request  text NOT NULL DEFAULT '',
  detail   jsonb
);

CREATE TABLE idempotency_keys (
  actor       text NOT NULL,
  key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  fingerprint text NOT NULL,
  -- Null while the first request is still being answered.
  status      integer,
  body        jsonb,
  headers     jsonb,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE settings (
  key     text PRIMARY KEY,
  value   jsonb NOT NULL,
  version bigint NOT NULL DEFAULT 1
);
INSERT INTO settings (key, value) VALUES ('runs_at_once_max', '10');

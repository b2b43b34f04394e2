-- The outbox of news: facts in the order in which they became true, without gaps. A transaction takes its numbers last and
-- holds the counter until it commits, so a reader that has seen n has seen everything before n.

CREATE TABLE event_counter (
  one  boolean PRIMARY KEY DEFAULT true CHECK (one),
  last bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
INSERT INTO event_counter DEFAULT VALUES;

CREATE TABLE events (
  seq           bigint PRIMARY KEY,
  at            timestamptz NOT NULL DEFAULT now(),
  kind          text NOT NULL,
  node_role_id  uuid,
  node_id       uuid,
  deployment_id uuid,
  run_id        uuid,
  actor         text NOT NULL DEFAULT '',
  data          jsonb
);

-- Who wants to hear of events. `position` is the last event that was dealt with.
CREATE TABLE hooks (
  id          uuid PRIMARY KEY,
  name        text NOT NULL UNIQUE,
  role_id     uuid REFERENCES roles ON DELETE CASCADE,
  -- {"kind": "node.*", "deployment": ..., "role": ...}: a key that is absent matches.
  selector    jsonb NOT NULL DEFAULT '{}',
  -- {"kind": "webhook", "url": ...} or {"kind": "rerun"}; the webhook's key stands apart.
  sink        jsonb NOT NULL,
  signing_key text,
  deadline_ms integer NOT NULL DEFAULT 10000 CHECK (deadline_ms BETWEEN 100 AND 300000),
  position    bigint NOT NULL DEFAULT 0,
  failures    integer NOT NULL DEFAULT 0,
  retry_at    timestamptz,
  last_error  text NOT NULL DEFAULT '',
  active      boolean NOT NULL DEFAULT true,
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL DEFAULT now()
);
-- Events that a hook could not be told of, kept for a person.
CREATE TABLE hook_dead_letters (
  hook_id uuid NOT NULL REFERENCES hooks ON DELETE CASCADE,
  seq     bigint NOT NULL,
  at      timestamptz NOT NULL DEFAULT now(),
  error   text NOT NULL,
  PRIMARY KEY (hook_id, seq)
);

-- The outbox of work: a run is one piece of work for one noderole. Whoever may do it is told through a queue, which may
-- lose or repeat what it is given: these rows decide.

CREATE SEQUENCE run_fences;

CREATE TABLE runs (
  id                  uuid PRIMARY KEY,
  node_role_id        uuid NOT NULL REFERENCES node_roles ON DELETE CASCADE,
  node_id             uuid NOT NULL REFERENCES nodes ON DELETE CASCADE,
  attempt             integer NOT NULL DEFAULT 1 CHECK (attempt > 0),
  -- Grows with every attempt anywhere: a node refuses work with a smaller number than it has seen.
  fence               bigint NOT NULL DEFAULT nextval('run_fences'),
  state               text NOT NULL DEFAULT 'queued'
                      CHECK (state IN ('queued', 'running', 'waiting', 'succeeded', 'failed', 'not-yet', 'lost-contact', 'cancelled')),
  jig                 text NOT NULL,
  rerun               boolean NOT NULL DEFAULT false,
  worker_id           uuid,
  queued_at           timestamptz NOT NULL DEFAULT now(),
  dispatched_at       timestamptz NOT NULL DEFAULT now(),
  started_at          timestamptz,
  finished_at         timestamptz,
  deadline_at         timestamptz,
  cancel_requested_by text,
  exit_code           integer,
  reason              text NOT NULL DEFAULT '',
  reboot_needed       boolean NOT NULL DEFAULT false,
  -- Frozen when the run was planned.
  input               jsonb NOT NULL,
  outputs             jsonb,
  log_lines           integer NOT NULL DEFAULT 0,
  log_bytes           bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80);
-- Promise P2: at most one run on a node.
CREATE UNIQUE INDEX runs_one_per_node ON runs (node_id) WHERE state IN ('queued', 'running', 'waiting');
CREATE INDEX runs_node_role ON runs (node_role_id, queued_at DESC);

CREATE TABLE run_log_lines (
  run_id  uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
  line    integer NOT NULL,
  attempt integer NOT NULL,
  at      timestamptz NOT NULL DEFAULT now(),
  stream  text NOT NULL CHECK (stream IN ('out', 'err', 'anneal')),
  text    text NOT NULL,
  PRIMARY KEY (run_id, line)
);

-- A process that carries runs out. Silent for too long, it has lost them.
CREATE TABLE workers (
  id           uuid PRIMARY KEY,
  host         text NOT NULL,
  pid          integer NOT NULL,
  started_at   timestamptz NOT NULL DEFAULT now(),
  heartbeat_at timestamptz NOT NULL DEFAULT now()
);

-- Who leads a loop that only one process may run. `epoch` fences off a former leader that woke up late.
CREATE TABLE leases (
  name       text PRIMARY KEY,
  holder     uuid NOT NULL,
  epoch      bigint NOT NULL DEFAULT 1,
  expires_at timestamptz NOT NULL
);

CREATE TABLE rollouts (
  id                  uuid PRIMARY KEY,
  deployment_id       uuid NOT NULL REFERENCES deployments ON DELETE CASCADE,
  snapshot_id         uuid REFERENCES snapshots ON DELETE SET NULL,
  wave_size           integer NOT NULL CHECK (wave_size > 0),
  pause_ms            bigint NOT NULL DEFAULT 0 CHECK (pause_ms >= 0),
  stop_failed_percent integer CHECK (stop_failed_percent BETWEEN 0 AND 100),
  state               text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'stopped', 'done')),
  wave                integer NOT NULL DEFAULT 1,
  waves               integer NOT NULL,
  wave_ended_at       timestamptz,
  reason              text NOT NULL DEFAULT '',
  version             bigint NOT NULL DEFAULT 1,
  created_at          timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX rollouts_one_open ON rollouts (deployment_id) WHERE state IN ('running', 'paused');
CREATE TABLE rollout_nodes (
  rollout_id uuid NOT NULL REFERENCES rollouts ON DELETE CASCADE,
  node_id    uuid NOT NULL REFERENCES nodes ON DELETE CASCADE,
  wave       integer NOT NULL CHECK (wave > 0),
  PRIMARY KEY (rollout_id, node_id)
);

-- Installs: which machine gets which operating system on which disks, and how far it is. A run of the jig `install` has one,
-- and these rows decide what its machine may still say. No secret is kept, only digests.

CREATE TABLE installs (
  id           uuid PRIMARY KEY,
  node_id      uuid NOT NULL REFERENCES nodes ON DELETE CASCADE,
  node_role_id uuid NOT NULL REFERENCES node_roles ON DELETE CASCADE,
  run_id       uuid NOT NULL UNIQUE REFERENCES runs ON DELETE CASCADE,
  phase        text NOT NULL
               CHECK (phase IN ('planned', 'armed', 'rebooting', 'installing', 'installed', 'joined', 'failed', 'cancelled')),
  phase_since  timestamptz NOT NULL,
  -- When each phase began, in milliseconds since the epoch.
  times        jsonb NOT NULL,
  -- Frozen when it was planned.
  plan         jsonb NOT NULL,
  via          text CHECK (via IN ('ssh', 'netboot')),
  session      text,
  -- SHA-256, hex.
  token_hash   text CHECK (length(token_hash) = 64),
  join_hash    text CHECK (length(join_hash) = 64),
  heard_at     timestamptz,
  boot_id      text,
  host_key     text,
  step         text NOT NULL DEFAULT '',
  percent      smallint CHECK (percent BETWEEN 0 AND 100),
  says         text NOT NULL DEFAULT '',
  powered_at   timestamptz,
  powered      integer NOT NULL DEFAULT 0,
  reason       text NOT NULL DEFAULT '',
  log_tail     jsonb NOT NULL DEFAULT '[]',
  created_at   timestamptz NOT NULL DEFAULT now(),
  -- What has ended has no token that works.
  CHECK (phase NOT IN ('failed', 'cancelled') OR (token_hash IS NULL AND join_hash IS NULL))
) WITH (fillfactor = 70);
-- An install owns its node.
CREATE UNIQUE INDEX installs_one_per_node ON installs (node_id)
  WHERE phase IN ('planned', 'armed', 'rebooting', 'installing', 'installed');
CREATE INDEX installs_node ON installs (node_id, created_at DESC);
CREATE INDEX installs_node_role ON installs (node_role_id);
CREATE INDEX installs_created ON installs (created_at DESC, id);

-- Whose a disk is. Kept until the noderole is taken off its node, also when an install failed: what is on it may be half of
-- something.
CREATE TABLE disk_claims (
  node_id      uuid NOT NULL REFERENCES nodes ON DELETE CASCADE,
  disk_id      text NOT NULL,
  node_role_id uuid NOT NULL REFERENCES node_roles ON DELETE CASCADE,
  bytes        bigint NOT NULL,
  since        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (node_id, disk_id)
);
CREATE INDEX disk_claims_node_role ON disk_claims (node_role_id);

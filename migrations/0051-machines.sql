-- Machines that enrol: each boot of theirs as a session, what rules make of new ones, what they report later, and the keys
-- by which workers log in to them.

-- One for each boot that has proved itself: by the ticket that netboot sealed, by an install that joined, or by a person
-- who said so. Its id is that of the ticket, so that a ticket is good once.
CREATE TABLE boot_sessions (
  id         uuid PRIMARY KEY,
  -- A ticket stays used when its node is deleted.
  node_id    uuid REFERENCES nodes ON DELETE SET NULL,
  -- memory: a system that netboot gave it. disk: its own.
  system     text NOT NULL CHECK (system IN ('memory', 'disk')),
  bootenv    text NOT NULL,
  -- When its boot script was rendered, by the clock of netboot: of two boots of a node the later one counts.
  made_at    timestamptz NOT NULL,
  begun_at   timestamptz NOT NULL DEFAULT now(),
  -- When it was first seen alive in this session.
  reached_at timestamptz,
  -- The kernel's own id of the boot, where it told.
  boot_id    text,
  address    text,
  -- SHA-256 of what was posted: who lost the answer and asks the same again gets another one, once.
  digest     bytea,
  answers    integer NOT NULL DEFAULT 1
);
CREATE INDEX boot_sessions_node ON boot_sessions (node_id, begun_at);
CREATE INDEX boot_sessions_begun ON boot_sessions (begun_at);

-- Both columns without default are added at once, whatever the size of the table; the indexes are built under a lock that
-- keeps writers out for some milliseconds per thousand nodes.
ALTER TABLE nodes
  ADD COLUMN boot_session_id uuid REFERENCES boot_sessions ON DELETE SET NULL,
  -- A person looks at it: it is in discovery, and nothing is done on it.
  ADD COLUMN debugging boolean NOT NULL DEFAULT false,
  -- under-way: its disks are being erased. done: it stays for the record, and is worked on no more.
  ADD COLUMN retirement text NOT NULL DEFAULT 'none' CHECK (retirement IN ('none', 'under-way', 'done'));
CREATE INDEX nodes_uuid ON nodes (lower(inventory #>> '{system,uuid}'));
CREATE INDEX nodes_macs ON nodes USING gin (macs);
CREATE INDEX nodes_boot_session ON nodes (boot_session_id);

-- A node's token is good for the boot that it was made in, and for no other.
ALTER TABLE tokens ADD COLUMN boot_session_id uuid REFERENCES boot_sessions ON DELETE CASCADE;
CREATE INDEX tokens_boot_session ON tokens (boot_session_id) WHERE boot_session_id IS NOT NULL;

CREATE TABLE enrolment_rules (
  id          uuid PRIMARY KEY,
  name        text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$'),
  description text NOT NULL DEFAULT '',
  priority    integer NOT NULL DEFAULT 50,
  enabled     boolean NOT NULL DEFAULT true,
  -- Nobody after it is asked.
  final       boolean NOT NULL DEFAULT false,
  -- {"product": "PowerEdge*", "memory_gib": {"at_least": 64}}
  match       jsonb NOT NULL DEFAULT '{}',
  -- {"decision": "accept", "name": "node-{{serial}}", "groups": ["rack/r1"], …}
  effects     jsonb NOT NULL DEFAULT '{}',
  version     bigint NOT NULL DEFAULT 1
);

-- What a machine says is wrong with a part of it, until it says that it is well again.
CREATE TABLE machine_reports (
  id          uuid PRIMARY KEY,
  node_id     uuid NOT NULL REFERENCES nodes ON DELETE CASCADE,
  part        text NOT NULL CHECK (part IN ('drive', 'link', 'memory', 'fan', 'power', 'temperature', 'other')),
  -- Which one: a disk's stable id, the name of a card.
  subject     text NOT NULL,
  severity    text NOT NULL CHECK (severity IN ('warning', 'failure')),
  says        text NOT NULL,
  times       integer NOT NULL DEFAULT 1,
  reported_at timestamptz NOT NULL DEFAULT now(),
  last_at     timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz
);
CREATE INDEX machine_reports_node ON machine_reports (node_id, last_at);
-- One open report of each part: the same again counts it.
CREATE UNIQUE INDEX machine_reports_open ON machine_reports (node_id, part, subject) WHERE resolved_at IS NULL;

-- The public keys by which workers log in to nodes; a machine that enrols is given them all.
CREATE TABLE worker_keys (
  public_key text PRIMARY KEY,
  host       text NOT NULL,
  seen_at    timestamptz NOT NULL DEFAULT now()
);

-- Machines on their way in by hand, and on their way out.

ALTER TABLE nodes
  -- What it was to boot before somebody took it aside to look at it.
  ADD COLUMN debug_bootenv text,
  -- When it was last restarted so that its disks can be erased.
  ADD COLUMN retire_powered_at timestamptz;
CREATE INDEX nodes_retiring ON nodes (id) WHERE retirement = 'under-way';

-- Machines that run already and are to be taken in without an install. The leader asks them, and writes what came of it.
CREATE TABLE adoptions (
  node_id   uuid PRIMARY KEY REFERENCES nodes ON DELETE CASCADE,
  state     text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'done', 'failed')),
  -- What is committed when it is done.
  commits   boolean NOT NULL DEFAULT false,
  says      text NOT NULL DEFAULT '',
  asked_at  timestamptz NOT NULL DEFAULT now(),
  -- When it is given up.
  until     timestamptz NOT NULL,
  ended_at  timestamptz
);
CREATE INDEX adoptions_asked ON adoptions (asked_at) WHERE state = 'asked';

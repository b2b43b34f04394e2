-- Tells this installation from any other, and from one that was made anew on the same nodes: what nodes remember of runs
-- is kept apart by it.
CREATE TABLE installation (
  one     boolean PRIMARY KEY DEFAULT true CHECK (one),
  id      uuid NOT NULL DEFAULT gen_random_uuid(),
  made_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO installation DEFAULT VALUES;

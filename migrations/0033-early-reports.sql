-- What a node reported of a run while the scripts that began its work were still running: it counts when they are done.
-- Holds the attempt that it was said of; a newer attempt begins anew.
ALTER TABLE runs ADD COLUMN reported jsonb;

-- What a worker does, as it tells with each heartbeat: how its loops turn, and the queue as it sees it. Read by health alone;
-- nothing is decided by it. A value for rows that are there already is no rewrite of the table.
ALTER TABLE workers ADD COLUMN doing jsonb NOT NULL DEFAULT '{}';

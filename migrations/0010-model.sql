-- What the model's use cases need beyond the first tables.

-- A row is what a role itself declares, whichever side of the edge it stands on, so that importing one barclamp never
-- rewrites the rows of another. Edges that follow from wanted attributes and from a jig's client role are worked out
-- when roles are read.
--   requires: the role needs that one.   attaches: that one shall need the role.   precedes: that one waits for the role, softly.
ALTER TABLE role_requires DROP CONSTRAINT role_requires_kind_check;
ALTER TABLE role_requires ADD CONSTRAINT role_requires_kind_check CHECK (kind IN ('requires', 'attaches', 'precedes'));
-- Names that wait for somebody to import them.
CREATE INDEX role_requires_open ON role_requires (requires) WHERE required_id IS NULL;

-- It vanished from its barclamp while somebody still wants it.
ALTER TABLE attribs ADD COLUMN retired boolean NOT NULL DEFAULT false;

-- A node's timeline: its runs tell of todo, transition and active, so the hot path writes nothing into this index.
CREATE INDEX events_node ON events (node_id, seq) WHERE kind NOT IN ('node_role.todo', 'node_role.transition', 'node_role.active');

-- The role that the child asked for, which the parent is or stands in for; null for a soft edge.
ALTER TABLE node_role_edges ADD COLUMN needed_role_id uuid REFERENCES roles ON DELETE SET NULL;

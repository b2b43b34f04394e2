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

-- Grows with every change of roles and attributes, so that what was worked out from them can be kept until then.
CREATE TABLE catalog_generation (
  one   boolean PRIMARY KEY DEFAULT true CHECK (one),
  value bigint NOT NULL DEFAULT 1
);
INSERT INTO catalog_generation DEFAULT VALUES;

-- A wave is made of noderoles: one of them goes no sooner than its parents do, whichever node it is on.
DROP TABLE rollout_nodes;
CREATE TABLE rollout_node_roles (
  rollout_id   uuid NOT NULL REFERENCES rollouts ON DELETE CASCADE,
  node_role_id uuid NOT NULL REFERENCES node_roles ON DELETE CASCADE,
  wave         integer NOT NULL CHECK (wave > 0),
  PRIMARY KEY (rollout_id, node_role_id)
);
CREATE INDEX rollout_node_roles_node_role ON rollout_node_roles (node_role_id);
ALTER TABLE rollouts ADD COLUMN created_by text NOT NULL DEFAULT '';

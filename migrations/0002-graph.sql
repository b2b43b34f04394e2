-- Machines, deployments, and the graph of what should run where.

CREATE TABLE deployments (
  id          uuid PRIMARY KEY,
  name        text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z][-_.A-Za-z0-9]{0,62}$'),
  description text NOT NULL DEFAULT '',
  parent_id   uuid REFERENCES deployments,
  system      boolean NOT NULL DEFAULT false,
  state       text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'committed')),
  priority    integer NOT NULL DEFAULT 0,
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  CHECK (system = (parent_id IS NULL)),
  CHECK (NOT system OR state = 'committed')
);
CREATE UNIQUE INDEX deployments_one_system ON deployments (system) WHERE system;
CREATE INDEX deployments_parent ON deployments (parent_id);

CREATE TABLE nodes (
  id             uuid PRIMARY KEY,
  name           text NOT NULL CHECK (name = lower(name) AND length(name) <= 255),
  description    text NOT NULL DEFAULT '',
  deployment_id  uuid NOT NULL REFERENCES deployments,
  admin          boolean NOT NULL DEFAULT false,
  -- Stands in for a deployment: a phantom node.
  system         boolean NOT NULL DEFAULT false,
  alive          boolean NOT NULL DEFAULT false,
  available      boolean NOT NULL DEFAULT true,
  -- How many noderoles in error keep anything new from starting here.
  frozen         integer NOT NULL DEFAULT 0 CHECK (frozen >= 0),
  bootenv        text NOT NULL DEFAULT 'local',
  target_role_id uuid REFERENCES roles ON DELETE SET NULL,
  -- How the node is reached on the admin network.
  address        text,
  ssh_port       integer NOT NULL DEFAULT 22 CHECK (ssh_port BETWEEN 1 AND 65535),
  host_key       text,
  -- Whether liveness looks after it; a node that is only simulated is told alive or dead by hand.
  probed         boolean NOT NULL DEFAULT true,
  probe_failures integer NOT NULL DEFAULT 0,
  probed_at      timestamptz,
  probe_says     text NOT NULL DEFAULT '',
  macs           text[] NOT NULL DEFAULT '{}',
  inventory      jsonb NOT NULL DEFAULT '{}',
  hints          jsonb NOT NULL DEFAULT '{}',
  quirks         text[] NOT NULL DEFAULT '{}',
  notes          jsonb NOT NULL DEFAULT '{}',
  version        bigint NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX nodes_name ON nodes (name);
CREATE INDEX nodes_deployment ON nodes (deployment_id);
CREATE UNIQUE INDEX nodes_one_phantom ON nodes (deployment_id) WHERE system;

CREATE TABLE groups (
  id          uuid PRIMARY KEY,
  name        text NOT NULL CHECK (name ~ '^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$'),
  category    text NOT NULL DEFAULT 'ui' CHECK (category ~ '^[a-z][-a-z0-9]{0,30}$'),
  description text NOT NULL DEFAULT '',
  version     bigint NOT NULL DEFAULT 1,
  UNIQUE (category, name)
);
CREATE TABLE node_groups (
  node_id  uuid NOT NULL REFERENCES nodes ON DELETE CASCADE,
  group_id uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
  PRIMARY KEY (node_id, group_id)
);
CREATE INDEX node_groups_group ON node_groups (group_id);

CREATE TABLE deployment_roles (
  id             uuid PRIMARY KEY,
  deployment_id  uuid NOT NULL REFERENCES deployments ON DELETE CASCADE,
  role_id        uuid NOT NULL REFERENCES roles,
  -- Null: nothing is proposed beyond what was committed.
  proposed_data  jsonb,
  committed_data jsonb NOT NULL DEFAULT '{}',
  wall           jsonb NOT NULL DEFAULT '{}',
  notes          jsonb NOT NULL DEFAULT '{}',
  version        bigint NOT NULL DEFAULT 1,
  updated_at     timestamptz NOT NULL DEFAULT now(),
  updated_by     text NOT NULL DEFAULT '',
  UNIQUE (deployment_id, role_id)
);
CREATE INDEX deployment_roles_role ON deployment_roles (role_id);

-- The hot table: narrow, no index over a column that a run changes, and room on each page, so that updates stay on it.
CREATE TABLE node_roles (
  id            uuid PRIMARY KEY,
  deployment_id uuid NOT NULL REFERENCES deployments,
  role_id       uuid NOT NULL REFERENCES roles,
  node_id       uuid NOT NULL REFERENCES nodes,
  cohort        integer NOT NULL DEFAULT 0 CHECK (cohort >= 0),
  priority      integer NOT NULL DEFAULT 0,
  created_at    timestamptz NOT NULL DEFAULT now(),
  state         smallint NOT NULL DEFAULT 4 CHECK (state BETWEEN -1 AND 4),
  unmet         integer NOT NULL DEFAULT 0 CHECK (unmet >= 0),
  doubted       boolean NOT NULL DEFAULT false,
  rerun         boolean NOT NULL DEFAULT false,
  dirty         boolean NOT NULL DEFAULT false,
  held          boolean NOT NULL DEFAULT false,
  available     boolean NOT NULL DEFAULT true,
  run_count     integer NOT NULL DEFAULT 0,
  failures      integer NOT NULL DEFAULT 0,
  not_before    timestamptz,
  run_id        uuid,
  status        text NOT NULL DEFAULT '',
  state_since   timestamptz NOT NULL DEFAULT now(),
  version       bigint NOT NULL DEFAULT 1,
  UNIQUE (role_id, node_id),
  CHECK (state <> 1 OR unmet = 0),
  CHECK (state <> 3 OR unmet > 0),
  CHECK ((state = 2) = (run_id IS NOT NULL)),
  CHECK (state = 2 OR NOT (doubted OR rerun))
) WITH (fillfactor = 70);
CREATE INDEX node_roles_node ON node_roles (node_id);
CREATE INDEX node_roles_deployment ON node_roles (deployment_id);

-- What is rarely written and may be large.
CREATE TABLE node_role_data (
  node_role_id   uuid PRIMARY KEY REFERENCES node_roles ON DELETE CASCADE,
  proposed_data  jsonb,
  committed_data jsonb NOT NULL DEFAULT '{}',
  wall           jsonb NOT NULL DEFAULT '{}',
  sysdata        jsonb NOT NULL DEFAULT '{}',
  notes          jsonb NOT NULL DEFAULT '{}',
  updated_at     timestamptz NOT NULL DEFAULT now(),
  updated_by     text NOT NULL DEFAULT ''
);

CREATE TABLE node_role_edges (
  parent_id  uuid NOT NULL REFERENCES node_roles ON DELETE CASCADE,
  child_id   uuid NOT NULL REFERENCES node_roles ON DELETE CASCADE,
  soft       boolean NOT NULL DEFAULT false,
  pending    boolean NOT NULL DEFAULT false,
  -- How binding chose this parent, and whom it could have chosen instead.
  why        text NOT NULL,
  candidates uuid[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (parent_id, child_id),
  CHECK (parent_id <> child_id)
);
CREATE INDEX node_role_edges_child ON node_role_edges (child_id);

-- Which noderole supplies a wanted attribute.
CREATE TABLE node_role_attrib_links (
  parent_id uuid NOT NULL REFERENCES node_roles ON DELETE CASCADE,
  child_id  uuid NOT NULL REFERENCES node_roles ON DELETE CASCADE,
  attrib    text NOT NULL,
  PRIMARY KEY (child_id, attrib, parent_id)
);
CREATE INDEX node_role_attrib_links_parent ON node_role_attrib_links (parent_id);

-- One commit of a deployment: numbered, never changed, comparable.
CREATE TABLE snapshots (
  id            uuid PRIMARY KEY,
  deployment_id uuid NOT NULL REFERENCES deployments ON DELETE CASCADE,
  number        integer NOT NULL CHECK (number > 0),
  content       jsonb NOT NULL,
  note          text NOT NULL DEFAULT '',
  created_by    text NOT NULL DEFAULT '',
  created_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (deployment_id, number)
);
CREATE RULE snapshots_stay AS ON UPDATE TO snapshots DO INSTEAD NOTHING;

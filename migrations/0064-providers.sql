-- The cloud as a provider of nodes: sites from which machines are got, the machines that were asked for, and what each site
-- answered to each of the eight steps by which a machine is got.

CREATE TABLE providers (
  id            uuid PRIMARY KEY,
  name          text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$'),
  description   text NOT NULL DEFAULT '',
  -- Which driver speaks with it.
  kind          text NOT NULL CHECK (kind ~ '^[a-z][-a-z0-9]{0,30}$'),
  -- How it is reached, in the words of its kind: {"auth_url": …, "user": …, "project": …}. Nothing of it is secret.
  access        jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(access) = 'object'),
  -- Password, or secret of an application credential, sealed with the key of the installation.
  secret        text NOT NULL,
  -- What is picked where the wish for a node does not say: {"flavor": "m1.small", "memory_mib": 2048, …}
  wish          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(wish) = 'object'),
  -- Nodes that it may hold at once.
  nodes_max     integer NOT NULL DEFAULT 20 CHECK (nodes_max BETWEEN 1 AND 1000),
  active        boolean NOT NULL DEFAULT true,
  -- What it offered when it was last read.
  offer         jsonb,
  offer_read_at timestamptz,
  version       bigint NOT NULL DEFAULT 1
);

CREATE TABLE provided_nodes (
  id            uuid PRIMARY KEY,
  provider_id   uuid NOT NULL REFERENCES providers,
  -- The name that the node gets; it stays for the record.
  name          text NOT NULL,
  -- The node, as soon as it is one; null when somebody deleted that.
  node_id       uuid REFERENCES nodes ON DELETE SET NULL,
  state         text NOT NULL DEFAULT 'asked'
                CHECK (state IN ('asked', 'ready', 'returning', 'returned', 'failed', 'left')),
  -- The step that is being taken; null once all were, or none will be any more.
  step          text CHECK (step IN ('add-key', 'read-offer', 'pick', 'request', 'address', 'log-in', 'secure', 'remove-key')),
  step_since    timestamptz NOT NULL DEFAULT now(),
  -- When the step is given up, or the giving back.
  until         timestamptz NOT NULL,
  -- What is waited for, or what was wrong.
  says          text NOT NULL DEFAULT '',
  -- Whether it is given back because a step failed.
  failed        boolean NOT NULL DEFAULT false,
  -- {"network": …, "flavor": …}, the provider's own wish beneath it.
  wish          jsonb NOT NULL CHECK (jsonb_typeof(wish) = 'object'),
  -- How it becomes a node: {"deployment": …, "groups": […], "commit": true, "description": …}
  entry         jsonb NOT NULL CHECK (jsonb_typeof(entry) = 'object'),
  picked        jsonb,
  -- The key by which it is logged in to first, sealed; away as soon as the installation's own keys are in.
  key_sealed    text CHECK (key_sealed LIKE 'v1.%'),
  public_key    text,
  -- By what the cloud knows the key, the server and its floating address.
  key_ref       text,
  server_ref    text,
  floating_ref  text,
  -- Servers that were asked for; a first one that ended in an error may be followed by a second.
  requests      integer NOT NULL DEFAULT 0,
  address       text,
  account       text,
  host_key      text,
  asked_by      text NOT NULL,
  asked_at      timestamptz NOT NULL DEFAULT now(),
  ended_at      timestamptz,
  -- Whoever acts for it holds it until then; a process that was killed lets go by the clock.
  held_until    timestamptz,
  -- When it has its next turn.
  due_at        timestamptz NOT NULL DEFAULT now(),
  version       bigint NOT NULL DEFAULT 1,
  CHECK ((state = 'asked') = (step IS NOT NULL)),
  CHECK ((state IN ('returned', 'failed')) = (ended_at IS NOT NULL))
) WITH (fillfactor = 70);
-- One at a time of each name; what was given back leaves it to others.
CREATE UNIQUE INDEX provided_nodes_name ON provided_nodes (name) WHERE ended_at IS NULL;
CREATE INDEX provided_nodes_provider ON provided_nodes (provider_id, asked_at);
CREATE INDEX provided_nodes_node ON provided_nodes (node_id);
CREATE INDEX provided_nodes_open ON provided_nodes (asked_at) WHERE state IN ('asked', 'returning');

-- What the site answered to a step, of each node that was asked for.
CREATE TABLE provider_steps (
  provided_node_id uuid NOT NULL REFERENCES provided_nodes ON DELETE CASCADE,
  step             text NOT NULL CHECK (step IN ('add-key', 'read-offer', 'pick', 'request', 'address', 'log-in', 'secure', 'remove-key')),
  answer           text NOT NULL CHECK (answer IN ('yes', 'partial', 'no')),
  says             text NOT NULL,
  seconds          double precision NOT NULL CHECK (seconds >= 0),
  at               timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provided_node_id, step)
);

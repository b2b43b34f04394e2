-- What can be put on nodes: barclamps, their roles and attributes, and the jigs that carry roles out.

CREATE TABLE jigs (
  name        text PRIMARY KEY CHECK (name ~ '^[A-Za-z][-_A-Za-z0-9]{0,62}$'),
  description text NOT NULL DEFAULT '',
  active      boolean NOT NULL DEFAULT true,
  -- A role that must be on every node where this jig works.
  client_role text,
  version     bigint NOT NULL DEFAULT 1
);

CREATE TABLE barclamps (
  id          uuid PRIMARY KEY,
  name        text NOT NULL CHECK (name ~ '^[A-Za-z][-_A-Za-z0-9]{0,62}$'),
  display     text NOT NULL DEFAULT '',
  description text NOT NULL DEFAULT '',
  release     text NOT NULL DEFAULT '',
  parent      text,
  digest      text NOT NULL,
  document    jsonb NOT NULL,
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX barclamps_name ON barclamps (lower(name));

CREATE TABLE roles (
  id               uuid PRIMARY KEY,
  name             text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z][-_A-Za-z0-9]{0,127}$'),
  description      text NOT NULL DEFAULT '',
  barclamp_id      uuid REFERENCES barclamps ON DELETE CASCADE,
  jig              text NOT NULL REFERENCES jigs,
  flags            text[] NOT NULL DEFAULT '{}'
                   CHECK (flags <@ ARRAY['implicit','bootstrap','discovery','cluster','destructive','abstract','milestone','service','library','powersave']),
  provides         text[] NOT NULL DEFAULT '{}',
  conflicts        text[] NOT NULL DEFAULT '{}',
  cohort           integer NOT NULL DEFAULT 0 CHECK (cohort >= 0),
  priority         integer NOT NULL DEFAULT 0,
  template         jsonb NOT NULL DEFAULT '{}',
  on_error         text NOT NULL DEFAULT 'node' CHECK (on_error IN ('node', 'descendants')),
  on_rerun_failure text NOT NULL DEFAULT 'warn' CHECK (on_rerun_failure IN ('warn', 'block')),
  -- {"max": n, "backoff_ms": n, "exit_codes": [n]}; null: a failure waits for a person.
  retry            jsonb,
  timeout_ms       bigint CHECK (timeout_ms > 0),
  files            jsonb NOT NULL DEFAULT '[]',
  -- Hooks that the role registers: [{"on": selector, "do": action}].
  hooks            jsonb NOT NULL DEFAULT '[]',
  notes            jsonb NOT NULL DEFAULT '{}',
  documentation    text NOT NULL DEFAULT '',
  -- It vanished from its barclamp while noderoles still use it: it works on, and can no longer be bound.
  retired          boolean NOT NULL DEFAULT false,
  version          bigint NOT NULL DEFAULT 1,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now()
);

-- Edges between roles. The required role may not be known yet (late binding): then it has a name and no id.
CREATE TABLE role_requires (
  role_id     uuid NOT NULL REFERENCES roles ON DELETE CASCADE,
  requires    text NOT NULL,
  -- requires: in its YAML; wants: it wants an attribute of that role; jig: the jig's client; precedes: a soft edge.
  kind        text NOT NULL CHECK (kind IN ('requires', 'wants', 'jig', 'precedes')),
  required_id uuid REFERENCES roles ON DELETE SET NULL,
  PRIMARY KEY (role_id, requires, kind)
);
CREATE INDEX role_requires_required ON role_requires (required_id);

CREATE TABLE attribs (
  id            uuid PRIMARY KEY,
  name          text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z][-_A-Za-z0-9]{0,127}$'),
  description   text NOT NULL DEFAULT '',
  -- Null: an attribute of nodes.
  role_id       uuid REFERENCES roles ON DELETE CASCADE,
  barclamp_id   uuid REFERENCES barclamps ON DELETE CASCADE,
  map           text NOT NULL,
  schema        jsonb,
  default_value jsonb,
  kind          text NOT NULL DEFAULT 'input' CHECK (kind IN ('input', 'output')),
  writable      boolean NOT NULL DEFAULT false,
  secret        boolean NOT NULL DEFAULT false,
  ui_renderer   text,
  sort_order    integer NOT NULL DEFAULT 0,
  version       bigint NOT NULL DEFAULT 1
);
CREATE INDEX attribs_role ON attribs (role_id);

CREATE TABLE role_wants (
  role_id   uuid NOT NULL REFERENCES roles ON DELETE CASCADE,
  attrib    text NOT NULL,
  -- Where to put it in the run's input; null: under its own name.
  at        text,
  PRIMARY KEY (role_id, attrib)
);

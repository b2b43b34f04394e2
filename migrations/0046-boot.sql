-- What machines boot: boot environments, and the templates that are rendered for each of them.

CREATE TABLE templates (
  id          uuid PRIMARY KEY,
  name        text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$'),
  description text NOT NULL DEFAULT '',
  -- LiquidJS.
  source      text NOT NULL CHECK (length(source) <= 262144),
  -- What it renders to is for one machine only, and is fetched once.
  secret      boolean NOT NULL DEFAULT false,
  -- The source as the version that runs brought it; null for those that somebody made. Equal to `source` until it is edited.
  shipped     text,
  version     bigint NOT NULL DEFAULT 1
);

CREATE TABLE bootenvs (
  id          uuid PRIMARY KEY,
  name        text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z][-_A-Za-z0-9]{0,62}$'),
  description text NOT NULL DEFAULT '',
  -- Nothing is loaded: the machine starts from its own disk.
  local       boolean NOT NULL DEFAULT false,
  -- {path, sha256, bytes}: a file among the boot files, and the content that it must have.
  kernel      jsonb CHECK (kernel IS NULL OR jsonb_typeof(kernel) = 'object'),
  initrds     jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(initrds) = 'array'),
  -- Templates of one kernel parameter each.
  params      text[] NOT NULL DEFAULT '{}',
  -- Name of a template by the path under which machines fetch it. Who deletes a template is told which ones use it; what
  -- is missing nevertheless makes the boot environment unusable, with that as its reason.
  files       jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(files) = 'object'),
  -- {params, files} as the version that runs brought them; null for those that somebody made.
  shipped     jsonb,
  version     bigint NOT NULL DEFAULT 1
);

-- Every node names one of these from the beginning; what they hold comes with the program, at its start.
INSERT INTO bootenvs (id, name, description, local, shipped) VALUES
  ('00000000-0000-7000-8000-0000000b0071', 'local', 'The machine starts from its own disk.', true, '{"params": [], "files": {}}'),
  ('00000000-0000-7000-8000-0000000b0072', 'discovery', 'A small system in memory that tells what the machine is, and waits.', false, '{"params": [], "files": {}}');

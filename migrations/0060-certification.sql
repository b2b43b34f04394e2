-- Certification: guidelines as they were published, suites as they were listed, runs of suites against clouds, and what came
-- of them. What a run found is never changed: whatever is tried again is a certification of its own, with the first as parent.

-- A file that was imported. The same file again is the same row; another file of the same name is the next revision.
CREATE TABLE guidelines (
  id          uuid PRIMARY KEY,
  -- Its own id: 2020.06, dns.2020.06.
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  kind        text NOT NULL CHECK (kind IN ('powered', 'add-on', 'vertical', 'local')),
  revision    integer NOT NULL CHECK (revision > 0),
  -- SHA-256 of the bytes as they came, hex.
  digest      text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  raw         text NOT NULL,
  schema      text NOT NULL,
  -- As the file says: draft, review, approved, superseded.
  status      text,
  releases    text[] NOT NULL DEFAULT '{}',
  -- [{name, title, components, tests, must_pass}]: what a list shows without reading the file.
  programs    jsonb NOT NULL CHECK (jsonb_typeof(programs) = 'array'),
  -- What was bent while it was read: [{at, says}].
  warnings    jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(warnings) = 'array'),
  -- Where it came from: an address, a path, or empty for an upload.
  source      text NOT NULL DEFAULT '',
  imported_by text NOT NULL,
  imported_at timestamptz NOT NULL DEFAULT now(),
  version     bigint NOT NULL DEFAULT 1,
  UNIQUE (name, kind, digest),
  UNIQUE (name, kind, revision)
);

-- A suite as a tester node listed it.
CREATE TABLE suites (
  id        uuid PRIMARY KEY,
  name      text NOT NULL,
  version   text NOT NULL,
  -- SHA-256 of the list, hex.
  digest    text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  -- Full ids in the order of the list.
  tests     jsonb NOT NULL CHECK (jsonb_typeof(tests) = 'array'),
  listed_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (name, version, digest)
);

CREATE TABLE certifications (
  id              uuid PRIMARY KEY,
  parent_id       uuid REFERENCES certifications,
  -- The first of its line: itself, or the first parent.
  root_id         uuid NOT NULL REFERENCES certifications,
  state           text NOT NULL CHECK (state IN ('planned', 'running', 'finished', 'cancelled', 'failed', 'imported')),
  -- What was tested: a deployment of ours, another cloud, or only results that were brought.
  target          text NOT NULL CHECK (target IN ('deployment', 'endpoint', 'import')),
  -- What people call the cloud; it stays when the deployment goes.
  cloud           text NOT NULL CHECK (length(cloud) BETWEEN 1 AND 255),
  deployment_id   uuid REFERENCES deployments ON DELETE SET NULL,
  -- {identity_url, region, endpoint_type}: nothing of it is secret.
  endpoint        jsonb,
  -- The whole access, sealed with the key of the installation; away as soon as the certification has ended.
  access_sealed   text CHECK (access_sealed LIKE 'v1.%'),
  node_role_id    uuid REFERENCES node_roles ON DELETE SET NULL,
  -- Name of the node that runs the suite.
  tester          text,
  run_id          uuid REFERENCES runs ON DELETE SET NULL,
  -- {goals: [{guideline, program, guideline_id, digest}], scope, concurrency, settings}
  plan            jsonb NOT NULL,
  note            text NOT NULL DEFAULT '',
  suite_id        uuid REFERENCES suites,
  -- Newest attempt that has spoken.
  fence           bigint NOT NULL DEFAULT 0,
  -- Full ids, as ordered; null before a suite was known.
  load_list       text[],
  -- {conf, provenance, findings, cloud} as it was begun with; secrets are masked in it.
  inputs          jsonb,
  -- {release, hypervisor, simulated}
  facts           jsonb NOT NULL DEFAULT '{"release": null, "hypervisor": null, "simulated": []}',
  -- {total, passed, failed, skipped, setup_failed, not_run}
  counts          jsonb NOT NULL DEFAULT '{"total": 0, "passed": 0, "failed": 0, "skipped": 0, "setup_failed": 0, "not_run": 0}',
  -- Tests that are going on: [{name, worker}].
  under_way       jsonb NOT NULL DEFAULT '[]',
  seconds         double precision CHECK (seconds >= 0),
  notes           text[] NOT NULL DEFAULT '{}',
  reason          text NOT NULL DEFAULT '',
  -- What has to be told of gaps, computed at its end.
  disclosure      jsonb,
  next_piece      integer NOT NULL DEFAULT 0 CHECK (next_piece >= 0),
  stream_bytes    bigint NOT NULL DEFAULT 0 CHECK (stream_bytes >= 0),
  -- When its raw stream was forgotten; results stay.
  stream_gone_at  timestamptz,
  -- Shown to everybody at /results.
  public          boolean NOT NULL DEFAULT false,
  -- Who put the official mark on it, and when.
  official_by     text,
  official_at     timestamptz,
  created_by      text NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  started_at      timestamptz,
  ended_at        timestamptz,
  told_at         timestamptz,
  version         bigint NOT NULL DEFAULT 1,
  CHECK ((state IN ('finished', 'cancelled', 'failed', 'imported')) = (ended_at IS NOT NULL)),
  CHECK (access_sealed IS NULL OR state IN ('planned', 'running')),
  CHECK ((official_by IS NULL) = (official_at IS NULL)),
  -- What is not over is nobody's to show.
  CHECK (NOT public OR ended_at IS NOT NULL)
) WITH (fillfactor = 70);
-- One at a time on a tester: two would make each other's clouds busy, and share a folder.
CREATE UNIQUE INDEX certifications_one_per_tester ON certifications (node_role_id) WHERE state IN ('planned', 'running');
CREATE INDEX certifications_created ON certifications (created_at DESC, id);
CREATE INDEX certifications_parent ON certifications (parent_id);
CREATE INDEX certifications_root ON certifications (root_id, created_at);
CREATE INDEX certifications_deployment ON certifications (deployment_id, created_at DESC);
CREATE INDEX certifications_node_role ON certifications (node_role_id);
CREATE INDEX certifications_run ON certifications (run_id);
CREATE INDEX certifications_suite ON certifications (suite_id);
CREATE INDEX certifications_public ON certifications (ended_at DESC) WHERE public;

-- Which guidelines a certification is about; one that is named here cannot be deleted.
CREATE TABLE certification_goals (
  certification_id uuid NOT NULL REFERENCES certifications ON DELETE CASCADE,
  position         smallint NOT NULL,
  guideline_id     uuid NOT NULL REFERENCES guidelines,
  program          text NOT NULL,
  PRIMARY KEY (certification_id, position),
  UNIQUE (certification_id, guideline_id, program)
);
CREATE INDEX certification_goals_guideline ON certification_goals (guideline_id);

CREATE TABLE certification_outcomes (
  certification_id uuid NOT NULL REFERENCES certifications ON DELETE CASCADE,
  -- As a guideline names it, without brackets.
  name             text NOT NULL,
  test_id          text,
  status           text NOT NULL CHECK (status IN ('passed', 'failed', 'skipped', 'setup-failed', 'not-run')),
  seconds          double precision,
  worker           text,
  reason           text,
  traceback        text,
  -- In which order they became known.
  number           bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (certification_id, name)
);

-- What the outcomes come to for each goal, over the certification and all that it is a child of.
CREATE TABLE certification_verdicts (
  certification_id  uuid NOT NULL REFERENCES certifications ON DELETE CASCADE,
  guideline_id      uuid NOT NULL REFERENCES guidelines,
  program           text NOT NULL,
  -- Of the arithmetic.
  rules             integer NOT NULL,
  met               boolean NOT NULL,
  must_pass_total   integer NOT NULL,
  must_pass_passed  integer NOT NULL,
  claim             text NOT NULL,
  -- The whole verdict, test by test.
  document          jsonb NOT NULL,
  judged_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (certification_id, guideline_id, program)
);
CREATE INDEX certification_verdicts_guideline ON certification_verdicts (guideline_id);

-- The raw stream (subunit v2), piece by piece.
CREATE TABLE certification_streams (
  certification_id uuid NOT NULL REFERENCES certifications ON DELETE CASCADE,
  number           integer NOT NULL CHECK (number >= 0),
  bytes            bytea NOT NULL,
  at               timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (certification_id, number)
);
-- Pieces are compressed by whoever reads backups, not twice.
ALTER TABLE certification_streams ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Files that go into the evidence beside what the rows say: inventories, lists of packages, digests of configuration.
CREATE TABLE certification_evidence (
  certification_id uuid NOT NULL REFERENCES certifications ON DELETE CASCADE,
  path             text NOT NULL CHECK (path ~ '^[A-Za-z0-9][-_.A-Za-z0-9/]{0,199}$' AND path !~ '\.\.'),
  media_type       text NOT NULL,
  sha256           text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  bytes            bytea NOT NULL,
  at               timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (certification_id, path)
);

-- What people think of a test: one opinion of each user.
CREATE TABLE guideline_votes (
  id         uuid PRIMARY KEY,
  -- Name of the guideline; an opinion outlives a revision.
  guideline  text NOT NULL,
  test       text NOT NULL CHECK (length(test) BETWEEN 1 AND 1000),
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  vote       smallint NOT NULL CHECK (vote IN (-1, 1)),
  reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (guideline, test, user_id)
);
CREATE INDEX guideline_votes_user ON guideline_votes (user_id);

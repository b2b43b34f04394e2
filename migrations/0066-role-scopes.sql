-- How long what a role did lasts: until its node is lost, as long as the system on its disk does, or for good.
ALTER TABLE roles ADD COLUMN scope text NOT NULL DEFAULT 'boot' CHECK (scope IN ('boot', 'install', 'once'));

-- Only its node was lost, and by the scope of its role what it did still stands.
ALTER TABLE node_roles ADD COLUMN kept boolean NOT NULL DEFAULT false;
ALTER TABLE node_roles ADD CONSTRAINT node_roles_kept_check CHECK (NOT kept OR state IN (1, 3));

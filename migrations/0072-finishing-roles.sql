-- Roles that finish a deployment: they wait for what precedes them on any node of it, not only on their own.
ALTER TABLE roles DROP CONSTRAINT roles_flags_check;
ALTER TABLE roles ADD CONSTRAINT roles_flags_check
  CHECK (flags <@ ARRAY['implicit','bootstrap','discovery','cluster','destructive','abstract','milestone','finishing','service','library','powersave']);

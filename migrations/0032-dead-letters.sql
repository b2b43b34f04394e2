-- An event that a hook could not be told of is kept whole, so that it can be told of later, when the history has long
-- forgotten it; and whether somebody asked for that.
ALTER TABLE hook_dead_letters
  ADD COLUMN event  jsonb,
  ADD COLUMN wanted boolean NOT NULL DEFAULT false;
UPDATE hook_dead_letters l SET event = jsonb_build_object(
  'seq', e.seq, 'at', e.at, 'kind', e.kind, 'nodeRoleId', e.node_role_id, 'nodeId', e.node_id, 'node', n.name,
  'roleId', nr.role_id, 'role', ro.name, 'deploymentId', e.deployment_id, 'deployment', d.name, 'runId', e.run_id,
  'actor', e.actor, 'data', e.data)
FROM events e LEFT JOIN node_roles nr ON nr.id = e.node_role_id LEFT JOIN roles ro ON ro.id = nr.role_id
LEFT JOIN nodes n ON n.id = e.node_id LEFT JOIN deployments d ON d.id = e.deployment_id
WHERE e.seq = l.seq;
CREATE INDEX hook_dead_letters_wanted ON hook_dead_letters (hook_id, seq) WHERE wanted;

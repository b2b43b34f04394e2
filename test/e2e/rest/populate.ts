import type { Caller, Reply } from './running-server.js';

/** Two roles, one of which needs the other, with an attribute and a secret. */
const BARCLAMP = `
name: fruit
description: For tests.
version: "1"
roles:
  - name: apple
    jig: noop
    description: Grows.
    attribs:
      - { name: crates, description: How many., default: 3, schema: { type: integer, minimum: 0 } }
      - { name: recipe, description: Not for everybody., secret: true, default: grandmother, schema: { type: string } }
  - name: pear
    jig: noop
    description: Grows beside apples.
    requires: [apple]
`;

/** Makes one of everything through the API itself, and gives the keys under which it can be found. */
export const populate = async (admin: Caller): Promise<string[]> => {
  const keys: string[] = [];
  const make = async (path: string, body: unknown): Promise<Reply> => {
    const made = await admin('POST', path, { body });
    if (made.status >= 300) throw new Error(`POST ${path} was answered with ${made.status}: ${JSON.stringify(made.body)}`);
    for (const key of [made.body.id, made.body.name]) if (typeof key === 'string') keys.push(key);
    return made;
  };
  const imported = await admin('POST', 'barclamps', { body: BARCLAMP, headers: { 'content-type': 'application/yaml' } });
  if (imported.status !== 201) throw new Error(`the barclamp was not imported: ${JSON.stringify(imported.body)}`);
  keys.push('fruit', imported.body.barclamp.id, 'apple', 'pear', 'noop', 'crates', 'runs_at_once_max');
  await make('deployments', { name: 'orchard' });
  await make('nodes', { name: 'n1.example.com', deployment: 'orchard', probed: false, alive: true, groups: ['rack/r1'] });
  await make('groups', { name: 'g1' });
  keys.push('rack/r1', 'system');
  await make('deployment_roles', { deployment: 'orchard', role: 'apple' });
  const bound = await admin('POST', 'deployments/orchard/bulk', { body: { bind: [{ role: 'pear', node: 'n1.example.com' }] } });
  if (bound.status !== 200) throw new Error(`nothing was bound: ${JSON.stringify(bound.body)}`);
  keys.push(...(bound.body.created as { id: string; name: string }[]).flatMap(({ id, name }) => [id, name]));
  const committed = await admin('PUT', 'deployments/orchard/commit', { body: { note: 'the first' } });
  if (committed.status !== 202) throw new Error(`nothing was committed: ${JSON.stringify(committed.body)}`);
  keys.push(committed.body.snapshot.id, '1', committed.headers.get('location')!.split('/').at(-1)!);
  await make('users', { name: 'ursula', role: 'viewer', password: 'a password of some length' });
  await make('tokens', { name: 'tokyo', role: 'viewer' });
  return keys;
};

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes, type Route } from '#api-types';
import { openKey, SealedAttribs } from '#app';
import type { Json } from '#core';
import { openSecretBox, RandomSecrets } from '#store';
import { FRUIT, NODE, type Keys } from './populate.js';
import { startServer, type RunningServer } from './running-server.js';

/** Secrets that are put in wherever one can be put in; none of them may come out anywhere. */
const CANARIES = [
  'canary-default',
  'canary-noderole',
  'canary-deployment',
  'canary-proposed',
  'canary-signing-key-of-a-hook',
  'canary-password-of-a-user',
];

/** Streams do not end by themselves; what they carry is what `events` and `log` carry. */
const isStream = (route: Route): boolean => route.id === 'events.stream';

describe('a secret that was put in', () => {
  let running: RunningServer;
  let keys: Keys;
  const must = async (
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<void> => {
    const answer = await running.as.admin(method, path, options);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} was answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
  };

  beforeAll(async () => {
    running = await startServer('secrets');
    keys = await running.populate();
    await must('POST', 'barclamps', {
      body: FRUIT.replace('grandmother', 'canary-default').replace('"1"', '"2"'),
      headers: { 'content-type': 'application/yaml' },
    });
    await must('PUT', `node_roles/apple@${NODE}/attribs/recipe`, { body: { value: 'canary-noderole' } });
    await must('PUT', 'deployment_roles/apple@orchard/attribs/recipe', { body: { value: 'canary-deployment' } });
    await must('PUT', 'deployments/orchard/commit');
    await must('PUT', `node_roles/apple@${NODE}/attribs/recipe`, { body: { value: 'canary-proposed' } });
    await must('PATCH', 'hooks/bell', {
      body: { signing_key: 'canary-signing-key-of-a-hook' },
      headers: { 'if-match': '*' },
    });
    await must('PUT', 'users/ursula/password', { body: { password: 'canary-password-of-a-user' } });
  });
  afterAll(() => running.stop());

  it('was kept, or this would prove nothing, and lies sealed', async () => {
    const text = JSON.stringify(
      await running.query(
        `SELECT to_jsonb(x) FROM node_role_data x UNION ALL SELECT to_jsonb(x) FROM deployment_roles x UNION ALL SELECT to_jsonb(x) FROM attribs x UNION ALL SELECT to_jsonb(x) FROM hooks x`,
      ),
    );
    const box = openSecretBox(running.home, undefined);
    const sealed = new SealedAttribs(box, new RandomSecrets());
    const keys = await running.query<{ id: string; key: string }>(`SELECT id, signing_key AS key FROM hooks`);
    const opened = JSON.stringify([
      sealed.open(JSON.parse(text) as Json),
      keys.map(({ id, key }) => openKey(box, key, { place: 'hooks', id })),
    ]);
    for (const canary of CANARIES.slice(0, -1)) {
      expect(text).not.toContain(canary);
      expect(opened).toContain(canary);
    }
  });

  it.each(
    allRoutes.filter((route) => route.method === 'GET' && !isStream(route)).map((route) => [route.id, route] as const),
  )('does not come out of %s', async (_id, route) => {
    const resource = route.path.split('/')[3] ?? '';
    const fill = (name: string): string =>
      ({ attrib: 'recipe', node: NODE, snapshot: '2', parent: `apple@${NODE}` })[name] ?? `apple@${NODE}`;
    for (const key of keys[resource] ?? ['-']) {
      const path = route.path.replace(/:(\w+)/g, (_match, name: string) =>
        encodeURIComponent(name === 'key' ? key : fill(name)),
      );
      const needs: Readonly<Record<string, string>> = { 'nodes.move': '?deployment=system', 'snapshots.diff': '?to=1' };
      const answer = await running.as.admin('GET', `${path}${needs[route.id] ?? ''}`);
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      for (const canary of CANARIES) expect(text, `${path} holds ${canary}`).not.toContain(canary);
    }
  });

  it('is in no event, no audit row, no kept answer and no operation', async () => {
    const text = JSON.stringify(
      await running.query(
        `SELECT to_jsonb(x) FROM events x UNION ALL SELECT to_jsonb(x) FROM audit x UNION ALL SELECT to_jsonb(x) FROM idempotency_keys x UNION ALL SELECT to_jsonb(x) FROM operations x UNION ALL SELECT to_jsonb(x) FROM users x`,
      ),
    );
    for (const canary of CANARIES) expect(text, canary).not.toContain(canary);
  });
});

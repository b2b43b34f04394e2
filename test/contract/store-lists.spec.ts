import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListQuery, Page } from '#app';
import { isRefusal, type Refusal } from '#core';
import { ACTOR, attrib, no, ok, openWorld, role, type World } from '../integration/model/world.js';

/** What every list promises: each field that it names can be used, and no other; pages hold everybody once. */
let world: World;
type Listing = (query: ListQuery) => Promise<Page<unknown> | Refusal>;
const lists: Record<string, () => Listing> = {
  nodes: () => (query) => world.listNodes.execute(query),
  deployments: () => (query) => world.listDeployments.execute(query),
  'deployment roles': () => (query) => world.listDeploymentRoles.execute(query),
  noderoles: () => (query) => world.listNodeRoles.execute(query),
  roles: () => (query) => world.listRoles.execute(query),
  barclamps: () => (query) => world.listBarclamps.execute(query),
  attributes: () => (query) => world.listAttribs.execute(query),
  groups: () => (query) => world.listGroups.execute(query),
  runs: () => (query) => world.listRuns.execute(query),
  rollouts: () => (query) => world.listRollouts.execute(query),
  snapshots: () => (query) => world.listSnapshots.execute(query, { deployment: 'system' }),
};

beforeAll(async () => {
  world = await openWorld({ name: 'lists' });
  await world.import({
    name: 'one',
    roles: [role('a', { attribs: [attrib('x'), attrib('y')] }), role('b'), role('c')],
  });
  await world.import({ name: 'two', parent: 'one' });
  for (let index = 1; index <= 4; index += 1) {
    const node = `n${index}.example.com`;
    ok(await world.createNode.execute(ACTOR, { name: node, alive: true, groups: [`rack/r${index}`] }));
    ok(await world.createDeployment.execute(ACTOR, { name: `d${index}` }));
    ok(await world.createNode.execute(ACTOR, { name: `m${index}.example.com` }));
    for (const name of ['a', 'b', 'c'])
      ok(await world.bindRole.execute(ACTOR, { role: name, node, deployment: 'system' }));
    ok(await world.bindRole.execute(ACTOR, { role: 'a', node: `m${index}.example.com` }));
    const { rollout } = ok(
      await world.commitDeployment.execute(ACTOR, { deployment: 'system', rollout: { waveSize: 1 } }),
    );
    ok(await world.stopRollout.execute(ACTOR, { rollout: rollout?.id ?? 'none' }));
  }
  await world.sql(
    `INSERT INTO runs (id, node_role_id, node_id, jig, input, state) SELECT gen_random_uuid(), id, node_id, 'noop', '{}', 'succeeded' FROM node_roles`,
  );
});
afterAll(() => world.close());

/** The fields that a refusal offers: "use a, b, c." */
const offered = (refusal: Refusal): string[] =>
  (/use (.*)\.$/.exec(refusal.detail)?.[1] ?? '').split(', ').filter((field) => /^[a-z_]+$/.test(field));

/** For each type of field something that is of no other type tells by its refusal which one it is; one of these fits. */
const SAMPLES = ['x', '1', 'true', '2027-01-01T00:00:00Z', '00000000-0000-4000-8000-000000000000'];

describe.each(Object.keys(lists))('the list of %s', (name) => {
  const list: Listing = (query) => (lists[name] as () => Listing)()(query);

  it('refuses a field that it does not have, and names those it has', async () => {
    for (const query of [
      { filter: [{ field: 'constructor', operator: 'eq' as const, value: 'x' }] },
      { sort: [{ field: '__proto__' }] },
    ]) {
      const refusal = no(await list(query));
      expect(refusal.code).toBe('invalid');
      expect(offered(refusal)).toContain('id');
    }
  });

  it('can be filtered by each field that it names', async () => {
    const fields = offered(no(await list({ filter: [{ field: 'nothing', operator: 'eq', value: 'x' }] })));
    for (const field of fields) {
      const answers: (Page<unknown> | Refusal)[] = [];
      for (const value of SAMPLES) answers.push(await list({ filter: [{ field, operator: 'eq', value }] }));
      answers.push(await list({ filter: [{ field, operator: 'has', value: 'x' }] }));
      expect(
        answers.some((answer) => !isRefusal(answer)),
        `no value fits ${field}`,
      ).toBe(true);
      expect(answers.filter(isRefusal).every(({ code }) => code === 'invalid')).toBe(true);
    }
  });

  it('holds everybody once, by whatever field it is sorted, in both directions', async () => {
    const fields = offered(no(await list({ sort: [{ field: 'nothing' }] })));
    const all = ok(await list({ limit: 1_000 }))
      .items.map((item) => JSON.stringify(item))
      .sort();
    expect(all.length).toBeGreaterThan(1);
    for (const field of fields) {
      for (const descending of [false, true]) {
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const page: Page<unknown> = ok(
            await list({ limit: 3, sort: [{ field, descending }], ...(cursor ? { cursor } : {}) }),
          );
          seen.push(...page.items.map((item) => JSON.stringify(item)));
          cursor = page.next;
        } while (cursor);
        expect([...seen].sort(), `sorted by ${field}`).toEqual(all);
      }
    }
  });

  it.each(["x'; DROP TABLE nodes; --", '\0', '%', '\u{1f600}', ''])('takes %j for what it is', async (value) => {
    const answer = await list({ filter: [{ field: 'id', operator: 'eq', value }] });
    expect(isRefusal(answer) && answer.code).toBe('invalid');
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FinishRun, openKey, SealedAttribs, SealKept, sealOutputsWith, storeOutputs, SystemClock } from '#app';
import { KeyFileBox, RandomSecrets } from '#store';
import {
  claimNodeRole,
  GraphDraft,
  rerunNodeRole,
  type Json,
  type JsonObject,
  type NodeRoleId,
  type RunId,
} from '#core';
import { ACTOR, attrib, no, ok, openWorld, role, type World } from './world.js';

let world: World;
const N1 = 'n1.example.com';
const N2 = 'n2.example.com';
const CANARY = 'canary-7f3a9';

beforeEach(async () => {
  world = await openWorld({ name: 'sealed' });
  await world.import({
    name: 'x',
    attribs: [attrib('rack-code', { schema: { type: 'string' }, secret: true })],
    roles: [
      role('database', {
        attribs: [
          attrib('db-password', {
            map: 'db/password',
            schema: { type: 'string' },
            secret: true,
            generate: { length: 24, alphabet: 'alnum' },
          }),
          attrib('db-logins', { map: 'db/logins', schema: { type: 'object' }, secret: true }),
          attrib('db-port', { map: 'db/port', schema: { type: 'integer' }, default: 5432 }),
        ],
        outputs: [attrib('db-token', { kind: 'output', writable: false, schema: { type: 'string' }, secret: true })],
      }),
      role('app', { requires: ['database'], wants: [{ attrib: 'db-password' }, { attrib: 'db-token' }] }),
    ],
  });
  for (const name of [N1, N2]) ok(await world.createNode.execute(ACTOR, { name, alive: true }));
});
afterEach(() => world.close());

const bind = async (name: string, node: string) => ok(await world.bindRole.execute(ACTOR, { role: name, node }));
const commit = async () => {
  const done = ok(await world.commitDeployment.execute(ACTOR, { deployment: 'system' }));
  await world.settle();
  return done;
};
const set = async (target: Parameters<typeof world.setAttrib.execute>[1]['target'], name: string, value: Json) =>
  ok(await world.setAttrib.execute(ACTOR, { target, attrib: name, value }));
const idOf = async (name: string) => ok(await world.showNodeRole.execute({ nodeRole: name })).id;
const staged = async (name: string): Promise<JsonObject> => {
  const id = await idOf(name);
  return (await world.unitOfWork.read((tx) => tx.attribs.stage([id]))).get(id)!;
};
const opened = async (name: string): Promise<JsonObject> =>
  ok(world.sealed.open((await staged(name))['attribs']!)).value as JsonObject;
/** Every row of every table, as text. */
const everything = async (): Promise<string> => {
  const tables = await world.sql<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()`,
  );
  const rows = await Promise.all(tables.map(({ name }) => world.sql(`SELECT * FROM "${name}"`)));
  return JSON.stringify(rows);
};

describe('a secret attribute', () => {
  it('is in no row of the database, and opens for who holds the key', async () => {
    await bind('app', N1);
    await set({ deploymentRole: 'database@system' }, 'db-password', CANARY);
    await set({ nodeRole: `database@${N1}` }, 'db-logins', { root: CANARY });
    await set({ role: 'database' }, 'db-logins', { other: CANARY });
    await set({ node: N1 }, 'rack-code', CANARY);
    ok(
      await world.editNodeRole.execute(ACTOR, { nodeRole: `database@${N1}`, data: { db: { logins: { a: CANARY } } } }),
    );
    ok(await world.reportInventory.execute(ACTOR, { node: N2, inventory: { 'rack-code': CANARY } }));
    await commit();
    expect(await everything()).not.toContain(CANARY);
    expect(await opened(`database@${N1}`)).toEqual({
      'db-password': CANARY,
      'db-logins': { a: CANARY },
      'db-port': 5432,
    });
  });

  it('is a secret for the roles that want it, too', async () => {
    await bind('app', N1);
    await set({ deploymentRole: 'database@system' }, 'db-password', CANARY);
    await commit();
    const input = await staged(`app@${N1}`);
    expect(JSON.stringify(input)).not.toContain(CANARY);
    expect(input['secrets']).toEqual(['db-password']);
    expect(await opened(`app@${N1}`)).toEqual({ 'db-password': CANARY });
  });

  it('that is given the same value again looks unchanged, and nobody runs again', async () => {
    await bind('app', N1);
    await set({ deploymentRole: 'database@system' }, 'db-password', CANARY);
    await commit();
    const before = await staged(`app@${N1}`);
    expect(await set({ deploymentRole: 'database@system' }, 'db-password', CANARY)).toMatchObject({ changed: false });
    ok(
      await world.editDeploymentRole.execute(ACTOR, {
        deploymentRole: 'database@system',
        data: { db: { password: CANARY } },
      }),
    );
    expect(ok(await world.previewCommit.execute({ deployment: 'system' })).rerun).toEqual([]);
    expect(await staged(`app@${N1}`)).toEqual(before);

    await set({ deploymentRole: 'database@system' }, 'db-password', 'another-one');
    const { rerun } = ok(await world.previewCommit.execute({ deployment: 'system' }));
    expect(rerun.map(({ name }) => name).sort()).toEqual([`app@${N1}`, `database@${N1}`]);
    await set({ deploymentRole: 'database@system' }, 'db-password', CANARY);
    expect(ok(await world.previewCommit.execute({ deployment: 'system' })).rerun).toEqual([]);
  });

  it('is proposed again from a snapshot as it was', async () => {
    await bind('database', N1);
    await set({ deploymentRole: 'database@system' }, 'db-password', CANARY);
    const { snapshot } = await commit();
    await set({ deploymentRole: 'database@system' }, 'db-password', 'another-one');
    await commit();
    ok(
      await world.proposeSnapshot.execute(ACTOR, {
        deployment: 'system',
        snapshot: String(snapshot.number),
      }),
    );
    await commit();
    expect(await opened(`database@${N1}`)).toMatchObject({ 'db-password': CANARY });
  });

  it('that a run writes is sealed in the run and in the wall, and the same one again changes nothing', async () => {
    await bind('app', N1);
    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'system' }));
    const id = await idOf(`database@${N1}`);
    const finish = async (): Promise<void> => {
      const [run] = await world.sql<{ id: string }>(
        `INSERT INTO runs (id, node_role_id, node_id, jig, input, state, started_at) SELECT gen_random_uuid(), id, node_id, 'noop', '{}', 'running', now()
         FROM node_roles WHERE id = $1 RETURNING id`,
        [id],
      );
      await world.unitOfWork.write(ACTOR, async (tx) => {
        const graph = await tx.graph.slice({ nodeRoleIds: [id] });
        const draft = new GraphDraft(graph);
        const begin = draft.nodeRole(id).state === 'active' ? rerunNodeRole : claimNodeRole;
        begin(draft, id, run!.id as RunId);
        await tx.graph.save(graph, draft.decision());
      });
      const finishRun = new FinishRun(world.unitOfWork, new SystemClock(), storeOutputs, sealOutputsWith(world.sealed));
      expect(
        await finishRun.execute(
          { runId: run!.id as never, attempt: 1 },
          { outcome: { kind: 'succeeded' }, outputs: { 'db-token': CANARY } },
        ),
      ).toBe('finished');
    };
    await finish();
    expect(await everything()).not.toContain(CANARY);
    expect(await opened(`app@${N1}`)).toMatchObject({ 'db-token': CANARY });
    await world.settle();
    const wall = async () => (await world.unitOfWork.read((tx) => tx.nodeRoles.data(id as NodeRoleId))).wall;
    const before = await wall();
    await finish();
    expect(await wall()).toEqual(before);
    expect(ok(await world.showNodeRole.execute({ nodeRole: `app@${N1}` })).changed).toBe(false);
    await world.sql('DELETE FROM runs');
  });

  it('cannot be written sealed: a value of another place does not get here', async () => {
    await bind('database', N1);
    const forged = { $sealed: 'db-password:v1.a.b.c' };
    const refusals = [
      await world.setAttrib.execute(ACTOR, {
        target: { nodeRole: `database@${N1}` },
        attrib: 'db-logins',
        value: { deep: forged },
      }),
      await world.editNodeRole.execute(ACTOR, { nodeRole: `database@${N1}`, data: { db: { logins: forged } } }),
      await world.updateNode.execute(ACTOR, { node: N1, hints: { 'rack-code': forged } }),
    ];
    for (const refusal of refusals) expect(no(refusal as never).detail).toContain('$sealed');
  });

  it('that is a default or role data of its barclamp is sealed as well, and imports again without a difference', async () => {
    const barclamp = (version: string) => ({
      name: 'y',
      version,
      digest: version.repeat(8),
      roles: [
        role('vault', {
          template: { inner: CANARY },
          attribs: [
            attrib('outer', { schema: { type: 'string' }, secret: true, default: CANARY }),
            attrib('inner', { schema: { type: 'string' }, secret: true }),
          ],
        }),
      ],
    });
    await world.import(barclamp('1'));
    await bind('vault', N1);
    await commit();
    expect(await everything()).not.toContain(CANARY);
    expect(await opened(`vault@${N1}`)).toEqual({ outer: CANARY, inner: CANARY });
    await set({ role: 'vault' }, 'inner', 'of my own');
    await world.import(barclamp('2'));
    expect(await opened(`vault@${N1}`)).toMatchObject({ inner: 'of my own' });
  });
});

describe('a secret that nobody has given', () => {
  const shared = () => opened(`database@${N1}`);

  it('is made at the commit, told before, shared by the nodes of the deployment, and never made again', async () => {
    await bind('app', N1);
    await bind('app', N2);
    expect(ok(await world.previewCommit.execute({ deployment: 'system' })).made).toEqual([
      { role: 'database', attrib: 'db-password' },
    ]);
    await commit();
    const first = (await shared())['db-password'];
    expect(first).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(await opened(`app@${N2}`)).toMatchObject({ 'db-password': first });
    expect(await everything()).not.toContain(first);
    expect(ok(await world.previewCommit.execute({ deployment: 'system' })).made).toEqual([]);
    await commit();
    expect(await shared()).toMatchObject({ 'db-password': first });
    expect((await world.events()).filter((kind) => kind === 'deployment_role.secrets_made')).toHaveLength(1);
  });

  it('is another one in another deployment', async () => {
    ok(await world.createDeployment.execute(ACTOR, { name: 'shop' }));
    ok(await world.updateNode.execute(ACTOR, { node: N2, deployment: 'shop' }));
    await bind('database', N1);
    ok(await world.bindRole.execute(ACTOR, { role: 'database', node: N2, deployment: 'shop' }));
    await commit();
    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'shop' }));
    const second = (await opened(`database@${N2}`))['db-password'];
    expect(second).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(second).not.toBe((await shared())['db-password']);
  });

  it('is made for a noderole, or a node, that is committed alone', async () => {
    await bind('database', N1);
    ok(await world.commitNodeRole.execute(ACTOR, { nodeRole: `database@${N1}` }));
    const first = (await shared())['db-password'];
    expect(first).toMatch(/^[A-Za-z0-9]{24}$/);
    await bind('database', N2);
    ok(await world.commitNode.execute(ACTOR, { node: N2 }));
    expect((await opened(`database@${N2}`))['db-password']).toBe(first);
  });

  it('is not made where somebody has one, or wants none', async () => {
    await bind('database', N1);
    await bind('database', N2);
    await set({ nodeRole: `database@${N1}` }, 'db-password', 'of my own');
    await set({ nodeRole: `database@${N2}` }, 'db-password', { $unset: true });
    expect(ok(await world.previewCommit.execute({ deployment: 'system' })).made).toEqual([]);
    await commit();
    expect(await shared()).toMatchObject({ 'db-password': 'of my own' });
    expect(await opened(`database@${N2}`)).not.toHaveProperty('db-password');
  });

  it('survives a snapshot that knows nothing of it', async () => {
    await bind('database', N1);
    const { snapshot } = await commit();
    const first = (await shared())['db-password'];
    await set({ deploymentRole: 'database@system' }, 'db-port', 5433);
    await commit();
    ok(await world.proposeSnapshot.execute(ACTOR, { deployment: 'system', snapshot: String(snapshot.number) }));
    await commit();
    expect(await shared()).toEqual({ 'db-password': first, 'db-port': 5432 });
  });

  it('is made once by two commits at the same time', async () => {
    await bind('database', N1);
    await bind('database', N2);
    const done = await Promise.all(
      [N1, N2].map((node) => world.commitNodeRole.execute(ACTOR, { nodeRole: `database@${node}` })),
    );
    done.forEach(ok);
    expect((await opened(`database@${N2}`))['db-password']).toBe((await shared())['db-password']);
    expect((await world.events()).filter((kind) => kind === 'deployment_role.secrets_made')).toHaveLength(1);
  });

  it('is made for a role that has run without, once its barclamp asks for it; whoever reads it runs again', async () => {
    const barclamp = (version: string, generate: boolean) => ({
      name: 'late',
      version,
      digest: version.repeat(8),
      roles: [
        role('old', {
          attribs: [
            attrib('old-key', {
              schema: { type: 'string' },
              secret: true,
              ...(generate ? { generate: { length: 32, alphabet: 'hex' as const } } : {}),
            }),
          ],
        }),
        role('reader', { requires: ['old'], wants: [{ attrib: 'old-key' }] }),
      ],
    });
    await world.import(barclamp('1', false));
    await bind('reader', N1);
    await commit();
    await world.import(barclamp('2', true));
    ok(await world.commitDeployment.execute(ACTOR, { deployment: 'system' }));
    expect((await opened(`reader@${N1}`))['old-key']).toMatch(/^[0-9a-f]{32}$/);
    for (const name of [`old@${N1}`, `reader@${N1}`])
      expect(ok(await world.showNodeRole.execute({ nodeRole: name })).changed).toBe(true);
    await world.settle();
  });
});

describe('what was kept before it was sealed', () => {
  const newKey = () => crypto.getRandomValues(new Uint8Array(32));
  const sealKept = async (...keys: Uint8Array[]) => {
    const box = new KeyFileBox(keys);
    const sealed = new SealedAttribs(box, new RandomSecrets());
    return { sealed, box, count: await new SealKept({ unitOfWork: world.unitOfWork, sealed, secrets: box }).execute() };
  };
  const plain = async () => {
    await bind('database', N1);
    await world.sql(`UPDATE deployment_roles SET committed_data = $1, proposed_data = $2`, [
      { db: { password: CANARY, port: 1 } },
      { db: { password: CANARY, port: 2 } },
    ]);
    await world.sql(`UPDATE node_role_data SET wall = $1`, [{ 'db-token': CANARY }]);
    await world.sql(
      `INSERT INTO node_role_data (node_role_id, wall) SELECT id, $1 FROM node_roles ON CONFLICT (node_role_id) DO UPDATE SET wall = excluded.wall`,
      [{ 'db-token': CANARY }],
    );
    await world.sql(`UPDATE nodes SET hints = $1 WHERE name = $2`, [{ 'rack-code': CANARY, u: 3 }, N1]);
    await world.sql(`UPDATE roles SET template = $1 WHERE name = 'database'`, [{ db: { logins: { root: CANARY } } }]);
    await world.sql(
      `INSERT INTO hooks (id, name, selector, sink, deadline_ms, position, signing_key) VALUES (gen_random_uuid(), 'bell', '{}', '{"kind": "webhook", "url": "http://127.0.0.1:9/"}', 1000, 0, $1)`,
      [CANARY],
    );
  };

  it('is sealed at the next start, and nothing looks changed by it', async () => {
    await plain();
    const { sealed, box, count } = await sealKept(newKey());
    expect(count).toBe(6);
    expect(await everything()).not.toContain(CANARY);
    const [row] = await world.sql<{ before: JsonObject; after: JsonObject; version: string }>(
      `SELECT committed_data->'db' AS before, proposed_data->'db' AS after FROM deployment_roles`,
    );
    expect(row!.before['password']).toEqual(row!.after['password']);
    expect(ok(sealed.open(row!.before)).value).toEqual({ password: CANARY, port: 1 });
    const [hook] = await world.sql<{ id: string; signing_key: string }>('SELECT id, signing_key FROM hooks');
    expect(openKey(box, hook!.signing_key, { place: 'hooks', id: hook!.id })).toBe(CANARY);
  });

  it('with a key that has been replaced is sealed anew, after which the old one is not needed', async () => {
    await plain();
    const [old, fresh] = [newKey(), newKey()];
    await sealKept(old);
    expect((await sealKept(old)).count).toBe(0);
    expect((await sealKept(fresh, old)).count).toBe(6);
    const { sealed, count } = await sealKept(fresh);
    expect(count).toBe(0);
    const rows = await world.sql<JsonObject>(`SELECT committed_data, proposed_data FROM deployment_roles`);
    expect(ok(sealed.open(rows)).value).toEqual([
      { committed_data: { db: { password: CANARY, port: 1 } }, proposed_data: { db: { password: CANARY, port: 2 } } },
    ]);
    expect((await sealKept(newKey())).count).toBe(0);
  });
});

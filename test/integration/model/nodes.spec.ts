import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACTOR, attrib, no, ok, openWorld, role, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await openWorld({ name: 'nodes' });
});
afterEach(() => world.close());

const N1 = 'n1.example.com';
const N2 = 'n2.example.com';
const N3 = 'n3.example.com';

const node = (name: string, more: object = {}) => world.createNode.execute(ACTOR, { name, alive: true, ...more });

/** The default graph in small: what every machine gets needs a server on the admin node. */
const base = () =>
  world.import({
    name: 'base',
    roles: [
      role('dns-server', { flags: ['bootstrap'] }),
      role('dns-client', { flags: ['implicit'], requires: ['dns-server'] }),
      role('managed-node', { flags: ['discovery'], requires: ['dns-client'] }),
      role('admin-node', { flags: ['bootstrap'], requires: ['dns-server'] }),
    ],
  });

describe('making a node', () => {
  it('keeps its name in lower case and its hardware addresses in one form', async () => {
    const { node: made } = ok(
      await node('N1.Example.COM', {
        macs: ['52-54-00-AB-CD-EF', '525400abcdef'],
        groups: ['rack/r1', 'zone/a'],
        hints: { v4: '10.0.0.5' },
      }),
    );
    expect(made).toMatchObject({
      name: N1,
      macs: ['52:54:00:ab:cd:ef'],
      groups: ['rack/r1', 'zone/a'],
      hints: { v4: '10.0.0.5' },
      deployment: 'system',
      state: 'active',
      stateCode: 0,
      version: 1,
    });
  });

  it.each([
    ['a short name', { name: 'n1' }, 'invalid', 'full name'],
    ['a name of two parts', { name: 'n1.example' }, 'invalid', 'at least 3 parts'],
    ['a name with a semicolon', { name: 'n1;.example.com' }, 'invalid', 'letters, digits'],
    ['a name with a quote', { name: "n1'.example.com" }, 'invalid', 'letters, digits'],
    ['a name that is too long', { name: `${'a.'.repeat(126)}example` }, 'invalid', 'characters'],
    ['an address', { name: '10.77.0.2' }, 'invalid', 'read as an address'],
    ['a bad hardware address', { name: N2, macs: ['52:54'] }, 'invalid', 'hardware address'],
    ['a bad port', { name: N2, sshPort: 0 }, 'invalid', '65535'],
    ['an unknown deployment', { name: N2, deployment: 'nowhere' }, 'not-found', 'nowhere'],
    ['a name that is taken', { name: N1 }, 'already-exists', N1],
    ['a hardware address that is taken', { name: N2, macs: ['52:54:00:00:00:01'] }, 'conflict', N1],
    ['a group without a name', { name: N2, groups: ['rack'] }, 'invalid', 'category/name'],
  ])('refuses %s and writes nothing', async (_, input, code, words) => {
    ok(await node(N1, { macs: ['52:54:00:00:00:01'] }));
    const refusal = no(await world.createNode.execute(ACTOR, input));
    expect(refusal.code).toBe(code);
    expect(refusal.detail).toContain(words);
    expect(
      ok(await world.listNodes.execute({ filter: [{ field: 'system', operator: 'eq', value: 'false' }] })).items,
    ).toHaveLength(1);
  });

  it('binds bootstrap roles to the first admin node, and discovery roles with what they need to machines', async () => {
    await base();
    const first = ok(await node('admin.example.com', { admin: true, commit: true }));
    expect(first.created.map(({ name }) => name).sort()).toEqual([
      'admin-node@admin.example.com',
      'dns-server@admin.example.com',
    ]);
    expect(ok(await node('admin2.example.com', { admin: true })).created).toEqual([]);
    const machine = ok(await node(N1));
    expect(machine.created.map(({ name }) => name)).toEqual([`dns-client@${N1}`, `managed-node@${N1}`]);
    expect(machine.node.state).toBe('proposed');
    expect(await world.states()).toEqual({
      'admin-node@admin.example.com': 'blocked',
      'dns-server@admin.example.com': 'todo',
      [`dns-client@${N1}`]: 'proposed',
      [`managed-node@${N1}`]: 'proposed',
    });
    expect(ok(await world.commitNode.execute(ACTOR, { node: N1 })).state).toBe('blocked');
    await world.settle();
    expect(new Set(Object.values(await world.states()))).toEqual(new Set(['active']));
  });

  it('gets roles that were imported later when it is committed', async () => {
    ok(await node(N1));
    await base();
    ok(await world.commitNode.execute(ACTOR, { node: N1 }));
    expect(Object.keys(await world.states()).sort()).toEqual([
      `dns-client@${N1}`,
      `dns-server@${N1}`,
      `managed-node@${N1}`,
    ]);
  });

  it('is done once by two who make the same node at once', async () => {
    await base();
    const results = await Promise.all([node(N1), node(N1), node(N1)]);
    expect(results.filter((result) => !('code' in result))).toHaveLength(1);
  });
});

describe('changing a node', () => {
  it('merges hints and notes, and replaces the rest', async () => {
    const made = ok(
      await node(N1, { hints: { a: 1, deep: { b: 2, c: 3 } }, notes: { x: 1 }, quirks: ['slow-bmc'] }),
    ).node;
    const changed = ok(
      await world.updateNode.execute(ACTOR, {
        node: N1,
        version: made.version,
        description: 'a rack server',
        hints: { a: null, deep: { b: 4 } },
        quirks: [],
        bootenv: 'discovery',
      }),
    );
    expect(changed).toMatchObject({
      description: 'a rack server',
      hints: { deep: { b: 4, c: 3 } },
      notes: { x: 1 },
      quirks: [],
      bootenv: 'discovery',
    });
    expect(changed.version).toBeGreaterThan(made.version);
    expect(await world.events()).toContain('node.changed');
  });

  it('refuses a change that was made to an older version', async () => {
    const made = ok(await node(N1)).node;
    ok(await world.updateNode.execute(ACTOR, { node: N1, description: 'new' }));
    const refusal = no(
      await world.updateNode.execute(ACTOR, { node: N1, version: made.version, description: 'newer' }),
    );
    expect(refusal.code).toBe('stale-version');
    expect(ok(await world.showNode.execute({ node: N1 })).description).toBe('new');
  });

  it('ripples when the node is lost, and changes no state when it is taken out of service', async () => {
    await world.import({ name: 'x', roles: [role('a'), role('b', { requires: ['a'] })] });
    ok(await node(N1));
    ok(await node(N2));
    ok(await world.bindRole.execute(ACTOR, { role: 'a', node: N1 }));
    ok(await world.bindRole.execute(ACTOR, { role: 'b', node: N2 }));
    for (const name of [N1, N2]) ok(await world.commitNode.execute(ACTOR, { node: name }));
    await world.settle();
    ok(await world.updateNode.execute(ACTOR, { node: N1, available: false }));
    expect(await world.states()).toEqual({ [`a@${N1}`]: 'active', [`b@${N2}`]: 'active' });
    ok(await world.updateNode.execute(ACTOR, { node: N1, alive: false }));
    expect(await world.states()).toEqual({ [`a@${N1}`]: 'todo', [`b@${N2}`]: 'blocked' });
    expect(ok(await world.showNode.execute({ node: N2 }))).toMatchObject({ state: 'blocked', stateCode: 3 });
  });

  it('says which noderoles follow it into another deployment, and moves these (W18)', async () => {
    await world.import({
      name: 'x',
      roles: [role('a'), role('b', { requires: ['a'] }), role('c', { requires: ['b'] })],
    });
    ok(await world.createDeployment.execute(ACTOR, { name: 'rack-3' }));
    ok(await node(N1));
    ok(await world.bindRole.execute(ACTOR, { role: 'a', node: N1 }));
    ok(await world.commitNodeRole.execute(ACTOR, { nodeRole: `a@${N1}` }));
    ok(await world.bindRole.execute(ACTOR, { role: 'c', node: N1 }));
    const preview = ok(await world.previewNodeMove.execute({ node: N1, deployment: 'rack-3' }));
    expect(preview).toEqual({ follow: [`b@${N1}`, `c@${N1}`], stay: [`a@${N1}`] });
    ok(await world.updateNode.execute(ACTOR, { node: N1, deployment: 'rack-3' }));
    const { items } = ok(await world.listNodeRoles.execute({}, { node: N1 }));
    expect(Object.fromEntries(items.map(({ role: name, deployment }) => [name, deployment]))).toEqual({
      a: 'system',
      b: 'rack-3',
      c: 'rack-3',
    });
    expect(
      ok(await world.listDeploymentRoles.execute({}, { deployment: 'rack-3' })).items.map(({ role: name }) => name),
    ).toEqual(['b', 'c']);
    expect(ok(await world.showNode.execute({ node: N1 })).deployment).toBe('rack-3');
  });

  it('lets only what a target role needs be annealed', async () => {
    await world.import({ name: 'x', roles: [role('a'), role('b', { requires: ['a'] }), role('other')] });
    ok(await node(N1));
    for (const name of ['b', 'other']) ok(await world.bindRole.execute(ACTOR, { role: name, node: N1 }));
    ok(await world.updateNode.execute(ACTOR, { node: N1, targetRole: 'b' }));
    const available = async () =>
      Object.fromEntries(ok(await world.listNodeRoles.execute({})).items.map((one) => [one.role, one.available]));
    expect(await available()).toEqual({ a: true, b: true, other: false });
    ok(await world.updateNode.execute(ACTOR, { node: N1, targetRole: null }));
    expect(await available()).toEqual({ a: true, b: true, other: true });
    await world.import({ name: 'y', roles: [role('elsewhere')] });
    expect(no(await world.updateNode.execute(ACTOR, { node: N1, targetRole: 'elsewhere' })).detail).toContain(
      'bind it first',
    );
  });

  it('runs those again that read a hint which changed', async () => {
    await world.import({
      name: 'x',
      attribs: [attrib('wish', { map: 'net/wish' })],
      roles: [role('reader', { wants: [{ attrib: 'wish' }] }), role('deaf')],
    });
    ok(await node(N1));
    for (const name of ['reader', 'deaf']) ok(await world.bindRole.execute(ACTOR, { role: name, node: N1 }));
    ok(await world.commitNode.execute(ACTOR, { node: N1 }));
    await world.settle();
    ok(await world.updateNode.execute(ACTOR, { node: N1, hints: { other: 1 } }));
    expect(
      ok(await world.listNodeRoles.execute({ filter: [{ field: 'changed', operator: 'eq', value: 'true' }] })).items,
    ).toEqual([]);
    ok(await world.updateNode.execute(ACTOR, { node: N1, hints: { net: { wish: 7 } } }));
    expect(
      ok(
        await world.listNodeRoles.execute({ filter: [{ field: 'changed', operator: 'eq', value: 'true' }] }),
      ).items.map((one) => one.role),
    ).toEqual(['reader']);
  });

  it('takes an inventory from the node and keeps it apart from what people edit', async () => {
    ok(await node(N1));
    const reported = ok(await world.reportInventory.execute(`node:${N1}`, { node: N1, inventory: { cpus: 8 } }));
    expect(reported).toMatchObject({ inventory: { cpus: 8 }, hints: {} });
  });
});

describe('proposing, committing and deploying a node afresh', () => {
  beforeEach(async () => {
    await world.import({
      name: 'x',
      roles: [role('wipe', { flags: ['destructive'] }), role('web', { requires: ['wipe'] })],
    });
    ok(await node(N1));
    ok(await world.bindRole.execute(ACTOR, { role: 'web', node: N1 }));
    ok(await world.commitNode.execute(ACTOR, { node: N1 }));
    await world.settle();
  });

  it('takes all of it back to editing', async () => {
    expect(ok(await world.proposeNode.execute(ACTOR, { node: N1 })).state).toBe('proposed');
    expect(new Set(Object.values(await world.states()))).toEqual(new Set(['proposed']));
  });

  it('does something destructive again only when told the name of the node', async () => {
    const refusal = no(await world.redeployNode.execute(ACTOR, { node: N1 }));
    expect(refusal).toMatchObject({ code: 'needs-confirmation', fields: { destructive: ['wipe'] } });
    ok(await world.redeployNode.execute(ACTOR, { node: N1, confirm: N1 }));
    expect(await world.states()).toEqual({ [`wipe@${N1}`]: 'todo', [`web@${N1}`]: 'blocked' });
  });
});

describe('deleting a node', () => {
  it('takes its noderoles along, and what hung on them and never ran', async () => {
    await world.import({ name: 'x', roles: [role('a'), role('b', { requires: ['a'] })] });
    ok(await node(N1));
    ok(await node(N2));
    ok(await world.bindRole.execute(ACTOR, { role: 'a', node: N1 }));
    ok(await world.bindRole.execute(ACTOR, { role: 'b', node: N2 }));
    expect(ok(await world.deleteNode.execute(ACTOR, { node: N1 }))).toEqual({
      deleted: N1,
      unbound: [`b@${N2}`, `a@${N1}`],
    });
    expect(await world.states()).toEqual({});
    expect(no(await world.showNode.execute({ node: N1 })).code).toBe('not-found');
  });

  it('is refused while committed work elsewhere stands on it', async () => {
    await world.import({ name: 'x', roles: [role('a'), role('b', { requires: ['a'] })] });
    ok(await node(N1));
    ok(await node(N2));
    ok(await world.bindRole.execute(ACTOR, { role: 'a', node: N1 }));
    ok(await world.bindRole.execute(ACTOR, { role: 'b', node: N2 }));
    for (const name of [N1, N2]) ok(await world.commitNode.execute(ACTOR, { node: name }));
    const refusal = no(await world.deleteNode.execute(ACTOR, { node: N1 }));
    expect(refusal.code).toBe('has-children');
    expect(refusal.detail).toContain(`b on ${N2}`);
  });

  it('leaves the rest of a cluster with its children', async () => {
    await world.import({
      name: 'x',
      roles: [role('store', { flags: ['cluster'] }), role('client', { requires: ['store'] })],
    });
    for (const name of [N1, N2, N3]) ok(await node(name));
    for (const name of [N1, N2]) ok(await world.bindRole.execute(ACTOR, { role: 'store', node: name }));
    ok(await world.bindRole.execute(ACTOR, { role: 'client', node: N3 }));
    for (const name of [N1, N2, N3]) ok(await world.commitNode.execute(ACTOR, { node: name }));
    await world.settle();
    ok(await world.deleteNode.execute(ACTOR, { node: N2 }));
    expect(
      ok(await world.readParents.execute({ nodeRole: `client@${N3}` })).map(({ nodeRole }) => nodeRole.name),
    ).toEqual([`store@${N1}`]);
    expect(ok(await world.showNodeRole.execute({ nodeRole: `client@${N3}` }))).toMatchObject({
      state: 'active',
      changed: true,
    });
  });

  it('is refused for the last admin node and for what stands in for a deployment', async () => {
    ok(await node('admin.example.com', { admin: true }));
    expect(no(await world.deleteNode.execute(ACTOR, { node: 'admin.example.com' })).detail).toContain(
      'last admin node',
    );
    expect(no(await world.deleteNode.execute(ACTOR, { node: 'system.phantom.anneal.alt' })).code).toBe('invalid');
    ok(await node('admin2.example.com', { admin: true }));
    ok(await world.deleteNode.execute(ACTOR, { node: 'admin.example.com' }));
  });
});

describe('listing nodes', () => {
  beforeEach(async () => {
    await world.import({ name: 'x', roles: [role('a')] });
    for (let index = 1; index <= 7; index += 1)
      ok(await node(`n${index}.example.com`, { groups: [`rack/r${index % 2}`], alive: index !== 3 }));
    ok(await world.bindRole.execute(ACTOR, { role: 'a', node: N2 }));
  });

  const names = async (query: Parameters<typeof world.listNodes.execute>[0]) =>
    ok(
      await world.listNodes.execute({
        ...query,
        filter: [{ field: 'system', operator: 'eq', value: 'false' }, ...(query.filter ?? [])],
      }),
    ).items.map((one) => one.name[1]);

  it('goes through pages in order, each node once', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: readonly { name: string }[]; next: string | null } = ok(
        await world.listNodes.execute({
          limit: 3,
          sort: [{ field: 'alive' }, { field: 'name', descending: true }],
          ...(cursor ? { cursor } : {}),
        }),
      );
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.next;
    } while (cursor);
    expect(seen).toEqual([
      'n3.example.com',
      'system.phantom.anneal.alt',
      ...[7, 6, 5, 4, 2, 1].map((index) => `n${index}.example.com`),
    ]);
  });

  it.each([
    ['state', 'eq', 'proposed', ['2']],
    ['roles', 'has', 'a', ['2']],
    ['groups', 'has', 'rack/r0', ['2', '4', '6']],
    ['alive', 'eq', 'false', ['3']],
    ['name', 'contains', 'N5', ['5']],
    ['name', 'in', ['n1.example.com', 'n7.example.com'], ['1', '7']],
    ['target_role', 'null', 'false', []],
    ['created_at', 'gt', '2000-01-01T00:00:00Z', ['1', '2', '3', '4', '5', '6', '7']],
  ] as const)('filters by %s %s %s', async (field, operator, value, expected) => {
    expect(await names({ filter: [{ field, operator, value }] })).toEqual(expected);
  });

  it.each([
    [{ filter: [{ field: 'password', operator: 'eq', value: 'x' }] }, 'cannot be filtered by "password"'],
    [{ filter: [{ field: 'id', operator: 'eq', value: 'x' }] }, 'give an id'],
    [{ filter: [{ field: 'frozen', operator: 'eq', value: "1' OR 1=1" }] }, 'give a number'],
    [{ filter: [{ field: 'macs', operator: 'eq', value: 'x' }] }, '"has"'],
    [{ sort: [{ field: 'target_role' }] }, 'cannot be sorted by'],
    [{ limit: 0 }, 'limit is 0'],
    [{ cursor: 'rubbish' }, 'cursor does not belong'],
    [{ cursor: Buffer.from('["name","x","not-an-id"]').toString('base64url') }, 'cursor does not belong'],
  ] as const)('refuses %j', async (query, words) => {
    const refusal = no(await world.listNodes.execute(query as never));
    expect(refusal.code).toBe('invalid');
    expect(refusal.detail).toContain(words);
  });
});

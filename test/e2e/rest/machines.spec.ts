import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '#app';
import type { NodeId } from '#core';
import { BootTickets } from '#netio';
import { FAILURES_MAX, LoginThrottle } from '../../../apps/server/src/auth/login-throttle.js';
import { callerOf, startServer, type Caller, type RunningServer } from './running-server.js';

const SYSTEM = `
name: network
description: For tests.
version: "1"
roles:
  - { name: network-server, jig: noop, flags: [milestone], description: Keeps networks. }
  - { name: network-admin, jig: noop, flags: [discovery], requires: [network-server], description: On the admin network. }
  - { name: managed-node, jig: noop, flags: [discovery, milestone], description: Is known. }
  - { name: cake, jig: noop, requires: [managed-node], description: Is baked. }
  - { name: fire, jig: noop, flags: [destructive], requires: [managed-node], description: Burns. }
  - name: fresh-os
    jig: install
    flags: [destructive]
    requires: [managed-node]
    description: Is installed.
    attribs: [{ name: target-os, schema: { type: string }, default: plan9 }]
`;
const ADMIN = {
  name: 'admin',
  category: 'admin',
  conduit: '1g0',
  domain: 'rack.example.com',
  name_servers: ['192.168.124.10'],
  time_servers: ['192.168.124.11'],
  ranges: [{ name: 'host', first: '192.168.124.81/24', last: '192.168.124.254/24' }],
  router: { address: '192.168.124.10/24', pref: 10 },
};
const SERVER = '018f0000-0000-7000-8000-0000000000ff';
const KEY = 'the key that this netboot server made';
const WORKER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIWorkerWorkerWorkerWorkerWorkerWorkerWo worker';
const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHostHostHostHostHostHostHostHostHostHo';
const OTHER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOtherOtherOtherOtherOtherOtherOtherOt';

const at = (ms: number): Clock => ({ now: () => ms }) as Clock;

interface Machine {
  readonly uuid: string;
  readonly macs: readonly string[];
  readonly serial?: string;
  readonly product?: string;
}
let machines = 0;
const newMachine = (over: Partial<Machine> = {}): Machine => {
  machines += 1;
  const last = machines.toString(16).padStart(2, '0');
  return { uuid: randomUUID(), macs: [`52:54:00:aa:00:${last}`, `52:54:00:bb:00:${last}`], ...over };
};
const inventoryOf = ({ uuid, macs, serial = `S${uuid}`, product = 'Standard PC' }: Machine) => ({
  version: 1,
  system: { uuid, vendor: 'QEMU', product, serial, asset_tag: null, kind: 'virtual' },
  memory: { bytes: 2 ** 30, modules: [] },
  network: {
    product,
    interfaces: macs.map((mac, index) => ({ name: `eth${index}`, mac, bus_path: `0000:00:0${index}.0`, port: 0 })),
  },
  disks: [{ name: 'sda', id: 'serial:D1', bytes: 10 * 2 ** 30, removable: false }],
});

describe('a machine that netboot booted', () => {
  let running: RunningServer;
  let nobody: Caller;
  beforeAll(async () => {
    running = await startServer('machines');
    nobody = running.as.nobody;
    const { admin } = running.as;
    expect((await admin('PATCH', 'jigs/noop', { body: { active: true }, headers: { 'if-match': '*' } })).status).toBe(
      200,
    );
    const headers = { 'content-type': 'application/yaml' };
    expect((await admin('POST', 'barclamps', { body: SYSTEM, headers })).status).toBeLessThan(300);
    expect((await admin('POST', 'deployments', { body: { name: 'bakery' } })).status).toBe(201);
    const keeper = { name: 'admin.rack.example.com', admin: true, probed: false, alive: true };
    expect((await admin('POST', 'nodes', { body: keeper })).status).toBe(201);
    const network = await admin('POST', 'networks', { body: ADMIN });
    expect(network.status, JSON.stringify(network.body)).toBe(201);
    const bound = await admin('POST', 'node_roles', {
      body: { role: 'network-server', node: keeper.name, deployment: 'system' },
    });
    expect(bound.status, JSON.stringify(bound.body)).toBe(201);
    for (const name of ['discovery', 'install'])
      await admin('POST', 'bootenvs', { body: { name, description: 'For tests.' } });
    await running.query(
      `INSERT INTO netboot_server (id, host, control_key, ticket_key) VALUES ($1, 'rack1', 'k', $2)
       ON CONFLICT (id) DO UPDATE SET ticket_key = excluded.ticket_key`,
      [SERVER, KEY],
    );
    await running.query(`INSERT INTO worker_keys (public_key, host) VALUES ($1, 'w1')`, [WORKER_KEY]);
  });
  afterAll(async () => {
    expect(running.faults).toEqual([]);
    await running.stop();
  });

  let seen = 0;
  beforeEach(async () => {
    // Failures of one test are not those of the next one; all come from one address here.
    const throttle = running.server.app.get(LoginThrottle);
    for (let each = 0; each < FAILURES_MAX; each += 1) throttle.succeeded(['enrol:127.0.0.1']);
    const [counter] = await running.query<{ last: string }>('SELECT last FROM event_counter');
    seen = Number(counter?.last ?? 0);
  });

  const events = async (kind: string): Promise<{ node: string | null; data: Record<string, unknown> }[]> =>
    await running.query(
      `SELECT n.name AS node, e.data FROM events e LEFT JOIN nodes n ON n.id = e.node_id WHERE e.seq > $1 AND e.kind = $2 ORDER BY e.seq`,
      [seen, kind],
    );
  const ticketFor = (
    machine: Machine,
    over: { mac?: string; node?: string; bootenv?: string; at?: number; key?: string; server?: string } = {},
  ): string =>
    new BootTickets(over.server ?? SERVER, over.key ?? KEY, at(over.at ?? Date.now())).make({
      mac: over.mac ?? machine.macs[0]!,
      uuid: machine.uuid,
      node: (over.node ?? null) as NodeId | null,
      bootenv: over.bootenv ?? 'discovery',
    });
  const enrol = (
    machine: Machine,
    ticket: string,
    over: { hostKey?: string; bootId?: string; inventory?: object } = {},
  ) =>
    nobody('POST', 'machines/enrol', {
      body: {
        ticket,
        inventory: over.inventory ?? inventoryOf(machine),
        host_key: over.hostKey ?? HOST_KEY,
        boot_id: over.bootId ?? '5f2e0a44-77a0-4a8b-9c0e-6f1b2e3d4c5b',
      },
    });
  const node = async (name: string) => (await running.as.viewer('GET', `nodes/${name}`)).body;
  const refusedAs = async (answer: { status: number; body: { fields?: { why?: string } } }, why: string) => {
    expect(answer.body.fields?.why, JSON.stringify(answer.body)).toBe(why);
    expect((await events('machine.refused')).map(({ data }) => data['why'])).toEqual([why]);
  };

  it('becomes a node with an address, a pinned key, its inventory, and what discovered machines get', async () => {
    const machine = newMachine();
    const answer = await enrol(machine, ticketFor(machine));
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    const name = `d${machine.macs[0]!.replaceAll(':', '-')}.rack.example.com`;
    expect(answer.body).toMatchObject({
      node: { name },
      token: expect.stringMatching(/^anneal_/),
      authorized_keys: [WORKER_KEY],
      addresses: [expect.stringMatching(/^192\.168\.124\.\d+\/24$/), expect.stringMatching(/^fd.*\/64$/)],
      router: '192.168.124.10',
      hostname: name.split('.')[0],
      domain: 'rack.example.com',
      name_servers: ['192.168.124.10'],
      time_servers: ['192.168.124.11'],
      api_url: running.url,
    });
    const made = await node(name);
    expect(made).toMatchObject({
      bootenv: 'discovery',
      host_key: HOST_KEY,
      macs: machine.macs,
      address: answer.body.addresses[0].split('/')[0],
      alive: false,
      available: true,
      lifecycle: 'discovering',
      boot_session: { id: answer.body.boot_session, bootenv: 'discovery' },
      inventory: { system: { uuid: machine.uuid } },
    });
    const bound = (await running.as.viewer('GET', `nodes/${name}/node_roles`)).body.items;
    expect(bound.map((each: { role: string; state: string }) => [each.role, each.state]).sort()).toEqual([
      ['managed-node', expect.not.stringMatching('proposed')],
      ['network-admin', expect.not.stringMatching('proposed')],
    ]);
    expect((await events('machine.enrolled')).map((event) => event.node)).toEqual([name]);
    expect((await events('node.booted')).map(({ data }) => data['bootenv'])).toEqual(['discovery']);
  });

  it('speaks with its token for itself, in this boot, and no longer', async () => {
    const machine = newMachine();
    const first = (await enrol(machine, ticketFor(machine))).body;
    const speak = callerOf(running.url, first.token);
    const report = (body: object) => speak('PUT', `nodes/${first.node.id}/inventory`, { body });
    expect((await report(inventoryOf(machine))).status).toBe(200);
    expect((await speak('PUT', 'nodes/admin.rack.example.com/inventory', { body: {} })).status).toBe(403);
    const second = await enrol(machine, ticketFor(machine, { node: first.node.id }), { hostKey: OTHER_KEY });
    expect(second.status, JSON.stringify(second.body)).toBe(201);
    expect((await report({})).status).toBe(401);
    expect(await node(first.node.name)).toMatchObject({
      host_key: OTHER_KEY,
      boot_session: { id: second.body.boot_session },
      inventory: { system: { uuid: machine.uuid } },
    });
  });

  it('is the same node on another card, after it lost a card, and whatever its address is', async () => {
    const machine = newMachine();
    const first = (await enrol(machine, ticketFor(machine))).body;
    const other = await enrol(machine, ticketFor(machine, { mac: machine.macs[1]! }));
    expect(other.body.node).toEqual(first.node);
    const changed = { ...machine, macs: ['52:54:00:cc:00:01'] };
    expect((await enrol(changed, ticketFor(changed))).body.node).toEqual(first.node);
    expect((await node(first.node.name)).macs).toEqual(['52:54:00:cc:00:01']);
    expect(await events('node.created')).toHaveLength(1);
  });

  it('that was declared by hand is that node, and what it gets by itself is committed', async () => {
    const machine = newMachine();
    const name = `declared${machines}.rack.example.com`;
    const body = { name, macs: [machine.macs[1]], bootenv: 'discovery' };
    expect((await running.as.operator('POST', 'nodes', { body })).status).toBe(201);
    expect((await node(name)).lifecycle).toBe('declared');
    const { id } = await node(name);
    const answer = await enrol(machine, ticketFor(machine, { mac: machine.macs[1]!, node: id }));
    expect(answer.body.node).toEqual({ id, name });
    const bound = (await running.as.viewer('GET', `nodes/${name}/node_roles`)).body.items;
    expect(bound.map(({ state }: { state: string }) => state)).not.toContain('proposed');
  });

  it('that boots anew loses its life, so that what ran there before is doubtful', async () => {
    const machine = newMachine();
    const { node: known } = (await enrol(machine, ticketFor(machine))).body;
    await running.as.admin('PATCH', `nodes/${known.name}`, { body: { alive: true }, headers: { 'if-match': '*' } });
    expect(await node(known.name)).toMatchObject({ alive: true, lifecycle: 'discovered' });
    await enrol(machine, ticketFor(machine, { node: known.id }));
    expect((await node(known.name)).alive).toBe(false);
    expect((await events('node.dead')).map((event) => event.node)).toEqual([known.name]);
  });

  describe('is turned away, and the history says so, when its ticket', () => {
    it('was used by a machine with another inventory', async () => {
      const machine = newMachine();
      const ticket = ticketFor(machine);
      expect((await enrol(machine, ticket)).status).toBe(201);
      await refusedAs(await enrol(machine, ticket, { hostKey: OTHER_KEY }), 'used');
    });

    it('was used by itself, twice: a lost answer is given again once', async () => {
      const machine = newMachine();
      const ticket = ticketFor(machine);
      const first = await enrol(machine, ticket);
      const again = await enrol(machine, ticket);
      expect(again.status, JSON.stringify(again.body)).toBe(201);
      expect(again.body).toMatchObject({ node: first.body.node, boot_session: first.body.boot_session });
      expect(again.body.token).not.toBe(first.body.token);
      const before = callerOf(running.url, first.body.token);
      expect((await before('PUT', `nodes/${first.body.node.id}/inventory`, { body: {} })).status).toBe(401);
      await refusedAs(await enrol(machine, ticket), 'used');
    });

    it('was used more than a minute ago', async () => {
      const machine = newMachine();
      const ticket = ticketFor(machine);
      const first = await enrol(machine, ticket);
      await running.query(`UPDATE boot_sessions SET begun_at = now() - interval '61 seconds' WHERE id = $1`, [
        first.body.boot_session,
      ]);
      await refusedAs(await enrol(machine, ticket), 'used');
    });

    it('was used, and its node deleted since', async () => {
      const machine = newMachine();
      const ticket = ticketFor(machine);
      const { name } = (await enrol(machine, ticket)).body.node;
      const deleted = await running.as.operator('DELETE', `nodes/${name}`, { headers: { 'if-match': '*' } });
      expect(deleted.status, JSON.stringify(deleted.body)).toBe(200);
      await refusedAs(await enrol(machine, ticket), 'used');
    });

    it('was made for another card', async () => {
      const machine = newMachine();
      await refusedAs(await enrol(machine, ticketFor(machine, { mac: '52:54:00:ff:ff:01' })), 'other-mac');
    });

    it('was made for another UUID', async () => {
      const machine = newMachine();
      const thief = { ...machine, uuid: randomUUID() };
      await refusedAs(await enrol(thief, ticketFor(machine)), 'other-uuid');
    });

    it('has nothing that the inventory could be held against', async () => {
      const machine = newMachine();
      await refusedAs(await enrol(machine, ticketFor(machine), { inventory: { version: 1 } }), 'nothing-to-compare');
    });

    it('has expired', async () => {
      const machine = newMachine();
      await refusedAs(await enrol(machine, ticketFor(machine, { at: Date.now() - 31 * 60_000 })), 'expired');
    });

    it('was sealed by somebody else, changed, or is none', async () => {
      const machine = newMachine();
      const [said, seal] = ticketFor(machine).split('.');
      const other = ticketFor(machine, { bootenv: 'install' }).split('.')[0];
      const attempts = [
        [ticketFor(machine, { key: 'guessed' }), 'forged'],
        [`${other}.${seal}`, 'forged'],
        [`${said}.${seal?.slice(0, -2)}`, 'forged'],
        [ticketFor(machine, { server: '018f0000-0000-7000-8000-00000000dead' }), 'unknown-server'],
        ['hello.world', 'not-a-ticket'],
      ] as const;
      for (const [ticket, why] of attempts) {
        const answer = await enrol(machine, ticket);
        expect(answer.body.fields?.why, JSON.stringify(answer.body)).toBe(why);
      }
      expect((await events('machine.refused')).map(({ data }) => data['why'])).toEqual(attempts.map(([, why]) => why));
      expect((await running.query('SELECT 1 FROM events WHERE data::text LIKE $1', [`%${seal}%`])).length).toBe(0);
    });

    it('is for a boot environment that the node is no longer to boot', async () => {
      const machine = newMachine();
      const { node: known } = (await enrol(machine, ticketFor(machine))).body;
      const ticket = ticketFor(machine, { node: known.id });
      const switched = { body: { bootenv: 'install' }, headers: { 'if-match': '*' } };
      expect((await running.as.operator('PATCH', `nodes/${known.name}`, switched)).status).toBe(200);
      await refusedAs(await enrol(machine, ticket), 'other-bootenv');
      expect((await node(known.name)).host_key).toBe(HOST_KEY);
    });

    it('is older than the boot that the node is in', async () => {
      const machine = newMachine();
      const early = ticketFor(machine, { at: Date.now() - 60_000 });
      const { node: known } = (await enrol(machine, ticketFor(machine))).body;
      await refusedAs(await enrol(machine, early), 'superseded');
      expect((await events('machine.refused'))[0]?.node).toBeNull();
      expect((await node(known.name)).boot_session).not.toBeNull();
    });

    it('was made for another node than the machine is', async () => {
      const [one, two] = [newMachine(), newMachine()];
      const first = (await enrol(one, ticketFor(one))).body.node;
      await enrol(two, ticketFor(two));
      const answer = await enrol(two, ticketFor(two, { node: first.id }));
      await refusedAs(answer, 'other-node');
      expect((await events('machine.refused'))[0]?.node).toBe(first.name);
    });
  });

  it('is turned away where what it claims belongs to two nodes', async () => {
    const [one, two] = [newMachine(), newMachine()];
    await enrol(one, ticketFor(one));
    await enrol(two, ticketFor(two));
    const mixed = { ...one, macs: [one.macs[0]!, two.macs[0]!] };
    const answer = await enrol(mixed, ticketFor(mixed));
    expect(answer.status).toBe(409);
    await refusedAs(answer, 'contradiction');
  });

  it('becomes one node, however often it asks at once', async () => {
    const machine = newMachine();
    const answers = await Promise.all([1, 2, 3].map(() => enrol(machine, ticketFor(machine))));
    const names = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.node.name));
    expect(names.size).toBe(1);
    expect(await events('node.created')).toHaveLength(1);
    const same = ticketFor(newMachine());
    const spread = await Promise.all([1, 2, 3].map(() => enrol(machine, same)));
    expect(spread.every(({ status }) => status === 403)).toBe(true);
  });

  it('waits for a worker whose key it can be given', async () => {
    const machine = newMachine();
    await running.query('DELETE FROM worker_keys');
    const ticket = ticketFor(machine);
    expect((await enrol(machine, ticket)).status).toBe(503);
    expect(await events('machine.refused')).toEqual([]);
    await running.query(`INSERT INTO worker_keys (public_key, host) VALUES ($1, 'w1')`, [WORKER_KEY]);
    expect((await enrol(machine, ticket)).status).toBe(201);
  });

  it('may not guess for long', async () => {
    const machine = newMachine();
    const statuses = [];
    for (let attempt = 0; attempt < 12; attempt += 1) statuses.push((await enrol(machine, 'guess.ed')).status);
    expect(statuses.at(-1)).toBe(429);
  });

  describe('and that nobody knows', () => {
    const rule = async (body: object) => {
      const made = await running.as.admin('POST', 'enrolment_rules', { body });
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      return made.body;
    };
    beforeEach(() => running.query('DELETE FROM enrolment_rules').then(() => undefined));

    it('is named, grouped, bound and committed as the rules say, but for what destroys', async () => {
      await rule({
        name: 'bakers',
        match: { product: 'Oven*', memory_gib: { at_most: 4 } },
        effects: {
          name: 'oven-{{serial}}',
          deployment: 'bakery',
          groups: ['rack/r7'],
          quirks: ['hot'],
          roles: ['cake', 'fire'],
          commit: true,
        },
      });
      await rule({ name: 'everyone', priority: 90, effects: { groups: ['site/here'], name: 'x-{{mac}}' } });
      const machine = newMachine({ product: 'Oven 3000', serial: 'B 17' });
      const { name } = (await enrol(machine, ticketFor(machine))).body.node;
      expect(name).toBe('oven-b-17.rack.example.com');
      expect(await node(name)).toMatchObject({
        deployment: 'bakery',
        quirks: ['hot'],
        groups: ['rack/r7', 'site/here'],
      });
      const bound = (await running.as.viewer('GET', `nodes/${name}/node_roles`)).body.items;
      const stateOf = (role: string) => bound.find((each: { role: string }) => each.role === role)?.state;
      expect([stateOf('cake'), stateOf('fire')]).toEqual([expect.not.stringMatching('proposed'), 'proposed']);
      const twin = newMachine({ product: 'Oven 3000', serial: 'B 17' });
      expect((await enrol(twin, ticketFor(twin))).body.node.name).toBe(
        `d${twin.macs[0]!.replaceAll(':', '-')}.rack.example.com`,
      );
    });

    it('is taken in, and what would install a system that nobody has stays proposed', async () => {
      await rule({ name: 'all', effects: { roles: ['fresh-os'], commit: true, commit_destructive: true } });
      const machine = newMachine();
      const { name } = (await enrol(machine, ticketFor(machine))).body.node;
      const { body } = await running.as.viewer('GET', `node_roles/fresh-os@${name}`);
      expect(body.state).toBe('proposed');
      const events = await running.query<{ data: { reason: string } }>(
        `SELECT data FROM events WHERE kind = 'node_role.not_committed' AND node_role_id = $1`,
        [body.id],
      );
      expect(events.map(({ data }) => data.reason)).toEqual([expect.stringContaining('there is no image "plan9"')]);
    });

    it('waits until somebody commits it', async () => {
      await rule({ name: 'ask', effects: { decision: 'wait' } });
      const machine = newMachine();
      const { name } = (await enrol(machine, ticketFor(machine))).body.node;
      expect(await node(name)).toMatchObject({ available: false, state: 'proposed', lifecycle: 'waiting' });
      expect((await running.as.operator('PUT', `nodes/${name}/commit`)).status).toBe(202);
      expect(await node(name)).toMatchObject({ available: true, lifecycle: 'discovering' });
    });

    it('is turned away by a rule, with its reason', async () => {
      await rule({
        name: 'no',
        match: { subnet: '127.0.0.0/8' },
        effects: { decision: 'refuse', reason: 'Not here.' },
      });
      const machine = newMachine();
      const answer = await enrol(machine, ticketFor(machine));
      expect([answer.status, answer.body.detail]).toEqual([403, 'Not here.']);
      await refusedAs(answer, 'rule');
    });

    it('can be asked about beforehand, without anything being changed', async () => {
      await rule({ name: 'tag', match: { vendor: 'QEMU' }, effects: { name: 'vm-{{serial}}' } });
      const machine = newMachine({ serial: 'Z9' });
      const ask = () =>
        running.as.operator('POST', 'enrolment_rules/preview', { body: { inventory: inventoryOf(machine) } });
      expect((await ask()).body).toMatchObject({
        decision: 'accept',
        name: 'vm-z9.rack.example.com',
        known_as: null,
        because: ['rule tag matches'],
      });
      expect(await events('node.created')).toEqual([]);
      await enrol(machine, ticketFor(machine));
      expect((await ask()).body.known_as).toBe('vm-z9.rack.example.com');
    });

    it('meets no rule that cannot be meant', async () => {
      const { admin, operator } = running.as;
      for (const body of [
        { name: 'a', match: { subnet: 'here' } },
        { name: 'a', effects: { name: 'same' } },
        { name: 'a', effects: { commit_destructive: true } },
        { name: 'a', match: { colour: 'red' } },
      ])
        expect((await admin('POST', 'enrolment_rules', { body })).status, JSON.stringify(body)).toBe(400);
      expect((await operator('POST', 'enrolment_rules', { body: { name: 'a' } })).status).toBe(403);
      const { version } = await rule({ name: 'a' });
      const headers = { 'if-match': `"${version}"` };
      const changed = await admin('PATCH', 'enrolment_rules/a', { body: { enabled: false }, headers });
      expect(changed.body).toMatchObject({ name: 'a', enabled: false, priority: 50 });
      expect((await admin('DELETE', 'enrolment_rules/a', { headers: { 'if-match': '*' } })).status).toBe(204);
    });
  });
});

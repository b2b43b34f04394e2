import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdoptMachines, AdvanceRetirements, SilentLog, SystemClock, VETOES, WatchNodes, type Reach } from '#app';
import { SshInventory } from '#machine';
import { PgNodeWatch, TimeOrderedIds } from '#store';
import { FakeSession } from '#testkit';
import { callerOf, startServer, type RunningServer } from './running-server.js';

const CATALOG = `
name: machinery
description: For tests.
version: "1"
attribs:
  - { name: shelf, description: Of nodes., schema: { type: integer } }
roles:
  - { name: crowbar-managed-node, jig: noop, flags: [discovery, milestone], description: Is known. }
  - { name: provisioner-os-present, jig: noop, flags: [milestone], description: Runs its own. }
  - name: hardware-disk-erase
    jig: noop
    flags: [destructive, implicit]
    requires: [crowbar-managed-node]
    description: Erases.
    attribs:
      - { name: disk-erase-disks, description: Which., default: [], schema: { type: array } }
  - { name: cake, jig: noop, requires: [crowbar-managed-node], description: Is baked. }
`;
const ANY = { 'if-match': '*' };
const INVENTORY = {
  version: 1,
  system: { uuid: '5f2e0a44-77a0-4a8b-9c0e-6f1b2e3d4c5b', serial: 'S1' },
  disks: [
    { name: 'sda', id: 'serial:D1', bytes: 1_000_000, serial: 'D1', wwn: null, removable: false, read_only: false },
    { name: 'sdb', id: 'serial:STICK', bytes: 1_000, serial: 'STICK', wwn: null, removable: true, read_only: false },
  ],
};

describe('the life of a node', () => {
  let running: RunningServer;
  let session: FakeSession;
  beforeAll(async () => {
    running = await startServer('node_life');
    session = new FakeSession();
    const { admin } = running.as;
    expect((await admin('PATCH', 'jigs/noop', { body: { active: true }, headers: ANY })).status).toBe(200);
    const imported = await admin('POST', 'barclamps', {
      body: CATALOG,
      headers: { 'content-type': 'application/yaml' },
    });
    expect(imported.status, JSON.stringify(imported.body)).toBeLessThan(300);
  });
  afterAll(async () => {
    expect(running.faults).toEqual([]);
    await session.close();
    await running.stop();
  });

  const node = async (name: string) => (await running.as.viewer('GET', `nodes/${name}`)).body;
  const make = async (name: string, over: object = {}) => {
    const body = { name, probed: false, alive: true, inventory: INVENTORY, quirks: ['q'], commit: true, ...over };
    const made = await running.as.operator('POST', 'nodes', { body });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body;
  };
  const rolesOf = async (name: string): Promise<[string, string][]> =>
    (await running.as.viewer('GET', `nodes/${name}/node_roles`)).body.items.map(
      ({ role, state }: { role: string; state: string }) => [role, state],
    );
  const kinds = async (name: string): Promise<string[]> =>
    (
      await running.query<{ kind: string }>(
        `SELECT e.kind FROM events e JOIN nodes n ON n.id = e.node_id WHERE n.name = $1 ORDER BY e.seq`,
        [name],
      )
    ).map(({ kind }) => kind);

  it('is looked at by a person, and put back as it was', async () => {
    const { operator } = running.as;
    await make('aside.example.com', { bootenv: 'local' });
    const aside = await operator('PUT', 'nodes/aside.example.com/debug');
    expect(aside.body).toMatchObject({ lifecycle: 'debugging', available: false, bootenv: 'discovery' });
    // Twice is once: what it was to boot before is not forgotten.
    expect((await operator('PUT', 'nodes/aside.example.com/debug', { body: { on: true } })).status).toBe(200);
    const back = await operator('PUT', 'nodes/aside.example.com/debug', { body: { on: false } });
    expect(back.body).toMatchObject({ lifecycle: 'declared', available: true, bootenv: 'local' });
  });

  it('is scrubbed: what was found out goes, what was said about it stays', async () => {
    await make('scrub.example.com', { hints: { shelf: 3 }, groups: ['rack/r1'], macs: ['52:54:00:00:00:01'] });
    const scrubbed = await running.as.operator('PUT', 'nodes/scrub.example.com/scrub');
    expect(scrubbed.body).toMatchObject({
      inventory: {},
      hints: {},
      quirks: [],
      host_key: null,
      boot_session: null,
      alive: false,
      bootenv: 'discovery',
      groups: ['rack/r1'],
      macs: ['52:54:00:00:00:01'],
    });
    expect(await rolesOf('scrub.example.com')).toEqual([['crowbar-managed-node', 'todo']]);
  });

  it('is not ended by a slip: who decommissions repeats the name, and reads which disks go', async () => {
    const { operator } = running.as;
    await make('keep.example.com');
    const asked = await operator('PUT', 'nodes/keep.example.com/decommission', { body: { confirm: 'keep' } });
    expect([asked.status, asked.body.code]).toEqual([409, 'needs-confirmation']);
    expect(asked.body.fields.disks).toEqual(['serial:D1']);
    expect(asked.body.detail).toContain('serial:D1');
    expect(await node('keep.example.com')).toMatchObject({ lifecycle: 'declared', bootenv: 'local' });
  });

  it('ends with its disks erased: those that it was granted for, in the discovery system, and then for good', async () => {
    const { operator } = running.as;
    const name = 'gone.example.com';
    await make(name);
    await operator('POST', 'node_roles', { body: { role: 'cake', node: name, deployment: 'system' } });
    const begun = await operator('PUT', `nodes/${name}/decommission`, { body: { confirm: name } });
    expect(begun.status, JSON.stringify(begun.body)).toBe(202);
    expect(begun.body).toMatchObject({ lifecycle: 'decommissioning', bootenv: 'discovery' });
    expect((await rolesOf(name)).map(([role]) => role).sort()).toEqual(['crowbar-managed-node', 'hardware-disk-erase']);
    const granted = await running.as.viewer('GET', `node_roles/hardware-disk-erase@${name}/attribs/disk-erase-disks`);
    expect(granted.body.value).toEqual([{ id: 'serial:D1', bytes: 1_000_000, serial: 'D1', wwn: null }]);

    const retire = new AdvanceRetirements({
      unitOfWork: running.server.assembly.unitOfWork,
      log: new SilentLog(),
    });
    await retire.execute();
    expect((await node(name)).lifecycle).toBe('decommissioning');
    await running.query(
      `UPDATE node_roles SET state = 0 FROM nodes n WHERE n.id = node_roles.node_id AND n.name = $1`,
      [name],
    );
    await retire.execute();
    expect(await node(name)).toMatchObject({
      lifecycle: 'decommissioned',
      available: false,
      alive: false,
      address: null,
      bootenv: 'local',
    });
    expect(await rolesOf(name)).toEqual([]);
    const [told] = await running.query<{ data: { erased: string[] } }>(
      `SELECT data FROM events WHERE kind = 'node.decommissioned' AND data->>'name' = $1`,
      [name],
    );
    expect(told?.data.erased).toEqual(['serial:D1']);
    expect((await operator('PUT', `nodes/${name}/scrub`)).body).toMatchObject({
      lifecycle: 'declared',
      available: true,
      bootenv: 'discovery',
    });
  });

  it('ends at once where its disks stay as they are', async () => {
    const name = 'kept.example.com';
    await make(name);
    const body = { confirm: name, erase: false };
    const ended = await running.as.operator('PUT', `nodes/${name}/decommission`, { body });
    expect([ended.status, ended.body.lifecycle]).toEqual([202, 'decommissioned']);
    expect(await rolesOf(name)).toEqual([]);
  });

  it('tells of a part that fails, once, and of its recovery, by the node’s own word', async () => {
    const { admin, viewer } = running.as;
    const name = 'parts.example.com';
    await make(name);
    const { secret } = (await admin('POST', 'tokens', { body: { name: 'parts', node: name } })).body;
    const self = callerOf(running.url, secret);
    const report = (body: object, of = name) => self('POST', `nodes/${of}/reports`, { body });
    const failing = { part: 'drive', subject: 'serial:D1', severity: 'warning', says: '7 sectors moved' };
    expect((await report(failing)).status).toBe(201);
    expect((await report({ ...failing, severity: 'failure' })).body.items).toEqual([
      expect.objectContaining({ subject: 'serial:D1', severity: 'failure', times: 2, resolved_at: null }),
    ]);
    expect((await node(name)).open_reports).toBe(1);
    expect((await report(failing, 'kept.example.com')).status).toBe(403);
    await report({ part: 'drive', subject: 'serial:D1', severity: 'well' });
    expect((await node(name)).open_reports).toBe(0);
    expect((await viewer('GET', `nodes/${name}/reports`)).body.items[0].resolved_at).not.toBeNull();
    expect((await kinds(name)).filter((kind) => kind.startsWith('node.part'))).toEqual([
      'node.part_failed',
      'node.part_well',
    ]);
  });

  describe('begins with a machine that runs already', () => {
    const adopt = async (machine: Reach, over: object = {}) => {
      const answer = await running.as.operator('POST', 'nodes/adopt', { body: { address: machine.address, ...over } });
      expect(answer.status, JSON.stringify(answer.body)).toBe(202);
      return answer.body as { name: string };
    };
    const turn = () =>
      new AdoptMachines({
        unitOfWork: running.server.assembly.unitOfWork,
        ids: new TimeOrderedIds(),
        vetoes: VETOES,
        clock: new SystemClock(),
        asker: new SshInventory(session),
      }).execute();

    it('that is asked what it is, pinned, and left alone until somebody commits', async () => {
      const machine = session.addMachine('old');
      const { name } = await adopt(machine);
      expect(name).toBe(`a${machine.address!.replaceAll('.', '-')}.anneal.internal`);
      await turn();
      expect(await node(name)).toMatchObject({
        host_key: machine.hostKey,
        bootenv: 'local',
        boot_session: { bootenv: 'local' },
        inventory: { version: 1, kernel: expect.any(String) },
      });
      expect((await rolesOf(name)).sort()).toEqual([
        ['crowbar-managed-node', 'proposed'],
        ['provisioner-os-present', 'proposed'],
      ]);
      expect(await kinds(name)).toContain('machine.adopted');
      const again = await running.as.operator('POST', 'nodes/adopt', { body: { address: machine.address } });
      expect(again.status).toBe(409);
      // The same machine under another address is no second node.
      const other = session.addMachine('old again');
      const twin = await adopt(other, { name: 'twin.example.com' });
      await turn();
      const [adoption] = await running.query<{ state: string; says: string }>(
        `SELECT a.state, a.says FROM adoptions a JOIN nodes n ON n.id = a.node_id WHERE n.name = $1`,
        [twin.name],
      );
      expect(adoption).toMatchObject({ state: 'failed', says: expect.stringContaining(name) });
      await running.as.operator('DELETE', `nodes/${name}`, { headers: ANY });
    });

    it('and must offer the key that was said, when one was said', async () => {
      const machine = session.addMachine('pinned');
      const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOtherOtherOtherOtherOtherOtherOtherOt';
      const { name } = await adopt(machine, { name: 'pinned.example.com', host_key: hostKey });
      await turn();
      expect(await node(name)).toMatchObject({ host_key: hostKey, boot_session: null, inventory: {} });
      expect(await kinds(name)).not.toContain('machine.adopted');
    });
  });

  it('is not found alive by the last breath of a boot before', async () => {
    const machine = session.addMachine('breath.example.com');
    const name = 'breath.example.com';
    await make(name, { probed: true, alive: false, address: machine.address, host_key: machine.hostKey });
    const { dataSource, unitOfWork } = running.server.assembly;
    const fresh = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFreshFreshFreshFreshFreshFreshFreshFr';
    // While it is looked at, the node boots anew and another key is pinned.
    class Booting extends FakeSession {
      override async probe(reach: Reach) {
        if (reach.name === name) await running.query('UPDATE nodes SET host_key = $2 WHERE name = $1', [name, fresh]);
        return { kind: 'alive', tookMs: 1, hostKey: machine.hostKey } as const;
      }
    }
    await new WatchNodes(new PgNodeWatch(dataSource), new Booting(), unitOfWork).execute();
    expect(await node(name)).toMatchObject({ alive: false, host_key: fresh });
    // By the key that is pinned now the old system does not pass.
    await new WatchNodes(new PgNodeWatch(dataSource), session, unitOfWork).execute();
    expect(await node(name)).toMatchObject({ alive: false, probe_says: expect.stringContaining('pinned') });
    await running.query('UPDATE nodes SET host_key = $2 WHERE name = $1', [name, machine.hostKey]);
    await new WatchNodes(new PgNodeWatch(dataSource), session, unitOfWork).execute();
    expect((await node(name)).alive).toBe(true);
  });
});

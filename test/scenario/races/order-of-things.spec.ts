import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SwitchPower } from '#app';
import { loadShipped } from '#catalog';
import { BootView, finishNodeRole, GraphDraft, idOf, markChanged, setAlive, type NodeId, type ViewMachine } from '#core';
import { drawn, FleetSite, picture, type SimulatedMachine } from '#testkit';
import { begin, REBOOT, withoutWaiting } from './begun.js';

/**
 * R1 to R13 of the reference (crowbar2 §11): what has to come before what. Each test names the line that it guards; with
 * that line taken out it fails.
 */
afterEach(() => {
  vi.useRealTimers();
});

describe('races of an install: the order of things', () => {
  it('R1: nothing restarts before netboot has the new boot files', async () => {
    // Guard: advance-installs.ts, leaveArmed: `if (said.kind !== 'acknowledged') return`.
    withoutWaiting();
    const { site, machine, to } = await begin(REBOOT);
    await to('planned');
    site.netboot.follows = false;
    await site.run(60);
    expect([site.install(machine)?.phase, site.node(machine).bootenv, site.acts]).toEqual(['armed', 'install', []]);
    site.netboot.follows = true;
    await to('joined');
    expect(site.acts).toEqual(['m1.example.com boot-network', 'm1.example.com cycle']);
    expect(machine.boots).toEqual(['discovery', 'install', 'local', 'disk']);
  });

  it.each([
    ['was told to stop', true, 'told to stop: netboot-1'],
    ['never was', null, 'no netboot server runs'],
  ])('R1: nothing restarts where netboot %s: the install says so, and goes on when one is there', async (_, stopped, why) => {
    // Guard: the same line, which lets nothing pass for a server that is not there.
    const { site, machine, to } = await begin(REBOOT);
    await to('planned');
    site.netboot.stopped = stopped;
    await site.run(60);
    expect([site.install(machine)?.phase, site.acts, machine.boots]).toEqual(['armed', [], ['discovery']]);
    expect(site.install(machine)?.says).toContain(why);
    site.netboot.stopped = false;
    await to('rebooting');
    expect(site.install(machine)?.says).not.toContain('no netboot server runs');
    await to('joined');
    expect(machine.boots).toEqual(['discovery', 'install', 'local', 'disk']);
  });

  it('R1: netboot that is behind is what an install says it waits for, once', async () => {
    // Guard: advance-installs.ts, sayWaits.
    withoutWaiting();
    const { site, machine, to } = await begin(REBOOT);
    await to('planned');
    site.netboot.follows = false;
    await to('armed');
    await site.run(5);
    const told = site.rows.events.length;
    expect(site.install(machine)?.says).toContain('netboot has not taken in its boot environment');
    await site.run(30);
    expect(site.rows.events.length).toBe(told);
  });

  it('R1: what was handed over while a turn waited for netboot is not handed over once more', async () => {
    // Guards: advance-installs.ts, set: `if (now?.phase !== 'armed') return`; decide.ts, beginInstall: `if (again && …)`.
    const { site, machine, to } = await begin();
    const asked = vi.spyOn(site.netboot, 'servers');
    const waiting: Promise<void>[] = [];
    site.session.before = async (_machine, argv) => {
      if (argv[0] !== 'test' || waiting.length > 0) return null;
      // Something else happens, which netboot has not taken in when the next turn begins.
      site.netboot.follows = false;
      await site.unitOfWork.write('operator', async (tx) => tx.tell({ kind: 'node.changed', nodeId: site.idOf(machine) }));
      asked.mockClear();
      waiting.push(site.advance.execute());
      await vi.waitFor(() => expect(asked).toHaveBeenCalled());
      return null;
    };
    await to('installing');
    site.netboot.follows = true;
    await Promise.all(waiting);
    await site.advance.settled();
    await to('joined');
    expect([site.told('install.order_replaced'), site.told('install.token_replayed')]).toEqual([[], []]);
  });

  describe('R1: power that a person asks for', () => {
    const asked = async () => {
      const { site, machine } = await begin({ roles: ['managed'] });
      await site.until(() => site.node(machine).alive);
      const { unitOfWork, clock, power } = site;
      const switchPower = new SwitchPower({ unitOfWork, clock, power });
      const ask = (action: string, signal?: AbortSignal) =>
        switchPower.execute('operator', { node: machine.name, action, ...(signal ? { signal } : {}) });
      const put = (bootenv: string) =>
        site.unitOfWork.write('operator', async (tx) => {
          await tx.nodes.update(site.idOf(machine), { bootenv });
          tx.tell({ kind: 'node.changed', nodeId: site.idOf(machine), data: { fields: ['bootenv'] } });
        });
      return { site, machine, ask, put };
    };

    it('comes after what was decided before it: the machine boots what was put', async () => {
      // Guard: switch-power.ts: `if (tooEarly) return tooEarly`.
      const { site, machine, ask, put } = await asked();
      site.netboot.follows = false;
      await put('local');
      const waiting = ask('cycle');
      expect(site.acts).toEqual([]);
      site.netboot.follows = true;
      expect(await waiting).toMatchObject({ outcome: 'done', action: 'cycle' });
      await site.until(() => machine.boots.length === 2);
      expect(machine.boots).toEqual(['discovery', 'local']);
    });

    it.each(['on', 'cycle', 'reset', 'boot-network'])(
      '%s is refused when netboot does not take it in in time, and nothing was touched',
      async (action) => {
        withoutWaiting();
        const { site, ask, put } = await asked();
        site.netboot.follows = false;
        await put('local');
        const refused = await ask(action);
        expect(refused).toMatchObject({ code: 'unavailable' });
        expect(refused).toHaveProperty('detail', expect.stringContaining('netboot on netboot-1 is at generation'));
        expect([site.acts, site.told('power.asked')]).toEqual([[], []]);
      },
    );

    it('is refused while every netboot is told to stop, with what to do', async () => {
      const { site, ask } = await asked();
      site.netboot.stopped = true;
      expect(await ask('cycle')).toHaveProperty('detail', expect.stringContaining('anneal netboot delete'));
      expect(site.acts).toEqual([]);
    });

    it.each(['off', 'boot-disk', 'identify'])('%s waits for nobody: it starts no boot from the network', async (action) => {
      const { site, ask, put } = await asked();
      site.netboot.follows = false;
      await put('local');
      expect(await ask(action)).toMatchObject({ outcome: 'done' });
    });

    it('goes ahead where there never was a netboot', async () => {
      const { site, machine, ask } = await asked();
      site.netboot.stopped = null;
      expect(await ask('cycle')).toMatchObject({ outcome: 'done' });
      expect(site.acts).toEqual([`${machine.name} cycle`]);
    });

    it('ends when whoever asked has gone', async () => {
      const { site, ask, put } = await asked();
      site.netboot.follows = false;
      await put('local');
      expect(await ask('cycle', AbortSignal.abort())).toMatchObject({ code: 'unavailable' });
      expect(site.acts).toEqual([]);
    });
  });

  it('R2: it is ACTIVE when the installed system has reported, and what builds on it waits for that', async () => {
    // Guard: decide.ts, joinInstall: `run: { kind: 'succeeded' }` stands there and in no other decision.
    const { site, machine } = await begin(REBOOT);
    const seen = new Set<string>();
    await site.until(() => {
      const phase = site.install(machine)?.phase ?? 'none';
      seen.add(phase);
      if (phase !== 'joined') expect(site.nodeRole('workload', machine).state).toBe('blocked');
      if (['armed', 'rebooting', 'installing', 'installed'].includes(phase))
        expect(site.nodeRole('os-install', machine).state).toBe('transition');
      return site.nodeRole('workload', machine).state === 'active';
    });
    expect([...seen]).toEqual(expect.arrayContaining(['rebooting', 'installing', 'installed', 'joined']));
  });

  it('R3: the boot environment is set in the transaction that arms, and undone with it', async () => {
    // Guard: decide.ts, armInstall: `node: { bootenv }`, and applyInstall in one transaction with it.
    const { site, machine } = await begin(REBOOT);
    let cut = false;
    site.beforeKeep = () => {
      const install = site.install(machine);
      if (!install) return;
      const { bootenv } = site.node(machine);
      if (install.phase === 'armed' || install.phase === 'rebooting') expect(bootenv).toBe('install');
      if (['installing', 'installed', 'joined'].includes(install.phase)) expect(bootenv).toBe('local');
      if (install.phase !== 'armed' || cut) return;
      cut = true;
      queueMicrotask(() => expect(site.node(machine).bootenv).toBe('discovery'));
      throw new Error('the database is gone');
    };
    await site.until(() => site.nodeRole('workload', machine).state === 'active');
    expect([cut, site.faults.length]).toEqual([true, 1]);
  });

  it('R4: the boot of the installed system does not run the install again', async () => {
    // Guard: decide.ts of noderoles, isDone: `role.destructive && nodeRole.runCount > 0`.
    const { site, machine } = await begin();
    const isActive = () => site.nodeRole('workload', machine).state === 'active';
    await site.until(isActive);
    for (let boot = 0; boot < 3; boot += 1) {
      machine.losePower();
      await site.until(() => !site.node(machine).alive);
      await site.until(isActive);
    }
    expect(site.nodeRole('os-install', machine).runCount).toBe(1);
    expect(site.told('install.planned')).toHaveLength(1);
    expect(new Set(machine.writes.map(({ install }) => install)).size).toBe(1);
  });

  it('R5: what failed is not done again by itself, whatever boots', async () => {
    // Guard: states.ts: error + deactivate stays error when destructive.
    const { site, machine, to } = await begin();
    machine.faults.hangsAt = 'write';
    await to('failed');
    machine.faults.hangsAt = null;
    for (let boot = 0; boot < 3; boot += 1) {
      machine.losePower();
      await site.until(() => !site.node(machine).alive);
      await site.until(() => site.node(machine).alive);
      await site.run(1_800);
    }
    expect(site.nodeRole('os-install', machine).state).toBe('error');
    expect(site.told('install.planned')).toHaveLength(1);
    expect(machine.writes).toHaveLength(1);
  });

  it('R6: what the system before the reboot says counts no more', async () => {
    // Guards: begin-boot-session.ts: `tx.nodes.update(…, { hostKey })`; known-machine.ts: `madeAt < current.madeAt`.
    const { site, machine } = await begin({ roles: ['managed'] });
    await site.until(() => site.node(machine).alive);
    const early = site.boot(machine)!.ticket;
    await site.run(60);
    const late = site.boot(machine)!.ticket;
    // The new boot has enrolled, and the old system is still there to answer.
    expect(await site.enrol(machine, late, `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'b'.repeat(32)}`, 'boot-b')).toBeNull();
    expect(site.node(machine).alive).toBe(false);
    await site.run(60);
    expect(site.node(machine).alive).toBe(false);
    const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'a'.repeat(32)}`;
    expect(await site.enrol(machine, early, key, 'boot-a')).toMatchObject({ fields: { why: 'superseded' } });
  });

  it('R7: nothing else runs on a node that an install owns', async () => {
    // Guard: ready-set.ts, hold: `this.seat(nodeId).heldBy = id`.
    const { site, machine, to } = await begin();
    await to('installing');
    await site.bindBeside('audit', 'managed', machine);
    await site.until(() => {
      if (site.install(machine)?.phase === 'joined') return true;
      expect(site.nodeRole('audit', machine).state).not.toBe('transition');
      expect(site.nodeRole('audit', machine).runCount).toBe(0);
      return false;
    });
    await site.until(() => site.nodeRole('audit', machine).state === 'active');
  });

  it('R8: when the boot files cannot be brought out, the reboot does not come, and it says why', async () => {
    // Guard: advance-installs.ts, leaveArmed: the same line as R1, for netboot that never says so.
    withoutWaiting();
    const { site, machine, to } = await begin(REBOOT);
    await to('planned');
    site.netboot.follows = false;
    await to('failed');
    expect(site.install(machine)?.reason).toContain('was not acknowledged by every netboot server');
    expect([site.acts, site.node(machine).bootenv, machine.writes]).toEqual([[], 'discovery', []]);
  });

  describe('and the roles that are shipped', () => {
    let requires: ReadonlyMap<string, readonly string[]>;
    beforeAll(async () => {
      const roles = (await loadShipped()).flatMap((barclamp) => barclamp.roles);
      requires = new Map(roles.map((role) => [role.name, role.requires]));
    });
    const above = (name: string): Set<string> => {
      const all = new Set(requires.get(name));
      for (const each of all) for (const more of requires.get(each) ?? []) all.add(more);
      return all;
    };

    it('R9: a shared role that fails elsewhere keeps no install back', () => {
      // Guard: provisioner/barclamp.yml: provisioner-os-install requires provisioner-dhcp-server, not the database.
      expect(above('provisioner-os-install')).not.toContain('provisioner-dhcp-database');
      const draft = new GraphDraft(drawn('server@admin active --> database@admin transition\nserver@admin --> install todo'));
      finishNodeRole(draft, idOf('database@admin'), { kind: 'failed', reason: 'it is odd' }, 1);
      expect(picture(draft)).toBe('database@admin error\ninstall todo\nserver@admin active');
      expect(draft.node(idOf('n1')).frozen).toBe(0);
    });

    it('R31: an install comes after discovery, and refuses a machine that has not said what it is', async () => {
      // Guards: provisioner/barclamp.yml: requires crowbar-managed-node; plan-install.ts: `if (!inventory)`.
      expect(above('provisioner-os-install')).toContain('crowbar-managed-node');
      const { site, machine } = await begin({ roles: ['os-install'] });
      await site.decide(machine, (draft) => setAlive(draft, site.idOf(machine), true, 'told so'));
      await site.until(() => site.nodeRole('os-install', machine).state === 'error', 20);
      expect(site.nodeRole('os-install', machine).status).toContain('has not said what it is');
    });
  });

  it('R10: an older view never replaces a newer one', () => {
    // Guard: view.ts, apply: `invariant(generation >= this.current, …)`.
    const view = new BootView();
    const machine = (bootenv: string): ViewMachine => ({
      ...{ node: idOf<NodeId>('n1'), name: 'n1', deployment: 'system', roles: [], macs: ['52:54:00:00:00:01'] },
      ...{ uuid: null, addresses: [], bootenv, secureBoot: false, params: {} },
    });
    view.apply([{ kind: 'machine', id: 'n1', body: machine('local') }], 5);
    expect(() => view.apply([{ kind: 'machine', id: 'n1', body: machine('install') }], 4)).toThrow('cannot go back');
    expect([view.machineByMac('52:54:00:00:00:01')?.bootenv, view.generation]).toEqual(['local', 5]);
  });

  it('R11: two changes at once are both served, each of its own machine', async () => {
    // Guard: documents-of.ts: an event of a node concerns `{ kind: 'machine', node: event.nodeId }`.
    const site = new FleetSite({ roles: ['managed'] });
    const [a, b] = [await site.addMachine('a'), await site.addMachine('b')];
    site.netboot.follow();
    site.netboot.read.length = 0;
    const change = (machine: typeof a, bootenv: string) =>
      site.unitOfWork.write('operator', async (tx) => {
        await tx.nodes.update(site.idOf(machine), { bootenv });
        tx.tell({ kind: 'node.changed', nodeId: site.idOf(machine), data: { fields: ['bootenv'] } });
      });
    await Promise.all([change(a, 'install'), change(b, 'local')]);
    expect([site.boot(a)?.bootenv, site.boot(b)?.bootenv]).toEqual(['install', 'local']);
    expect(site.netboot.read).toEqual([site.idOf(a), site.idOf(b)]);
  });

  it('R12: many changes make one re-run, and those that come while it runs one more', async () => {
    // Guards: decide.ts of deployments, markChanged; decide.ts of noderoles, rerunNodeRole: `dirty: false`.
    const { site, machine } = await begin({ roles: ['managed'] });
    const id = idOf<never>(`managed@${machine.name}`);
    await site.until(() => site.nodeRole('managed', machine).state === 'active');
    const change = () => site.decide(machine, (draft) => void Array.from({ length: 50 }, () => markChanged(draft, id)));
    const runs = () => site.told('node_role.transition').length;
    expect(runs()).toBe(1);
    await change();
    await site.until(() => site.nodeRole('managed', machine).state === 'transition');
    await change();
    await site.run(120);
    expect([runs(), site.nodeRole('managed', machine).state]).toEqual([3, 'active']);
  });

  it('R13: what waits for something waits for that, and for no order in a queue', async () => {
    // Guard: decide.ts of noderoles, lead: `allParentsActive ? 'todo' : 'blocked'`.
    const site = new FleetSite();
    const machines: SimulatedMachine[] = [];
    for (let at = 0; at < 15; at += 1) machines.push(await site.addMachine(`m${at}`));
    for (const machine of machines) {
      expect(site.nodeRole('os-install', machine).state).toBe('blocked');
      await machine.switch('on');
    }
    await site.until(() => machines.every((machine) => site.install(machine)));
    for (const { name } of machines) {
      const first = (kind: string, role: string) =>
        site.told(kind).find(({ nodeRoleId }) => nodeRoleId === `${role}@${name}`)?.seq ?? Infinity;
      expect(first('node_role.active', 'managed')).toBeLessThan(first('node_role.transition', 'os-install'));
    }
  });
});

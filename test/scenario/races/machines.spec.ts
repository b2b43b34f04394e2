import { describe, expect, it } from 'vitest';
import { isRefusal, idOf, retryNodeRole, type Install, type NodeRoleId } from '#core';
import { type FleetOrder } from '#testkit';
import { begin, REBOOT, reporterOf } from './begun.js';

/**
 * R14 to R26 of the reference (crowbar2 §11): machines that hang, come back, boot something else, or are not who they say
 * they are. Each test names the line that it guards; with that line taken out it fails.
 */
describe('races of an install: machines', () => {
  it('R14: a connection that breaks while the order is handed over fails nothing, and gives out no second one', async () => {
    // Guard: advance-installs.ts, handOver: `if (end.kind !== 'exited' || …) return this.later(…)`.
    const { site, machine, to } = await begin();
    let broken = 0;
    site.session.before = async (_machine, argv) => {
      if (!argv[0]?.endsWith('anneal-install') || broken > 0) return null;
      broken += 1;
      return { kind: 'lost-contact', reason: 'the connection broke' };
    };
    await to('joined');
    expect([broken, site.told('install.order_replaced').length, site.told('install.failed').length]).toEqual([1, 0, 0]);
    expect(machine.writes).toHaveLength(2);
  });

  describe('R15: a worker that goes away', () => {
    it('before it asked for power leaves that to the next one', async () => {
      // Guard: advance-installs.ts, wantsPower: `if (poweredAt === null) return true`.
      const { site, machine, to } = await begin(REBOOT);
      site.beforeAct = () => {
        site.beforeAct = () => undefined;
        site.replaceLeader();
        throw new Error('the worker is gone');
      };
      await to('joined');
      expect(site.acts).toEqual(['boot-network', 'boot-network', 'cycle'].map((act) => `${machine.name} ${act}`));
    });

    it('and comes back to an install that was cancelled reboots nothing', async () => {
      // Guard: advance-installs.ts, set: `if (rebooting) await this.power(rebooting)`.
      const { site, machine } = await begin();
      machine.canInstall = false;
      site.session.before = async (_machine, argv) => {
        if (argv[0] === 'test') await site.end('os-install', machine, { kind: 'cancelled', reason: 'by hand' });
        return null;
      };
      await site.until(() => site.install(machine)?.phase === 'cancelled');
      await site.run(60);
      expect([site.acts, machine.boots, site.node(machine).bootenv]).toEqual([[], ['discovery'], 'discovery']);
    });
  });

  it('R16: a machine that did not restart is told once more, and given up when that does not help either', async () => {
    // Guard: advance-installs.ts, wantsPower: `powered < POWER_MAX && … > POWER_AGAIN_MS`.
    const { site, machine, to } = await begin(REBOOT);
    await to('planned');
    machine.faults.stuck = 1;
    await to('joined');
    expect(site.acts.filter((act) => act.endsWith('cycle'))).toHaveLength(2);

    const hopeless = await begin(REBOOT);
    await hopeless.to('planned');
    hopeless.machine.faults.stuck = 100;
    await hopeless.to('failed');
    expect(hopeless.site.install(hopeless.machine)?.reason).toContain('did not boot from the network');
    expect(hopeless.site.acts.filter((act) => act.endsWith('cycle'))).toHaveLength(2);
  });

  const OLD = { install: '00000000-0000-4000-8000-000000000000', joinToken: 'old', hostKey: 'ssh-ed25519 AAAAold' };

  it('R17: a machine whose firmware starts the disk first is told to start from the network', async () => {
    // Guard: advance-installs.ts, power: `boot-network` before `cycle`.
    const { machine, to } = await begin(REBOOT);
    machine.disks = machine.disks.map((disk) => (disk.name === 'vdb' ? { ...disk, system: OLD } : disk));
    await to('planned');
    machine.first = 'disk';
    await to('joined');
    expect(machine.boots.slice(0, 2)).toEqual(['discovery', 'install']);
  });

  it('R18: the old system that starts once more closes no install that is not its own', async () => {
    // Guard: decide.ts, joinInstall: `join.tokenHash !== install.joinHash`, and the phase that it must be in.
    const { site, machine, to } = await begin(REBOOT);
    await site.until(() => site.nodeRole('workload', machine).state === 'active');
    const first = site.install(machine) as Install;
    const old = machine.disks.find(({ system }) => system)!.system!;
    await site.decide(machine, (draft) =>
      retryNodeRole(draft, idOf<NodeRoleId>(`os-install@${machine.name}`), { destroyAgain: true }),
    );
    machine.first = 'disk';
    machine.bootOnce = async () => undefined;
    await to('rebooting');
    await site.until(() => machine.boots.length > 4);
    await site.run(120);
    const second = site.install(machine) as Install;
    expect([second.id === first.id, second.phase, site.node(machine).bootenv]).toEqual([false, 'rebooting', 'install']);
    const replayed = site.told('install.token_replayed').map(({ data }) => data?.['install']);
    expect(replayed).toContain(first.id);
    const by = reporterOf(machine, old.joinToken, 'another-boot');
    expect(await site.join(second.id, by, old.hostKey)).toMatchObject({ code: 'forbidden' });
    expect(site.node(machine).bootenv).toBe('install');
  });

  it('R19: a second boot starts the disk, and whoever asks for the order again gets none', async () => {
    // Guard: decide.ts, beginInstall: `node: { bootenv: SAFE_BOOTENVS.local }`.
    const { site, machine, to } = await begin(REBOOT);
    await to('installing');
    await site.until(() => machine.writes.length === 1);
    machine.losePower();
    await site.run(300);
    expect(machine.boots).toEqual(['discovery', 'install', 'local']);
    const again = await site.fetchOrder(machine);
    expect(isRefusal(again) && again.detail).toContain('was given out already');
    expect(site.told('install.token_replayed').map(({ data }) => data?.['what'])).toContain('order');
    await to('failed');
    expect(machine.writes).toHaveLength(1);
  });

  it('R20: a machine that boots its disk through the network is known, and stays the node that it is', async () => {
    // Guard: boot/decide.ts, chooseBootenv: `machine?.bootenv || view.services.unknownBootenv`.
    const { site, machine } = await begin();
    await site.until(() => site.nodeRole('workload', machine).state === 'active');
    expect(site.boot(machine)).toMatchObject({ bootenv: 'local', local: true });
    machine.losePower();
    await site.run(300);
    expect(machine.boots).toEqual(['discovery', 'local', 'disk', 'local', 'disk']);
    expect([site.rows.nodes.size, site.told('machine.enrolled').length]).toEqual([1, 1]);
  });

  it.each([
    ['order', 'never reported'],
    ['write', 'stopped reporting'],
    ['finish', 'stopped reporting'],
    ['start', 'did not report'],
  ])('R21: a machine that hangs in %s is noticed, and boots nothing that installs', async (hangsAt, says) => {
    // Guard: decide.ts, expireInstall: `return late && failInstall(…)`.
    const { site, machine, to } = await begin();
    machine.faults.hangsAt = hangsAt;
    await to('failed');
    const { reason, tokenHash, joinHash } = site.install(machine)!;
    expect(reason).toContain(says);
    expect([tokenHash, joinHash, site.node(machine).bootenv]).toEqual([null, null, 'discovery']);
    expect(site.nodeRole('os-install', machine).state).toBe('error');
  });

  it('R22: reports and answers that are lost are said again, and the same again is the same', async () => {
    // Guard: decide.ts, joinInstall: `join.bootId === install.bootId ? null : closed(…)`; finishInstall: `if (again) return null`.
    for (let seed = 1; seed <= 10; seed += 1) {
      const { site, machine } = await begin({ seed });
      machine.faults.lost = 0.4;
      await site.until(() => site.nodeRole('workload', machine).state === 'active');
      expect(site.told('install.token_replayed')).toEqual([]);
      const { joinToken, hostKey, install } = machine.disks.find(({ system }) => system)!.system!;
      const { running } = machine;
      const by = reporterOf(machine, joinToken, 'bootId' in running ? running.bootId : '');
      expect(await site.join(install, by, hostKey)).toEqual({ install, phase: 'joined' });
    }
  });

  it('R23: one report says that it came up; too early it waits, and repeated it turns nothing back', async () => {
    // Guard: decide.ts, joinInstall: `if (install.phase === 'installing') return refuse(…, { again: true })`.
    const { site, machine, to } = await begin();
    await to('installing');
    const order = machine.order as FleetOrder;
    const early = await site.join(order.install, reporterOf(machine, order.join.token, 'boot-x'), OLD.hostKey);
    expect(early).toMatchObject({ code: 'wrong-state', fields: { again: true } });
    expect(site.told('install.token_replayed')).toEqual([]);
    await site.until(() => site.nodeRole('workload', machine).state === 'active');
    const { hostKey, joinToken } = machine.disks[0]!.system!;
    const { running } = machine;
    await site.join(order.install, reporterOf(machine, joinToken, 'bootId' in running ? running.bootId : ''), hostKey);
    expect(site.node(machine).alive).toBe(true);
    expect(site.nodeRole('workload', machine).state).toBe('active');
  });

  it('R24: on the fresh system what destroys is not done again, and everything else proves itself once', async () => {
    // Guard: plan-pass.ts, readyItem: `done: nodeRole.state === 'todo' && isDone(role, nodeRole)`.
    const { site, machine } = await begin({ roles: ['managed', 'raze-raid', 'os-install', 'workload'] });
    await site.until(() => site.nodeRole('workload', machine).state === 'active');
    await site.run(600);
    const begun = (role: string) =>
      site.told('node_role.transition').filter(({ nodeRoleId }) => nodeRoleId === `${role}@${machine.name}`).length;
    expect(['managed', 'raze-raid', 'os-install', 'workload'].map(begun)).toEqual([2, 1, 1, 1]);
  });

  it('R24: what a role did lasts as long as the role says: until the next boot, on this system, for good', async () => {
    // Guards: decide.ts of nodes, setAlive: `for (const id of stands)`; begin-boot-session.ts: `newSystem(draft, …)`.
    const roles = ['managed', 'once-bmc', 'disk-tools', 'os-install', 'disk-agent', 'workload'];
    const { site, machine } = await begin({ roles });
    const isUp = () => site.nodeRole('workload', machine).state === 'active' && site.node(machine).alive;
    const begun = () =>
      roles.map(
        (role) =>
          site.told('node_role.transition').filter(({ nodeRoleId }) => nodeRoleId === `${role}@${machine.name}`).length,
      );
    await site.until(isUp);
    await site.run(600);
    // In memory, and on the disk: what was done to the system in memory is gone with it.
    expect(begun()).toEqual([2, 1, 2, 1, 1, 1]);
    await machine.switch('off');
    await site.until(() => !site.node(machine).alive);
    await machine.switch('on');
    await site.until(isUp);
    await site.run(600);
    expect(begun()).toEqual([3, 1, 2, 1, 1, 2]);
    await machine.switch('off');
    await site.until(() => !site.node(machine).alive);
    await site.unitOfWork.write('operator', async (tx) => {
      await tx.nodes.update(site.idOf(machine), { bootenv: 'discovery' });
      tx.tell({ kind: 'node.changed', nodeId: site.idOf(machine), data: { fields: ['bootenv'] } });
    });
    await machine.switch('on');
    await site.until(isUp);
    await site.run(600);
    // Back in memory, what was done to the system of the disk counts for nothing, though nobody installed another one.
    expect(begun()).toEqual([4, 1, 3, 1, 2, 3]);
  });

  it('R25: a token speaks for one machine and one install, and stands in no row, event or log', async () => {
    // Guard: decide.ts, refuseReporter: `if (reporter.isTheMachine === false) return otherMachine()`, and the line above it.
    const { site, machine, to } = await begin();
    const other = await site.addMachine('m2.example.com');
    await to('installing');
    const order = machine.order as FleetOrder;
    const report = { step: 'write', percent: 1, disks: null };
    const tried = [
      await site.progress(order, { ...reporterOf(machine, order.token, 'b'), uuid: other.uuid }, report),
      await site.progress(order, { ...reporterOf(machine, order.token, 'b'), macs: [other.mac] }, report),
      await site.progress(order, reporterOf(machine, order.join.token, 'b'), report),
      await site.progress(order, reporterOf(machine, 'guessed', 'b'), report),
    ];
    for (const answer of tried) expect(answer).toMatchObject({ code: 'forbidden' });
    expect(site.told('install.token_replayed')).toHaveLength(4);
    await to('joined');
    const { installs, runLog, events, runs, nodes } = site.rows;
    const kept = JSON.stringify([...installs, ...runLog, ...events, ...runs, ...nodes]);
    for (const token of [order.token, order.join.token]) expect(kept).not.toContain(token);
  });

  it('R26: who a machine is follows from what it is, never from an address or a name', async () => {
    // Guards: reports.ts, isTheMachine: `owner.nodeId !== install.nodeId`; identify.ts: by UUID, else by card.
    const { site, machine, to } = await begin();
    const other = await site.addMachine('m2.example.com');
    const ticket = site.boot(other)!.ticket;
    const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'c'.repeat(32)}`;
    const inventory = { ...other.inventory(), hostname: machine.name };
    const address = machine.address;
    const said = await site.enrolMachine.execute({ ticket, inventory, hostKey: key, bootId: 'b', address });
    expect(said).toMatchObject({ node: { name: 'm2.example.com' } });
    await to('installing');
    const order = machine.order as FleetOrder;
    const by = { token: order.token, address: other.address, bootId: '', uuid: null as never, macs: [] };
    expect(await site.progress(order, by, { step: 'write', percent: 1, disks: null })).toMatchObject({
      code: 'forbidden',
    });
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { commitDeployment, finishNodeRole, GraphDraft, idOf, setAlive, TICKET_MS_MAX } from '#core';
import { anImage, drawn, FleetSite, fleetDisk, picture, type FleetOrder, type SimulatedMachine } from '#testkit';
import { begin, REBOOT, reporterOf, withoutWaiting } from './begun.js';

/**
 * R27 to R38 of the reference (crowbar2 §11): what is decided when, and who may still change it. Each test names the line
 * that it guards; with that line taken out it fails. R31 stands with R9, in order-of-things.spec.ts.
 */
afterEach(() => {
  vi.useRealTimers();
});

describe('races of an install: what is granted', () => {
  it('R27: what is installed was frozen when it was planned, and is refused then when it is not there', async () => {
    // Guards: order-of.ts: `const { content } = plan.image`; plan-install.ts: `if (image.errors.length > 0)`.
    const { site, machine, to } = await begin(REBOOT);
    await to('rebooting');
    site.images.set('debian-12', anImage({ sha256: 'b'.repeat(64) }));
    await to('installing');
    expect(machine.order?.image.sha256).toBe('a'.repeat(64));

    const broken = await begin();
    broken.site.images.set('debian-12', anImage({ errors: ['its content is gone'] }));
    await broken.site.until(() => broken.site.nodeRole('os-install', broken.machine).state === 'error');
    expect(broken.site.nodeRole('os-install', broken.machine).status).toContain('its content is gone');
    expect([broken.site.node(broken.machine).bootenv, broken.machine.writes]).toEqual(['discovery', []]);
  });

  it('R28: the disk is the one that was granted, whatever the kernel calls it, and another one is not written', async () => {
    // Guards: decide.ts, progressInstall: `if (different !== null) return failInstall`; choose-disks.ts, differenceOfDisks.
    const { machine, to } = await begin(REBOOT);
    await to('rebooting');
    const [granted] = machine.disks;
    machine.renumber();
    await to('joined');
    expect(new Set(machine.writes.map(({ serial }) => serial))).toEqual(new Set([granted!.serial]));

    const lying = await begin();
    lying.machine.faults.hangsAt = 'order';
    await lying.to('installing');
    const order = lying.machine.order as FleetOrder;
    const disks = [{ ...fleetDisk('x', 'vda'), id: order.disks[0]!.id as never, serial: 'ANOTHER' }];
    const by = reporterOf(lying.machine, order.token, 'b');
    const answer = await lying.site.progress(order, by, { step: 'verify', percent: 1, disks });
    expect(answer).toMatchObject({ code: 'conflict' });
    expect(lying.site.install(lying.machine)).toMatchObject({ phase: 'failed', tokenHash: null });
  });

  it('R29: an address is given to cards, not to what is made of them', async () => {
    // Guard: claims.ts, claimsOf: `const real = … cards.filter(({ onBus }) => onBus)`.
    const { site, machine } = await begin({ roles: ['managed'] });
    const inventory = machine.inventory();
    machine.inventory = () => ({
      ...inventory,
      network: {
        interfaces: [
          { name: 'br0', mac: '02:42:00:00:00:01', bus_path: null },
          { name: 'eth0', mac: machine.mac, bus_path: '0000:00:03.0' },
          { name: 'bond0', mac: '02:42:00:00:00:02', bus_path: null },
        ],
      },
    });
    await site.until(() => site.node(machine).alive);
    expect(site.node(machine).macs).toEqual([machine.mac]);
  });

  it('R30: without an address it is refused in words, before anything was touched', async () => {
    // Guard: plan-install.ts: `if (addresses.length === 0)`.
    const site = new FleetSite(REBOOT);
    const machine = await site.addMachine('m1', { hints: {} });
    await machine.switch('on');
    await site.until(() => site.nodeRole('os-install', machine).state === 'error');
    expect(site.nodeRole('os-install', machine).status).toContain('has no address on the admin network');
    expect([site.acts, site.node(machine).bootenv, site.told('install.planned')]).toEqual([[], 'discovery', []]);
  });

  it('R32: a commit is one decision: its deployment, its noderoles and what is told of them', async () => {
    // Guard: decide.ts of deployments, commitDeployment: `draft.patchDeployment(id, 'committed')` beside commitNodeRole.
    const graph = drawn('managed active --> install proposed --> workload proposed', {
      deployments: { web: { state: 'proposed' } },
    });
    const draft = new GraphDraft(graph);
    commitDeployment(draft, idOf('web'), { changed: new Set(), held: new Set() });
    const { changes, events } = draft.decision();
    expect([...changes.deployments]).toEqual([['web', { state: 'committed' }]]);
    expect([...changes.nodeRoles].map(([id, { state }]) => [id, state])).toEqual([
      ['install', 'todo'],
      ['workload', 'blocked'],
    ]);
    expect(events.map(({ kind }) => kind)).toEqual(['node_role.todo', 'node_role.blocked', 'deployment.committed']);

    const { site, machine } = await begin();
    const before = [site.rows.events.length, site.nodeRole('managed', machine).state];
    site.beforeKeep = () => {
      throw new Error('the database is gone');
    };
    await expect(site.kill(machine)).rejects.toThrow('gone');
    expect([site.rows.events.length, site.nodeRole('managed', machine).state]).toEqual(before);
  });

  it('R33: a parent that is lost meanwhile tears no run out: it ends, and counts', async () => {
    // Guard: decide.ts of noderoles, deactivateNodeRole: a run goes on when its node was lost.
    const { site, machine, to } = await begin();
    await to('installing');
    await site.kill(machine);
    expect(site.nodeRole('os-install', machine)).toMatchObject({ state: 'transition', doubted: true });
    await to('joined');
    expect(site.nodeRole('os-install', machine)).toMatchObject({ state: 'blocked', runCount: 1 });
    await site.until(() => site.nodeRole('workload', machine).state === 'active');
    expect(site.told('node_role.error')).toEqual([]);
  });

  it('R33: the same where the parent was on another node', () => {
    // Guard: ripple.ts, lose: `case 'transition': remark(draft, id, { doubted: true … })`.
    const draft = new GraphDraft(drawn('server@admin active --> install@n1 transition --> workload@n1 blocked'));
    setAlive(draft, idOf('admin'), false, 'told so');
    expect(draft.nodeRole(idOf('install@n1'))).toMatchObject({ state: 'transition', doubted: true });
    finishNodeRole(draft, idOf('install@n1'), { kind: 'succeeded' }, 1);
    expect(picture(draft)).toBe('install@n1 blocked\nserver@admin todo\nworkload@n1 blocked');
  });

  it('R34: while it installs one sees how far it is, whatever its aliveness, and can end it', async () => {
    // Guard: decide.ts, progressInstall: `log: [...lines, …]`; cancelInstall out of every phase.
    const { site, machine } = await begin();
    await site.until(() => (site.install(machine)?.percent ?? 0) >= 40);
    await site.kill(machine);
    const install = site.install(machine)!;
    expect([site.node(machine).alive, install.phase, install.step]).toEqual([false, 'installing', 'write']);
    expect(site.rows.runLog.get(install.runId)).toContain('write 40');
    await site.end('os-install', machine, { kind: 'cancelled', reason: 'by hand' });
    expect(site.install(machine)?.phase).toBe('cancelled');
  });

  it.each(['armed', 'rebooting', 'installing', 'installed'] as const)(
    'R35: cancelled while %s, its token is void and what boots is harmless in the same transaction',
    async (phase) => {
      // Guard: finish-run.ts: `if (run.jig === INSTALL_JIG) await endInstallWith(…)`.
      const { site, machine, to } = await begin(REBOOT);
      if (phase === 'armed') {
        withoutWaiting();
        await to('planned');
        site.netboot.follows = false;
      }
      await to(phase);
      await site.end('os-install', machine, { kind: 'cancelled', reason: 'by hand' });
      site.netboot.follows = true;
      await to('cancelled');
      const { tokenHash, joinHash } = site.install(machine)!;
      expect([tokenHash, joinHash, site.node(machine).bootenv]).toEqual([null, null, 'discovery']);
      const writes = machine.writes.length;
      await site.run(600);
      machine.losePower();
      await site.run(600);
      expect([machine.boots.at(-1), machine.writes.length]).toEqual(['discovery', writes]);
      if (machine.order) expect(await report(site, machine)).toMatchObject({ code: 'forbidden' });
    },
  );

  it('R36: the key that is pinned is the one that was installed', async () => {
    // Guards: decide.ts, joinInstall: `join.hostKey !== install.hostKey`; begin-boot-session.ts: `{ hostKey }`.
    const { site, machine, to } = await begin();
    await to('installed');
    const { hostKey, joinToken, install } = machine.disks[0]!.system!;
    const by = reporterOf(machine, joinToken, 'another-boot');
    expect(await site.join(install, by, 'ssh-ed25519 AAAAother')).toMatchObject({ code: 'conflict' });
    expect(site.told('install.token_replayed')).toHaveLength(1);
    await to('joined');
    expect(site.node(machine).hostKey).toBe(hostKey);
  });

  it('R37: no more install at once than may, and what else there is to do goes on beside them', async () => {
    // Guard: decide.ts, armInstall: `others >= max`.
    const site = new FleetSite();
    site.rows.settings.set('installs_at_once_max', 3);
    const machines: SimulatedMachine[] = [];
    for (let at = 0; at < 20; at += 1) machines.push(await site.addMachine(`m${at}`));
    for (const machine of machines) await machine.switch('on');
    let most = 0;
    await site.until(() => {
      const open = [...site.rows.openInstalls.values()];
      most = Math.max(most, open.filter(({ phase }) => phase !== 'planned').length);
      return machines.every((machine) => site.nodeRole('workload', machine).state === 'active');
    });
    expect(most).toBe(3);
  });

  it('R37: who waits at the far end of a long line is told so in time, and those in front go on in order', async () => {
    // Guard: advance-installs.ts, plannedToRead: `return undefined`, without which nobody looks behind the first hundred.
    const site = new FleetSite();
    site.rows.settings.set('installs_at_once_max', 1);
    site.rows.settings.set('runs_at_once_max', 200);
    for (let at = 0; at < 120; at += 1) await (await site.addMachine(`m${at}`)).switch('on');
    await site.until(() => site.rows.installs.size === 120);
    Object.assign(site.attribs, { 'install-deadlines': { planned: 60 } });
    const last = await site.addMachine('last');
    await last.switch('on');
    await site.until(() => site.install(last) !== null);
    await site.run(75);
    expect(site.install(last)?.phase).toBe('failed');
    expect(site.install(last)?.reason).toMatch(/^after 60 s, there was no room for it/);
    await site.run(600);
    const line = [...site.rows.installs.values()];
    const begun = line.filter(({ times }) => times.armed !== undefined);
    expect(begun.length).toBeGreaterThan(1);
    expect(begun).toEqual(line.slice(0, begun.length));
  });

  it('R38: time is the time of the server, whatever other clocks say', async () => {
    // Guards: ticket.ts, ticketFault: `now > ticket.expires`, and from-the-future; overdue by the given `now`.
    const { site, machine } = await begin();
    await site.until(() => site.node(machine).alive);
    const { ticket } = site.boot(machine)!;
    const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'d'.repeat(32)}`;
    site.netboot.skewMs = 24 * 3_600_000;
    expect(await site.enrol(machine, site.boot(machine)!.ticket, key, 'b')).toMatchObject({ code: 'unavailable' });
    await site.until(() => site.nodeRole('workload', machine).state === 'active');
    const times = Object.values(site.install(machine)!.times);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(times.at(-1)).toBeLessThanOrEqual(site.clock.now());
    await site.run(TICKET_MS_MAX / 1_000 + 1);
    expect(await site.enrol(machine, ticket, key, 'b')).toMatchObject({ fields: { why: 'expired' } });
  });
});

const report = (site: FleetSite, machine: SimulatedMachine) => {
  const order = machine.order as FleetOrder;
  return site.progress(order, reporterOf(machine, order.token, 'b'), { step: 'write', percent: 1, disks: null });
};

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { INSTALLED_KEY, openInstallSite, uuidOf, type InstallSite } from './install-site.js';

/**
 * Installs from the commit to the joined system, with a scripted machine that speaks HTTP and answers SSH, and with what goes
 * wrong on the way: reports that are not the machine's, deadlines, cancels, workers that vanish in each phase.
 */
describe('an install', () => {
  let site: InstallSite;
  let worker: Awaited<ReturnType<InstallSite['hire']>>;
  let nodes = 0;
  let node = '';
  let role = '';

  beforeAll(async () => {
    site = await openInstallSite('installs');
  });
  afterAll(async () => {
    expect(site.faults).toEqual([]);
    await site.stop();
  });
  beforeEach(async () => {
    nodes += 1;
    node = `n${nodes}.example.com`;
    role = `provisioner-os-install@${node}`;
    Object.assign(site.machine, { canInstall: true, isAway: false, exitCode: 0, beforeOrder: () => Promise.resolve() });
    site.machine.orders.length = 0;
    site.power.acts.length = 0;
    site.netboot.follows = true;
    worker = await site.hire();
  });
  const show = async (path: string) => (await site.operator('GET', path)).body;
  afterEach(async () => {
    // What a test leaves open would be handed to the machine of the next one.
    for (const { id, deadline_at: deadline } of (await show('installs?limit=1000')).items)
      if (deadline !== null) await site.operator('PUT', `installs/${id}/cancel`);
    await worker.stop();
  });

  const begin = async (attribs: Record<string, never> | object = {}) => {
    await site.makeNode(node, attribs as never);
    await site.commit(node);
  };
  const toInstalling = async () => {
    await begin();
    const order = await site.nextOrder();
    await site.installOf(node, ({ phase }) => phase === 'installing');
    return order;
  };
  const safeAfter = async (phase: 'failed' | 'cancelled') => {
    const install = await site.installOf(node, (each) => each.phase === phase);
    expect((await show(`nodes/${node}`)).bootenv).toBe('discovery');
    const [row] = await site.query<{ token_hash: string | null; join_hash: string | null }>(
      'SELECT token_hash, join_hash FROM installs WHERE id = $1',
      [install.id],
    );
    expect(row).toEqual({ token_hash: null, join_hash: null });
    await site.until(`node_roles/${role}`, ({ state }) => state === 'error');
    return install;
  };

  describe('of a machine that runs discovery', () => {
    it('goes from the commit to a system that has reported, without a reboot, and is ACTIVE only then', async () => {
      await begin({ 'install-kernel-params': ['console=ttyS0'] });
      const order = await site.nextOrder();
      expect(order).toMatchObject({
        disks: [{ id: `serial:vda-${node}` }],
        image: { url: `http://127.0.0.1:7780/content/sha256/${'c0'.repeat(32)}` },
        authorized_keys: ['ssh-ed25519 WORKER'],
        kernel_params: ['console=ttyS0'],
      });
      expect(order.files.find(({ path }) => path === '/etc/hostname')?.content).toBe(`${node}\n`);
      expect((await show(`nodes/${node}`)).bootenv).toBe('local');
      expect(site.power.acts).toEqual([]);

      const installer = randomUUID();
      const first = await site.progress(order, {
        ...{ step: 'check', percent: 0, says: 'looking at the disks', log: ['it is there'] },
        ...{
          boot_id: installer,
          uuid: uuidOf(node),
          disks: order.disks.map(({ id, bytes, serial }) => ({ id, bytes, serial })),
        },
      });
      expect([first.status, first.body]).toEqual([200, { install: order.install, phase: 'installing' }]);
      await site.progress(order, { step: 'write', percent: 45.4, says: 'writing the image' });
      const shown = await show(`installs/${order.install}`);
      expect(shown).toMatchObject({
        phase: 'installing',
        step: 'write',
        percent: 45,
        via: 'ssh',
        log_tail: ['it is there'],
      });
      expect((await show(`node_roles/${role}`)).state).toBe('transition');
      const why = await show(`node_roles/${role}/explain`);
      expect(why.summary).toContain('the install of debian-12 is installing (45 %, writing the image)');
      expect(why.chain[0].until).not.toBeNull();

      // The system that wrote the disk is not the installed one, whatever token it shows.
      expect((await site.join(order)).status).toBe(409);
      expect((await site.finish(order, { boot_id: installer })).status).toBe(200);
      expect((await site.join(order, { boot_id: installer })).status).toBe(409);
      const joined = await site.join(order);
      expect([joined.status, joined.body.phase]).toEqual([200, 'joined']);
      expect(await show(`nodes/${node}`)).toMatchObject({ bootenv: 'local', host_key: INSTALLED_KEY, alive: false });
      expect((await site.installOf(node)).times.map(({ phase }: { phase: string }) => phase)).toEqual([
        ...['planned', 'armed', 'installing', 'installed', 'joined'],
      ]);
      // Everything else is proved anew on the installed system, and the install is not done again.
      await site.operator('PATCH', `nodes/${node}`, { body: { alive: true }, headers: { 'if-match': '*' } });
      const done = await site.until(`node_roles/${role}`, ({ state }) => state === 'active');
      expect(done.run_count).toBe(1);
      expect(site.machine.orders).toHaveLength(1);
      const log = await site.operator('GET', `node_roles/${role}/log?format=json`);
      const text = log.body.lines.map((line: { text: string }) => line.text).join('\n');
      for (const line of ['planned: debian-12', 'armed:', 'it is there', 'installed:', 'joined:'])
        expect(text).toContain(line);
    });

    it('is refused with the reason at the commit, however it is committed, when its system is not available', async () => {
      await site.makeNode(node, { 'target-os': 'plan9' });
      for (const path of [
        `nodes/${node}/commit`,
        `node_roles/${role}/commit`,
        'deployments/shop/commit',
        `nodes/${node}/redeploy`,
      ]) {
        const answer = await site.operator('PUT', path, { body: path.endsWith('redeploy') ? { confirm: node } : {} });
        expect([path, answer.status, answer.body.code]).toEqual([path, 409, 'wrong-state']);
        expect(answer.body.detail).toContain('there is no image "plan9"');
        expect(answer.body.detail).toContain('debian-12');
      }
      expect((await show(`node_roles/${role}`)).state).toBe('proposed');
      await site.operator('PUT', `node_roles/${role}/attribs/target-os`, { body: { value: 'debian-12' } });
      await site.query(`UPDATE images SET errors = '{its content is gone}'`);
      const broken = await site.operator('PUT', `nodes/${node}/commit`);
      expect(broken.body.detail).toBe('debian-12 cannot be installed: its content is gone.');
      await site.query(`UPDATE images SET errors = '{}'`);
      expect((await site.operator('PUT', `nodes/${node}/commit`)).status).toBe(202);
    });

    it('is refused with the reason before anything was touched, when its system is gone since', async () => {
      await site.makeNode(node);
      await site.query(`UPDATE nodes SET alive = false WHERE name = $1`, [node]);
      await site.commit(node);
      await site.query(`UPDATE images SET errors = '{its content is gone}'`);
      await site.operator('PATCH', `nodes/${node}`, { body: { alive: true }, headers: { 'if-match': '*' } });
      const failed = await site.until(`node_roles/${role}`, ({ state }) => state === 'error');
      await site.query(`UPDATE images SET errors = '{}'`);
      expect(failed.status).toContain('its content is gone');
      expect((await show(`nodes/${node}`)).bootenv).toBe('discovery');
    });

    it('keeps its disks for itself', async () => {
      await toInstalling();
      const [claim] = await site.query<{ disk_id: string }>(
        'SELECT disk_id FROM disk_claims c JOIN nodes n ON n.id = c.node_id WHERE n.name = $1',
        [node],
      );
      expect(claim?.disk_id).toBe(`serial:vda-${node}`);
    });

    it('ends when the machine does not take its order', async () => {
      site.machine.exitCode = 2;
      await begin();
      expect((await safeAfter('failed')).reason).toContain('it is odd');
    });

    it('ends when the machine finds other disks than were granted', async () => {
      const order = await toInstalling();
      const disks = order.disks.map(({ id, serial }) => ({ id, serial, bytes: 1 }));
      expect((await site.progress(order, { disks })).status).toBe(409);
      expect((await safeAfter('failed')).reason).toContain('nothing was written');
    });

    it('ends with the reason that the machine gives, and the end of its log', async () => {
      const order = await toInstalling();
      await site.progress(order);
      const body = {
        outcome: 'failed',
        reason: 'the image is not what its digest says',
        host_key: null,
        log_tail: ['last words'],
      };
      expect((await site.finish(order, body)).status).toBe(200);
      const install = await safeAfter('failed');
      expect(install).toMatchObject({ reason: body.reason, log_tail: ['last words'] });
    });
  });

  describe('of a machine that has to be restarted', () => {
    it('arms, hears that netboot knows, restarts it, and gives its order out once', async () => {
      site.netboot.follows = false;
      await begin({ 'install-reboot': true });
      await site.installOf(node, ({ phase }) => phase === 'armed');
      expect((await show(`nodes/${node}`)).bootenv).toBe('install');
      // Nothing restarts while netboot would still answer as before.
      await site.installOf(node, ({ phase_since: since }) => Date.now() - Date.parse(since) > 1_500);
      expect(site.power.acts).toEqual([]);
      site.netboot.follows = true;
      await site.installOf(node, ({ phase, says }) => phase === 'rebooting' && says !== '');
      expect(site.power.acts).toEqual(['boot-network', 'cycle']);

      const order = await site.fetchOrder(node);
      if (typeof order === 'string') throw new Error(order);
      expect(await show(`nodes/${node}`)).toMatchObject({ bootenv: 'local' });
      expect(await site.fetchOrder(node)).toContain('was given out already');
      expect(await site.events('install.token_replayed')).toEqual(
        expect.arrayContaining([expect.objectContaining({ data: expect.objectContaining({ what: 'order' }) })]),
      );
      expect((await site.progress(order)).status).toBe(200);
      expect((await site.finish(order)).status).toBe(200);
      expect((await site.join(order)).body.phase).toBe('joined');
    });

    it('is what an installed system is, which has no program that installs', async () => {
      site.machine.canInstall = false;
      await begin();
      await site.installOf(node, ({ phase }) => phase === 'rebooting');
      expect(site.machine.orders).toEqual([]);
    });

    it('says what a person has to do where no program can', async () => {
      site.power.result = { kind: 'asked', method: 'manual', says: 'press the button' };
      site.machine.canInstall = false;
      await begin();
      const install = await site.installOf(node, ({ says }) => says !== '');
      site.power.result = { kind: 'done', method: 'redfish', says: 'done' };
      expect(install.says).toContain('press the button');
      expect((await show(`node_roles/${role}/explain`)).summary).toContain('press the button');
    });
  });

  describe('is reported by nobody but its machine', () => {
    it('whatever is tried with its tokens, which is refused and told', async () => {
      const order = await toInstalling();
      await site.progress(order, { boot_id: randomUUID() });
      const replayed = async () =>
        (await site.events('install.token_replayed')).filter(({ data }) => data['install'] === order.install).length;
      const before = await replayed();
      const tried = [
        // Another UUID, another MAC, another boot, no token, another token, the token of the join.
        await site.progress(order, { uuid: uuidOf('other') }),
        await site.progress(order, { macs: ['52:54:00:ff:ff:ff'] }),
        await site.progress(order, { boot_id: randomUUID() }),
        await site.progress({ ...order, token: '' }),
        await site.progress({ ...order, token: 'anneal_install_wrong' }),
        await site.progress({ ...order, token: order.join.token }),
        await site.join({ ...order, join: { ...order.join, token: order.token } }),
      ];
      expect(tried.map(({ status }) => status)).toEqual([403, 403, 409, 403, 403, 403, 403]);
      expect(await replayed()).toBe(before + tried.length);
      // Of an install that is not there nothing can be learned, and nothing is told.
      const elsewhere = order.report_url.replace(order.install, randomUUID());
      expect((await site.progress({ ...order, report_url: elsewhere })).status).toBe(403);
      expect((await site.progress({ ...order, report_url: order.report_url.replace(order.install, 'x') })).status).toBe(
        403,
      );

      // After its use.
      expect((await site.finish(order)).status).toBe(200);
      expect((await site.finish(order)).status).toBe(200);
      expect((await site.progress(order)).status).toBe(409);
      // With another host key than was written, and then as it should be.
      expect((await site.join(order, { host_key: 'ssh-ed25519 AAAAother' })).status).toBe(409);
      const boot = randomUUID();
      expect((await site.join(order, { boot_id: boot })).status).toBe(200);
      expect((await site.join(order, { boot_id: boot })).status).toBe(200);
      expect((await site.join(order)).status).toBe(409);
      expect(site.faults).toEqual([]);
    });

    it('and its tokens are in no row, event, log or answer', async () => {
      const order = await toInstalling();
      await site.progress(order, { log: ['a line'] });
      const seen = JSON.stringify([
        await site.query('SELECT * FROM installs'),
        await site.query('SELECT * FROM events'),
        await site.query('SELECT * FROM runs'),
        await site.query('SELECT * FROM run_log_lines'),
        await show('installs'),
      ]);
      for (const token of [order.token, order.join.token]) expect(seen).not.toContain(token);
    });
  });

  describe('that does not go on', () => {
    it.each([
      ['taken', async (): Promise<void> => void (await site.nextOrder())],
      ['silent', async (): Promise<void> => void (await site.progress(await site.nextOrder()))],
      ['installed', async (): Promise<void> => void (await site.finish(await site.nextOrder()))],
    ] as const)('is ended at its deadline: %s', async (wait, act) => {
      await begin({ 'install-deadlines': { [wait]: 1 } });
      await act();
      expect((await safeAfter('failed')).reason).toMatch(/^after 1 s, /);
      const order = await site.nextOrder();
      expect((await site.progress(order)).status).toBe(403);
      expect((await site.join(order)).status).toBe(403);
    });

    it('is ended while its machine boots, or netboot does not answer', async () => {
      site.netboot.follows = false;
      await begin({ 'install-deadlines': { armed: 1 } });
      expect((await safeAfter('failed')).reason).toContain('was not acknowledged by every netboot server');
    });

    it('is ended when its machine never comes', async () => {
      await begin({ 'install-reboot': true, 'install-deadlines': { rebooting: 1 } });
      expect((await safeAfter('failed')).reason).toContain('did not boot from the network');
      expect(await site.fetchOrder(node)).toContain('was given out already');
    });

    it('is ended when its machine starts again in the middle', async () => {
      const order = await toInstalling();
      await site.progress(order);
      await site.query(
        `WITH booted AS (INSERT INTO boot_sessions (id, node_id, system, bootenv, made_at)
           SELECT $2, id, 'memory', 'discovery', now() FROM nodes WHERE name = $1 RETURNING id)
         UPDATE nodes SET boot_session_id = $2 WHERE name = $1 AND EXISTS (SELECT 1 FROM booted)`,
        [node, randomUUID()],
      );
      await site.query(
        'UPDATE nodes SET boot_session_id = (SELECT id FROM boot_sessions WHERE node_id = nodes.id) WHERE name = $1',
        [node],
      );
      expect((await safeAfter('failed')).reason).toContain('started again');
    });

    it('is cancelled: its token is void and its boot harmless in the transaction that ends the run; a retry installs', async () => {
      const order = await toInstalling();
      await site.progress(order);
      const cancelled = await site.operator('PUT', `installs/${order.install}/cancel`);
      expect(cancelled.body).toMatchObject({ phase: 'cancelled' });
      expect((await site.progress(order)).status).toBe(403);
      await safeAfter('cancelled');
      expect((await site.operator('PUT', `installs/${order.install}/cancel`)).status).toBe(409);
      // Never by itself.
      expect((await show(`installs?filter=${encodeURIComponent(`node eq "${node}"`)}`)).items).toHaveLength(1);
      const retried = await site.operator('PUT', `installs/${order.install}/retry`, { body: {} });
      expect(retried.status).toBe(202);
      const second = await site.nextOrder(1);
      expect(second.install).not.toBe(order.install);
      expect(second.disks).toEqual(order.disks);
      expect((await site.progress(order)).status).toBe(403);
      expect((await site.progress(second)).status).toBe(200);
    });

    it('is cancelled by cancelling its noderole as well, in whatever phase', async () => {
      site.netboot.follows = false;
      await begin();
      await site.installOf(node, ({ phase }) => phase === 'armed');
      await site.operator('PUT', `node_roles/${role}/cancel`);
      await safeAfter('cancelled');
    });

    it('once it has succeeded, is repeated only when confirmed by name', async () => {
      const order = await toInstalling();
      await site.finish(order);
      await site.join(order);
      await site.operator('PATCH', `nodes/${node}`, { body: { alive: true }, headers: { 'if-match': '*' } });
      await site.until(`node_roles/${role}`, ({ state }) => state === 'active');
      const path = `installs/${order.install}/retry`;
      expect((await site.operator('PUT', path, { body: {} })).body.code).toBe('needs-confirmation');
      expect((await site.operator('PUT', path, { body: { confirm: node } })).status).toBe(202);
      await site.nextOrder(1);
    });

    it('waits while as many go on as may, apart from the cap of runs', async () => {
      const order = await toInstalling();
      const admitted = (
        await site.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM installs WHERE phase IN ('armed', 'rebooting', 'installing', 'installed')`,
        )
      )[0]!.count;
      await site.as.admin('PUT', 'settings/installs_at_once_max', { body: { value: admitted } });
      const first = node;
      node = `m${nodes}.example.com`;
      await site.makeNode(node);
      await site.commit(node);
      const waiting = await site.installOf(node);
      expect(waiting.phase).toBe('planned');
      const second = `provisioner-os-install@${node}`;
      expect((await show(`node_roles/${second}/explain`)).summary).toContain('installs_at_once_max');
      await site.operator('PUT', `installs/${order.install}/cancel`);
      await site.installOf(node, ({ phase }) => phase !== 'planned');
      await site.as.admin('PUT', 'settings/installs_at_once_max', { body: { value: 1000 } });
      expect((await site.installOf(first)).phase).toBe('cancelled');
    });
  });

  describe('goes on when its worker vanishes', () => {
    const replace = async () => {
      await worker.stop();
      worker = await site.hire();
    };

    it('before netboot has acknowledged', async () => {
      site.netboot.follows = false;
      await begin();
      await site.installOf(node, ({ phase }) => phase === 'armed');
      await replace();
      site.netboot.follows = true;
      const order = await site.nextOrder();
      expect((await site.progress(order)).status).toBe(200);
    });

    it('while the machine restarts', async () => {
      await begin({ 'install-reboot': true });
      await site.installOf(node, ({ phase }) => phase === 'rebooting');
      await replace();
      const order = await site.fetchOrder(node);
      if (typeof order === 'string') throw new Error(order);
      await replace();
      expect((await site.progress(order)).status).toBe(200);
      await replace();
      expect((await site.finish(order)).status).toBe(200);
      await replace();
      expect((await site.join(order)).body.phase).toBe('joined');
    });

    it('between the order and the machine: of two orders one counts', async () => {
      let release: () => void = () => undefined;
      let isFirst = true;
      site.machine.beforeOrder = () => {
        if (!isFirst) return Promise.resolve();
        isFirst = false;
        return new Promise<void>((resolve) => (release = resolve));
      };
      await begin();
      await site.installOf(node, ({ phase }) => phase === 'installing');
      await site.until(`installs?limit=1`, () => !isFirst);
      await replace();
      const newer = await site.nextOrder();
      release();
      const older = await site.nextOrder(1);
      expect(older.install).toBe(newer.install);
      expect((await site.progress(older)).status).toBe(403);
      expect((await site.progress(newer)).status).toBe(200);
      expect((await site.finish(newer)).status).toBe(200);
    });
  });
});

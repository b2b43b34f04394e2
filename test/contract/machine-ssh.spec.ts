import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { idOf, type NodeId } from '#core';
import type { Reach } from '#app';
import { ensureKeyPair, SshSession, type SshOptions } from '#machine';
import { startSshd, Wire, type TestSshd } from '#testkit';
import { machineContract } from './machine.contract.js';

const reachOf = (sshd: TestSshd, port = sshd.port): Reach => ({
  nodeId: idOf<NodeId>(randomUUID()),
  name: 'node1.test',
  address: '127.0.0.1',
  sshPort: port,
  hostKey: sshd.hostKey,
});

describe('machines over SSH', () => {
  machineContract(async () => {
    const sshd = await startSshd();
    const wire = await Wire.to(sshd.port);
    const session = new SshSession({ privateKey: { path: sshd.privateKeyPath }, user: sshd.user });
    return {
      session,
      reach: reachOf(sshd, wire.port),
      cut: () => wire.cut(),
      mend: () => wire.mend(),
      close: async () => {
        await session.close();
        await wire.close();
        await sshd.stop();
      },
    };
  });
});

describe('an SSH connection', () => {
  let sshd: TestSshd;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => sshd.stop());

  const open = async (
    options: Partial<SshOptions> = {},
    target = sshd,
  ): Promise<{ session: SshSession; wire: Wire; reach: Reach }> => {
    const wire = await Wire.to(target.port);
    const session = new SshSession({ privateKey: { path: target.privateKeyPath }, user: target.user, ...options });
    closing.push(
      () => wire.close(),
      () => session.close(),
    );
    return { session, wire, reach: reachOf(target, wire.port) };
  };
  const done = { kind: 'exited', exitCode: 0 };

  it('is opened once and shared by all that need it', async () => {
    const { session, wire, reach } = await open();
    await Promise.all([session.exec(reach, ['true']), session.probe(reach, 5_000), session.exec(reach, ['true'])]);
    await session.exec(reach, ['true']);
    expect(wire.connections).toBe(1);
  });

  it('is let go when nobody has used it for a while, and opened again when needed', async () => {
    const { session, wire, reach } = await open({ idleMs: 50 });
    await session.exec(reach, ['true']);
    await wire.idle();
    expect(await session.exec(reach, ['true'])).toEqual(done);
    expect(wire.connections).toBe(2);
  });

  it('counts as lost when the node has gone silent, and not before its keepalives are unanswered', async () => {
    const { session, wire, reach } = await open({ keepaliveMs: 40, keepaliveCountMax: 3 });
    const end = await session.exec(reach, ['sh', '-c', 'echo $$; exec sleep 60'], {
      onLine: (_, pid) => {
        wire.silence();
        process.kill(Number(pid), 'SIGKILL');
      },
    });
    expect(end).toEqual({ kind: 'lost-contact', reason: 'Keepalive timeout' });
  });

  it('that was lost while nobody looked does not cost the next command anything', async () => {
    const { session, wire, reach } = await open();
    await session.exec(reach, ['true']);
    wire.cut();
    wire.mend();
    expect(await session.exec(reach, ['true'])).toEqual(done);
  });

  it('that does not come about is given up at the deadline', async () => {
    const { session, wire, reach } = await open({ connectDeadlineMs: 200 });
    wire.silence();
    const end = await session.exec(reach, ['true']);
    expect(end).toMatchObject({ kind: 'unreachable', code: 'no-contact' });
    expect((end as { reason: string }).reason).toContain('within 200 ms');
  });

  it('is probed within the deadline of the probe, whatever other deadlines say', async () => {
    const { session, wire, reach } = await open({ connectDeadlineMs: 60_000 });
    wire.silence();
    for (const depth of ['login', 'banner'] as const) {
      const probed = await session.probe(reach, 100, depth);
      expect(probed).toMatchObject({ kind: 'unreachable', code: 'no-contact' });
      expect(probed.tookMs).toBeLessThan(20_000);
    }
  });

  it('is refused to a key the node does not know, with what to do about it', async () => {
    const { privateKey } = ensureKeyPair(sshd.folder);
    const { session, reach } = await open({ privateKey: { content: privateKey } });
    const end = await session.exec(reach, ['true']);
    expect(end).toMatchObject({ kind: 'unreachable', code: 'login-refused' });
    expect((end as { reason: string }).reason).toContain('authorized_keys');
  });

  it('carries no more commands than a strict node allows; the others wait their turn', async () => {
    const strict = await startSshd({ maxSessions: 2 });
    closing.push(() => strict.stop());
    const { session, reach, wire } = await open({}, strict);
    const ends = await Promise.all(Array.from({ length: 12 }, () => session.exec(reach, ['sleep', '0.02'])));
    expect(ends).toEqual(ends.map(() => done));
    expect(wire.connections).toBe(1);
  });
});

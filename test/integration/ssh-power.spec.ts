import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { idOf, type NodeId } from '#core';
import { SshPower, SshSession } from '#machine';
import { startSshd, type TestSshd } from '#testkit';

/** Programs that restart this host must never be met: a mount namespace puts others in front of them. */
const isRoot = process.getuid?.() === 0 && ['reboot', 'poweroff'].every((name) => existsSync(`/usr/sbin/${name}`));
let sshd: TestSshd;
let session: SshSession;
let folder: string;
let power: SshPower;

beforeAll(async () => {
  if (!isRoot) return;
  folder = mkdtempSync('/var/tmp/anneal-ssh-power-');
  const programs = ['reboot', 'poweroff'];
  const pidFile = join(folder, 'pid');
  // "Going down" is the end of the sshd with all its connections: what a restart looks like from outside.
  const down = `[ "$#" -eq 0 ] || exit 0
listener=$(cat ${pidFile})
for connection in $(pgrep -P "$listener"); do kill -9 "$connection" $(pgrep -P "$connection"); done
kill -9 "$listener" "$PPID"`;
  for (const name of programs) writeFileSync(join(folder, name), `#!/bin/sh\n${down}\n`, { mode: 0o755 });
  // One after the other, and nothing is started when one of them fails: the real programs would end this host.
  const binds = programs.map((name) => `mount --bind ${join(folder, name)} "$(readlink -f /usr/sbin/${name})"`);
  // Without systemd's folder the work is detached by setsid, inside of this namespace.
  const hide = '{ [ ! -d /run/systemd ] || mount -t tmpfs tmpfs /run/systemd; }';
  sshd = await startSshd({ inside: [hide, ...binds, `echo $$ >${pidFile}`, 'exec "$@"'].join(' && ') });
  session = new SshSession({ privateKey: { path: sshd.privateKeyPath }, user: sshd.user });
  power = new SshPower(session, {
    ...{ nodeId: idOf<NodeId>('0c5d7a1e-0000-4000-8000-000000000003'), name: 'n1.test', address: '127.0.0.1' },
    ...{ sshPort: sshd.port, hostKey: sshd.hostKey },
  });
});
afterAll(async () => {
  await session?.close();
  await sshd?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

it.skipIf(!isRoot)('a running system cannot switch itself on', async () => {
  expect(await power.act('on', { deadlineMs: 1_000 })).toEqual({ kind: 'unsupported' });
  expect(await power.state(2_000)).toEqual({ kind: 'read', state: 'on' });
});

it.skipIf(!isRoot)(
  'R14: a restart is asked for by a command that ends at once, and is done when contact was lost',
  async () => {
    const before = performance.now();
    expect(await power.act('reset', { deadlineMs: 15_000 })).toMatchObject({
      kind: 'done',
      says: expect.stringContaining('no longer answers') as string,
    });
    expect(performance.now() - before).toBeLessThan(12_000);
    expect(await power.state(1_000)).toEqual({ kind: 'read', state: 'unknown' });
  },
);

it.skipIf(!isRoot)('a system that cannot be reached was certainly not told', async () => {
  expect(await power.act('reset', { deadlineMs: 3_000 })).toMatchObject({ kind: 'failed', effect: 'none' });
});

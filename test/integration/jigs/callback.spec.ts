import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reach } from '#app';
import { CallbackJig } from '#jigs';
import { SshSession } from '#machine';
import { stageRun, startSshd, type TestSshd } from '#testkit';

const now = new Date('2026-01-01T00:00:00Z');
const access = async () => ({ url: 'https://admin.test/report', token: "t0ken's" });

describe('the callback jig', () => {
  let sshd: TestSshd;
  let session: SshSession;
  let folder: string;
  let node: Reach;
  let jig: CallbackJig;
  beforeAll(async () => {
    sshd = await startSshd();
    session = new SshSession({ privateKey: { path: sshd.privateKeyPath }, user: sshd.user });
    folder = mkdtempSync('/var/tmp/anneal-callback-');
    const address = '127.0.0.1';
    node = { ...stageRun().node, address, sshPort: sshd.port, hostKey: sshd.hostKey };
    const folders = () => ({ state: join(folder, 'state'), run: join(folder, 'run') });
    jig = new CallbackJig({ session, folders, access, now: () => now });
  });
  afterAll(async () => {
    await session?.close();
    await sshd?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells the scripts where and with what to report, beside the attributes of the role', async () => {
    const script = `read_attribute callback/url; read_attribute callback/token | wc -c; read_attribute disk`;
    const run = stageRun({ node, files: { '10-start.sh': script }, attribs: { disk: 'sda' } });
    await jig.run(run);
    expect(run.text()).toEqual(['https://admin.test/report', String("t0ken's\n".length), 'sda']);
  });

  it('keeps the token out of the log, also where the script is traced', async () => {
    const script = `set -x; token=$(read_attribute callback/token); echo "token is $token"`;
    const run = stageRun({ node, files: { '10-start.sh': script } });
    await jig.run(run);
    expect(run.text('out')).toEqual(['token is (hidden)']);
    expect(run.text().join('\n')).not.toMatch(/t0ken/);
  });

  it('waits for as long as the role says, counted from the beginning', async () => {
    const run = stageRun({ node, files: { '10-start.sh': 'true' }, attribs: { 'callback-deadline': 90 } });
    expect(await jig.run(run)).toEqual({ kind: 'waiting', deadlineAt: new Date('2026-01-01T00:01:30Z') });
  });

  it('waits without having sent anything when the role has no scripts', async () => {
    const run = stageRun({ node: { ...node, address: null } });
    expect(await jig.run(run)).toEqual({ kind: 'waiting', deadlineAt: new Date('2026-01-01T01:00:00Z') });
  });

  it('does not wait for work that could not be started', async () => {
    const run = stageRun({ node, files: { '10-start.sh': 'echo "no disk" >&2; exit 2' } });
    expect(await jig.run(run)).toMatchObject({ kind: 'failed', reason: '10-start.sh exited 2: no disk' });
  });

  it('does not begin what was aborted before', async () => {
    const run = stageRun({ node });
    run.abort('shutdown');
    expect(await jig.run(run)).toEqual({ kind: 'aborted', cause: 'shutdown' });
  });
});

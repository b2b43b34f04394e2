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
    const files = { '10-start.sh': 'read_attribute callback/url; read_attribute callback/token; read_attribute disk' };
    const run = stageRun({ node, files, attribs: { disk: 'sda' } });
    await jig.run(run);
    expect(run.text()).toEqual(['https://admin.test/report', "t0ken's", 'sda']);
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

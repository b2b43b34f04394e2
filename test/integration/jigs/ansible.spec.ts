import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JigRun, Reach } from '#app';
import { AnsibleJig } from '#jigs';
import { SshSession } from '#machine';
import { stageRun, startSshd, type TestSshd } from '#testkit';

const hasAnsible = existsSync('/usr/bin/ansible-playbook');
const playbook = (...tasks: string[]): string =>
  ['- hosts: all', '  gather_facts: false', '  tasks:', ...tasks, ''].join('\n');

describe('the ansible jig', () => {
  let sshd: TestSshd;
  let session: SshSession;
  let folder: string;
  let node: Reach;
  const make = (command?: string): AnsibleJig =>
    new AnsibleJig({
      session,
      privateKeyPath: sshd.privateKeyPath,
      user: sshd.user,
      folders: () => ({ state: join(folder, 'state'), run: join(folder, 'run') }),
      ...(command ? { command } : {}),
    });
  const stage = (tasks: string[], given: Partial<Omit<JigRun, 'files'>> = {}) =>
    stageRun({ node, files: { 'playbook.yml': playbook(...tasks) }, ...given });
  beforeAll(async () => {
    sshd = await startSshd({ config: ['AcceptEnv LANG LC_*'] });
    session = new SshSession({ privateKey: { path: sshd.privateKeyPath }, user: sshd.user });
    folder = mkdtempSync('/var/tmp/anneal-ansible-spec-');
    node = { ...stageRun().node, address: '127.0.0.1', sshPort: sshd.port, hostKey: sshd.hostKey };
  });
  afterAll(async () => {
    await session?.close();
    await sshd?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says what to install where ansible-playbook is missing', async () => {
    const outcome = await make('no-such-ansible').run(stage(['    - debug: {}']));
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('apt-get install -y ansible-core'),
    });
  });

  it('says what is missing when the role has no playbook', async () => {
    const outcome = await make().run(stageRun({ node, files: { '10-work.sh': 'true' } }));
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('playbook.yml') });
  });

  it('does not begin when the node has seen a newer attempt', async () => {
    const older = stage([`    - file: { path: "${folder}/stale", state: touch }`]);
    const newer = stage(['    - no_such_module: {}']);
    await make('true').run(newer);
    expect(await make().run(older)).toEqual({ kind: 'aborted', cause: 'superseded' });
    expect(existsSync(join(folder, 'stale'))).toBe(false);
  });

  describe.skipIf(!hasAnsible)(
    `with ansible-playbook${hasAnsible ? '' : ' (skipped: apt-get install -y ansible-core)'}`,
    () => {
      it('hands back what was given to set_stats, checked, also when a later task fails', async () => {
        const tasks = ['    - set_stats: { data: { port: 80, name: "{{ who }}" } }', '    - command: "false"'];
        const outputs = [
          { name: 'port', schema: { type: 'integer' } },
          { name: 'name', schema: { type: 'integer' } },
        ];
        const run = stage(tasks, { outputs, attribs: { who: 'me' } });
        const outcome = await make().run(run);
        expect(outcome).toMatchObject({ kind: 'failed', exitCode: 2, outputs: { port: 80 } });
        expect((outcome as { reason: string }).reason).toMatch(/^ansible-playbook exited 2: fatal: /);
        expect(run.text('anneal')).toContain('output name does not fit its schema: must be integer');
      });

      it('trusts no other machine than the pinned one', async () => {
        const run = stage(['    - command: "true"']);
        const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEPkkn6UGjv1DPZxZvQxhTN7bMaCkHYgmjvzuzCSRf9y';
        expect(await make().run({ ...run, node: { ...node, hostKey: key } })).toMatchObject({
          kind: 'failed',
          reason: expect.stringContaining('not the machine that was pinned'),
        });
      });
    },
  );
});

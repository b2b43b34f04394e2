import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Acknowledged, Installer, Jig, Reach } from '#app';
import { idOf, type NodeId } from '#core';
import {
  AnsibleJig,
  CallbackJig,
  InstallJig,
  NetworkJig,
  NoopJig,
  ScriptJig,
  TempestJig,
  TEST_ATTRIBS,
  TestJig,
  ViewJig,
  type NodeFolders,
} from '#jigs';
import { SshSession } from '#machine';
import {
  FakeSession,
  MemoryCertificationBook,
  packets,
  RecordedEffects,
  stageRun,
  startFakeCloud,
  startSshd,
  testPackets,
  writeFakeTempest,
  type StagedRun,
  type TestSshd,
} from '#testkit';
import { jigContract, jigContractIf, type JigUnderTest } from './jig.contract.js';

const nodeId = idOf<NodeId>('0c5d7a1e-0000-4000-8000-000000000001');
const phantom: Reach = { nodeId, name: 'node1.test', address: null, sshPort: 22, hostKey: null };

describe('the noop jig', () => {
  jigContract(async () => ({
    jig: new NoopJig(),
    work: () => stageRun({ node: phantom }),
    done: { kind: 'succeeded' },
    trace: () => 'nothing',
    expected: 'nothing',
    long: () => ({ run: stageRun({ node: phantom }), underWay: Promise.resolve() }),
    // There is nothing to stop: it is over before it can be told.
    stopped: { kind: 'succeeded' },
    isWorking: () => false,
    crash: async () => {},
    close: async () => {},
  }));
});

describe('the test jig', () => {
  jigContract(async () => {
    const effects = new RecordedEffects();
    const jig = new TestJig({ effects });
    const attribs = { [TEST_ATTRIBS.outputs]: { answer: 42 }, [TEST_ATTRIBS.lines]: ['hello'] };
    const outputs = [{ name: 'answer', schema: { type: 'integer' } }];
    const longRun = (): StagedRun =>
      stageRun({ node: phantom, attribs: { [TEST_ATTRIBS.delay]: 600_000, [TEST_ATTRIBS.lines]: ['begun'] } });
    return {
      jig,
      work: () => stageRun({ node: phantom, attribs, outputs }),
      done: { kind: 'succeeded', outputs: { answer: 42 } },
      trace: () => `overlaps: ${effects.overlaps.length}, stale: ${effects.stale.length}`,
      expected: 'overlaps: 0, stale: 0',
      long: () => {
        const run = longRun();
        return { run, underWay: run.saw('begun') };
      },
      stopped: { kind: 'aborted', cause: 'cancelled' },
      isWorking: () => effects.open.length > 0,
      // The worker is gone, and with it the work: the machine only remembers that it began.
      crash: async () => {
        const { runId, attempt, fence, node } = longRun();
        await effects.begin({ runId, attempt, fence, nodeId: node.nodeId });
      },
      close: async () => {},
    };
  });
});

/** On a node without an address on the network; what it does to one that has is tried in test/lab/network.spec.ts. */
describe('the network jig', () => {
  jigContract(async () => ({
    jig: new NetworkJig({ session: new FakeSession() }),
    work: () => stageRun({ node: phantom, roleName: 'network-admin' }),
    done: { kind: 'succeeded' },
    trace: () => 'nothing',
    expected: 'nothing',
    long: () => ({ run: stageRun({ node: phantom, roleName: 'network-admin' }), underWay: Promise.resolve() }),
    // There is nothing to stop: it is over before it can be told.
    stopped: { kind: 'succeeded' },
    isWorking: () => false,
    crash: async () => {},
    close: async () => {},
  }));
});

/** The jig only plans: what follows, and what a crash leaves, is tried in test/e2e/rest/installs.spec.ts. */
describe('the install jig', () => {
  jigContract(async () => {
    const deadlineAt = new Date(0);
    const planned: string[] = [];
    const installer: Installer = {
      plan: async ({ nodeId: node }) => {
        if (!planned.includes(node)) planned.push(node);
        return { kind: 'waiting', deadlineAt };
      },
    };
    return {
      jig: new InstallJig({ installer }),
      work: () => stageRun({ node: phantom }),
      done: { kind: 'waiting', deadlineAt },
      trace: () => `plans: ${planned.length}`,
      expected: 'plans: 1',
      long: () => ({ run: stageRun({ node: phantom }), underWay: Promise.resolve() }),
      // There is nothing to stop: a plan is one transaction.
      stopped: { kind: 'waiting', deadlineAt },
      isWorking: () => false,
      crash: async () => {},
      close: async () => {},
    };
  });
});

describe('the view jig', () => {
  jigContract(async () => {
    let waiting = 0;
    let isCurrent = true;
    const acknowledged = (wish: { readonly signal: AbortSignal }): Promise<Acknowledged> => {
      if (isCurrent) return Promise.resolve({ kind: 'acknowledged', generation: 7, hosts: ['rack1'] });
      waiting += 1;
      return new Promise((resolve) =>
        wish.signal.addEventListener('abort', () => {
          waiting -= 1;
          resolve({ kind: 'aborted', generation: 7 });
        }),
      );
    };
    return {
      jig: new ViewJig({ acknowledged }),
      work: () => {
        isCurrent = true;
        return stageRun({ node: phantom });
      },
      done: { kind: 'succeeded' },
      trace: () => 'nothing',
      expected: 'nothing',
      long: () => {
        isCurrent = false;
        return { run: stageRun({ node: phantom }), underWay: Promise.resolve() };
      },
      stopped: { kind: 'aborted', cause: 'cancelled' },
      isWorking: () => waiting > 0,
      crash: async () => {},
      close: async () => {},
    };
  });

  it('names whoever does not follow', async () => {
    const late = { kind: 'late', generation: 7, detail: 'netboot on rack1 is at generation 3 of 7' } as const;
    const jig = new ViewJig({ acknowledged: async () => late, deadlineMs: 2_000 });
    expect(await jig.run(stageRun({ node: phantom }))).toEqual({ kind: 'failed', reason: `after 2 s, ${late.detail}` });
  });

  it('waits for nobody where there is no netboot server, and says so', async () => {
    const run = stageRun({ node: phantom });
    expect(await new ViewJig({}).run(run)).toEqual({ kind: 'succeeded' });
    expect(run.lines.map(({ line }) => line).join()).toContain('nobody to wait for');
  });
});

interface Bench {
  readonly sshd: TestSshd;
  readonly node: Reach;
  readonly folder: string;
  readonly folders: () => NodeFolders;
  session(): SshSession;
  close(): Promise<void>;
}

/** A node over real SSH, with folders of its own, as the scripts of one test see it. */
async function bench(): Promise<Bench> {
  const sshd = await startSshd({ config: ['AcceptEnv LANG LC_*'] });
  const folder = mkdtempSync('/var/tmp/anneal-jig-');
  const sessions: SshSession[] = [];
  return {
    sshd,
    folder,
    node: { nodeId, name: "node1.it's;test", address: '127.0.0.1', sshPort: sshd.port, hostKey: sshd.hostKey },
    folders: () => ({ state: join(folder, 'state'), run: join(folder, 'run') }),
    session: () => {
      const session = new SshSession({ privateKey: { path: sshd.privateKeyPath }, user: sshd.user });
      sessions.push(session);
      return session;
    },
    close: async () => {
      for (const session of sessions) await session.close();
      await sshd.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Whether one of the processes lives whose numbers are in the file. */
const anyAlive = (path: string): boolean =>
  read(path)
    .split('\n')
    .filter((pid) => pid !== '' && existsSync(`/proc/${pid}/stat`))
    .some((pid) => !read(`/proc/${pid}/stat`).includes(') Z '));

/** Writes a line into a file if it is not there; leaves nothing half done for longer than it runs. */
const workScript = (folder: string): string => `
  echo "begins"
  touch ${folder}/made
  grep -qx "$(read_attribute line)" ${folder}/made || read_attribute line >> ${folder}/made
  write_attribute_string made ${folder}/made`;

/** Leaves a half written line, starts work in the background that does not listen to TERM, and goes on for minutes. */
const longScript = (folder: string): string => `
  printf half > ${folder}/half
  ( trap '' TERM; exec sleep 611 ) & echo $! >> ${folder}/pids
  echo $BASHPID >> ${folder}/pids
  echo "under way"
  sleep 612`;

function scriptLike(
  make: (bench: Bench, session: SshSession) => Jig,
  done: JigUnderTest['done'],
): () => Promise<JigUnderTest> {
  return async () => {
    const place = await bench();
    const { node, folder } = place;
    const jig = make(place, place.session());
    const long = () => {
      const run = stageRun({ node, files: { '10-long.sh': longScript(folder) } });
      return { run, underWay: run.saw('under way') };
    };
    return {
      jig,
      work: () =>
        stageRun({
          node,
          files: { '10-work.sh': workScript(folder) },
          attribs: { line: 'a "line"; $(id)' },
          outputs: [{ name: 'made', schema: { type: 'string' } }],
        }),
      done,
      trace: () => read(join(folder, 'made')),
      expected: 'a "line"; $(id)\n',
      long,
      stopped: { kind: 'aborted', cause: 'cancelled' },
      isWorking: () => anyAlive(join(folder, 'pids')),
      crash: async () => {
        const session = place.session();
        const { run, underWay } = long();
        const ended = make(place, session).run(run);
        await underWay;
        await session.close();
        if ((await ended).kind !== 'lost-contact') throw new Error('the crash was not one');
        if (!anyAlive(join(folder, 'pids'))) throw new Error('the crash has left nothing running');
      },
      close: place.close,
    };
  };
}

describe('the script jig', () => {
  jigContract(
    scriptLike((place, session) => new ScriptJig({ session, folders: place.folders }), {
      kind: 'succeeded',
      outputs: { made: expect.stringMatching(/\/made$/) },
    }),
  );
});

describe('the tempest jig', () => {
  const certifications = { work: randomUUID() };
  const test = 'tempest.api.identity.Tokens.test_get[id-1]';
  jigContract(async () => {
    const place = await bench();
    const { node, folder } = place;
    const cloud = await startFakeCloud();
    const suite = writeFakeTempest(folder);
    const book = new MemoryCertificationBook();
    const make = (session: SshSession): TempestJig =>
      new TempestJig({ session, book, folders: place.folders, path: suite.path });
    const stage = (certification: string) =>
      stageRun({
        node,
        attribs: {
          'certify-order': { certification },
          'keystone-endpoint': { url: cloud.identityUrl },
          'keystone-admin-password': cloud.password,
        },
      });
    const long = () => {
      const certification = randomUUID();
      book.order(certification, { loadList: [test] });
      suite.replay({
        stubborn: true,
        tests: { [test]: [packets(testPackets(test, 'success')[0]!), { gate: 'never' }] },
      });
      const underWay = book.until(certification, (written) => written.underWay.length > 0);
      return { run: stage(certification), underWay };
    };
    book.order(certifications.work, { loadList: [test] });
    return {
      jig: make(place.session()),
      work: () => {
        suite.replay({});
        return stage(certifications.work);
      },
      done: { kind: 'succeeded' },
      trace: () => JSON.stringify(book.statuses(certifications.work)),
      expected: '{"tempest.api.identity.Tokens.test_get":"passed"}',
      long,
      stopped: { kind: 'aborted', cause: 'cancelled' },
      isWorking: () => anyAlive(suite.pidsPath),
      crash: async () => {
        // Work that is done is not done again; another order is what finds and ends what the crash has left.
        certifications.work = randomUUID();
        book.order(certifications.work, { loadList: [test] });
        const session = place.session();
        const { run, underWay } = long();
        const ended = make(session).run(run);
        await underWay;
        await session.close();
        if ((await ended).kind !== 'lost-contact') throw new Error('the crash was not one');
        if (!anyAlive(suite.pidsPath)) throw new Error('the crash has left nothing running');
      },
      close: async () => {
        await cloud.close();
        await place.close();
      },
    };
  });
});

describe('the callback jig', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const access = async () => ({ url: 'https://anneal.test/api/v2/callback', token: 'secret' });
  jigContract(
    scriptLike((place, session) => new CallbackJig({ session, folders: place.folders, access, now: () => now }), {
      kind: 'waiting',
      deadlineAt: new Date('2026-01-01T01:00:00Z'),
    }),
  );
});

/** Why a program cannot be run here, with what to do; null when it can. */
function missingProgram(name: string, remedy: string): string | null {
  try {
    execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name]);
    return null;
  } catch {
    return `${name} is missing; ${remedy}`;
  }
}

/** Resolves when there is a file. */
async function appeared(path: string): Promise<void> {
  const watcher = watch(dirname(path));
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (existsSync(path)) resolve();
    };
    watcher.on('change', look);
    look();
  });
  watcher.close();
}

/** Kills the playbooks that this process has started, as its own death would. */
function killPlaybooks(): void {
  for (const pid of readdirSync('/proc').filter((entry) => /^[0-9]+$/.test(entry))) {
    const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
    if (Number(fields[1]) === process.pid && read(`/proc/${pid}/cmdline`).includes('ansible-playbook'))
      process.kill(Number(pid), 'SIGKILL');
  }
}

describe('the ansible jig', () => {
  const playbook = (...tasks: string[]): string =>
    ['- hosts: all', '  gather_facts: false', '  tasks:', ...tasks, ''].join('\n');
  jigContractIf(missingProgram('ansible-playbook', 'apt-get install -y ansible-core'), async () => {
    const place = await bench();
    const { node, folder } = place;
    const make = (session: SshSession): AnsibleJig =>
      new AnsibleJig({
        session,
        folders: place.folders,
        privateKeyPath: place.sshd.privateKeyPath,
        user: place.sshd.user,
      });
    const long = () => {
      const files = {
        'playbook.yml': playbook(
          `    - shell: "echo $$ >> ${folder}/pids; printf half > ${folder}/half; touch ${folder}/under-way; sleep 613"`,
        ),
      };
      rmSync(join(folder, 'under-way'), { force: true });
      return { run: stageRun({ node, files }), underWay: appeared(join(folder, 'under-way')) };
    };
    return {
      jig: make(place.session()),
      work: () =>
        stageRun({
          node,
          files: {
            'playbook.yml': playbook(
              `    - lineinfile: { path: "${folder}/made", line: "{{ line }}", create: true }`,
              '    - set_stats: { data: { made: "{{ anneal_attribs[\'the-line\'] }}" } }',
            ),
          },
          attribs: { line: 'a "line"; $(id)', 'the-line': 7 },
          outputs: [{ name: 'made', schema: null }],
        }),
      done: { kind: 'succeeded' },
      trace: () => read(join(folder, 'made')),
      expected: 'a "line"; $(id)\n',
      long,
      stopped: { kind: 'aborted', cause: 'cancelled' },
      isWorking: () => anyAlive(join(folder, 'pids')),
      crash: async () => {
        const session = place.session();
        const { run, underWay } = long();
        const ended = make(session).run(run);
        await underWay;
        await session.close();
        killPlaybooks();
        await ended.catch(() => {});
        if (!anyAlive(join(folder, 'pids'))) throw new Error('the crash has left nothing running');
      },
      close: place.close,
    };
  });
});

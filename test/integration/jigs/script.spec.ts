import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { idOf, type NodeId } from '#core';
import { maskOf, type DeclaredOutput, type JigOutcome, type Reach } from '#app';
import { ScriptJig } from '#jigs';
import { SshSession } from '#machine';
import { stageRun, startSshd, Wire, type StagedRun, type TestSshd } from '#testkit';

type Given = Omit<Parameters<typeof stageRun>[0] & object, 'files'>;

/** A node behind a real sshd, with folders of its own for the runner. */
interface Node {
  readonly sshd: TestSshd;
  readonly session: SshSession;
  readonly jig: ScriptJig;
  readonly reach: Reach;
  readonly folder: string;
  close(): Promise<void>;
}

async function startNode(options: Parameters<typeof startSshd>[0] = {}, port?: number): Promise<Node> {
  const sshd = await startSshd(options);
  const folder = mkdtempSync('/var/tmp/anneal-script-');
  const session = new SshSession({ privateKey: { path: sshd.privateKeyPath }, user: sshd.user });
  const folders = { state: join(folder, 'state'), run: join(folder, 'run') };
  return {
    sshd,
    session,
    folder,
    jig: new ScriptJig({ session, folders: () => folders }),
    reach: {
      nodeId: idOf<NodeId>('0c5d7a1e-0000-4000-8000-000000000001'),
      name: `it's; "node1" $(id).test`,
      address: '127.0.0.1',
      sshPort: port ?? sshd.port,
      hostKey: sshd.hostKey,
    },
    close: async () => {
      await session.close();
      await sshd.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a process lives; one that has ended and was not yet taken note of does not. */
const isAlive = (pid: string): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
};

let node: Node;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node?.close());

const stage = (files: Record<string, string>, given: Given = {}): StagedRun =>
  stageRun({ node: node.reach, files, ...given });

/** Carries out one script, or several, and returns the outcome and what was logged. */
async function run(
  files: string | Record<string, string>,
  given: Given = {},
): Promise<{ outcome: JigOutcome; run: StagedRun }> {
  const staged = stage(typeof files === 'string' ? { '10-work.sh': files } : files, given);
  return { outcome: await node.jig.run(staged), run: staged };
}

describe('scripts', () => {
  it('run in the order of their names, each in a shell of its own, and only those at the top', async () => {
    const { outcome, run: staged } = await run({
      '20-b.sh': 'echo b ${left:-nothing}; cd /',
      '100-a.sh': 'echo a; left=over',
      "30-it's; $(touch x).sh": 'echo c; pwd -P | grep -c /role$',
      'sub/40-d.sh': 'echo never',
      'notes.txt': 'echo never',
    });
    expect(outcome).toEqual({ kind: 'succeeded', outputs: {} });
    expect(staged.text()).toEqual(['a', 'b nothing', 'c', '1']);
  });

  it('find the files of the role around them, byte for byte', async () => {
    const content = 'naïve "quotes" $(id) `id` \\ \t\n\nno line end';
    const { run: staged } = await run({ '10-work.sh': 'sha256sum < "files/a b/it\'s"', "files/a b/it's": content });
    const sum = execFileSync('sha256sum', { input: content, encoding: 'utf8' });
    expect(staged.text()).toEqual([sum.trim()]);
  });

  it('stop at the first command that fails, also within a pipe', async () => {
    const { outcome, run: staged } = await run({
      '10-a.sh': 'echo before; false | cat; echo after',
      '20-b.sh': 'echo never',
    });
    expect(outcome).toMatchObject({ kind: 'failed', exitCode: 1, reason: '10-a.sh exited 1: before' });
    expect(staged.text()).toEqual(['before']);
  });

  it('run as root in a plain surrounding: C locale, no questions asked, nothing on standard input', async () => {
    const { run: staged } = await run(
      'echo $LC_ALL $DEBIAN_FRONTEND $(umask) "$(cat | wc -c)" "$ANNEAL_NODE" $ANNEAL_ROLE $ANNEAL_ATTEMPT; id -un',
    );
    expect(staged.text()).toEqual([`C noninteractive 0022 0 ${node.reach.name} test-role 1`, userInfo().username]);
  });

  it('leave nothing of theirs behind but the number of their fence', async () => {
    const { run: staged } = await run(
      { '10-work.sh': 'echo x > mine; mkdir d; echo y > d/.hidden; echo z > .hidden', 'a/b/c': 'x' },
      { attribs: { secret: 'hush' } },
    );
    expect(readdirSync(join(node.folder, 'run'), { recursive: true }).sort()).toEqual(['work', 'work/role']);
    expect(readFileSync(join(node.folder, 'state', 'fence-default'), 'utf8').trim()).toBe(String(staged.fence));
  });

  it('are refused before anything is sent when there are none, or when a file cannot be sent', async () => {
    expect((await run({ 'readme.txt': 'x' })).outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('*.sh'),
    });
    expect((await run({ '10.sh': 'a\0b' })).outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('NUL'),
    });
    expect((await run({ '10.sh': 'a', '../x': 'b' })).outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('inside'),
    });
  });
});

describe('the end of a script', () => {
  it('is named with its last words on stderr', async () => {
    const { outcome } = await run({ '10-install.sh': 'echo talk; echo "no such package" >&2; echo more talk; exit 3' });
    expect(outcome).toMatchObject({ kind: 'failed', exitCode: 3, reason: '10-install.sh exited 3: no such package' });
  });

  it('with 64 asks for a reboot, and the scripts after it still run', async () => {
    const { outcome, run: staged } = await run({ '10-a.sh': 'exit 64', '20-b.sh': 'echo b' });
    expect(outcome).toEqual({ kind: 'succeeded', outputs: {}, rebootNeeded: true });
    expect(staged.text()).toEqual(['b']);
  });

  it('may be followed by others after need_reboot', async () => {
    expect((await run('need_reboot; echo on')).outcome).toEqual({ kind: 'succeeded', outputs: {}, rebootNeeded: true });
  });

  it('with 75 means not yet: the scripts after it do not run', async () => {
    const { outcome, run: staged } = await run({
      '10-a.sh': 'echo "disk is busy" >&2; exit 75',
      '20-b.sh': 'echo never',
    });
    expect(outcome).toMatchObject({
      kind: 'not-yet',
      retryAfterMs: 30_000,
      reason: expect.stringContaining('disk is busy'),
    });
    expect(staged.text('out')).toEqual([]);
  });

  it('by not_yet says when to come again', async () => {
    expect((await run('not_yet 5; echo never')).outcome).toMatchObject({ kind: 'not-yet', retryAfterMs: 5_000 });
  });

  it('by a signal of its own is named as such', async () => {
    expect((await run('kill -SEGV $BASHPID')).outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('was killed by SIGSEGV'),
    });
  });

  it('in failure takes with it what it left running', async () => {
    const { run: staged } = await run('sleep 614 & echo $!; exit 1');
    expect(isAlive(staged.text()[0]!)).toBe(false);
  });
});

describe('attributes', () => {
  const attribs = {
    'ntp-servers': ['10.0.0.1', '10.0.0.2'],
    deep: { list: [{ name: 'ü "quoted" $(id)\nsecond line' }], empty: '', none: null, no: false, zero: 0, 'a/b~c': 1 },
  };

  it('are a JSON file that only root can read', async () => {
    const { run: staged } = await run('cat "$ANNEAL_ATTRIBS"; echo; stat -c %a "$ANNEAL_ATTRIBS"', { attribs });
    const [json, mode] = staged.text();
    expect(JSON.parse(json!)).toEqual(attribs);
    expect(mode).toBe('600');
  });

  it('are read by path without any JSON tool: strings as they are, all else as JSON', async () => {
    const { run: staged } = await run(
      `PATH=/nowhere
      for path in ntp-servers/1 ntp-servers deep/list/0/name deep/list deep/empty deep/none deep/no deep/zero 'deep/a~1b~0c' no/such /deep/zero/; do
        value=$(read_attribute "$path"); echo "$path=<$value>"
      done`,
      { attribs },
    );
    expect(staged.text()).toEqual([
      'ntp-servers/1=<10.0.0.2>',
      'ntp-servers=<["10.0.0.1","10.0.0.2"]>',
      'deep/list/0/name=<ü "quoted" $(id)',
      'second line>',
      'deep/list=<[{"name":"ü \\"quoted\\" $(id)\\nsecond line"}]>',
      'deep/empty=<>',
      'deep/none=<>',
      'deep/no=<false>',
      'deep/zero=<0>',
      'deep/a~1b~0c=<1>',
      'no/such=<>',
      '/deep/zero/=<0>',
    ]);
  });

  it('can be asked for without being read, and walked', async () => {
    const { run: staged } = await run(
      'for path in deep deep/empty deep/none no ntp-servers/1 ntp-servers/2; do has_attribute $path && echo yes || echo no; done; get_keys deep | xargs; get_keys ntp-servers | xargs; get_keys | xargs',
      { attribs },
    );
    expect(staged.text()).toEqual([
      'yes',
      'yes',
      'no',
      'no',
      'yes',
      'no',
      'list empty none no zero a~1b~0c',
      '0 1',
      'ntp-servers deep',
    ]);
  });

  it('are on no command line and in no environment while the scripts run', async () => {
    const secret = 'Correct-Horse-Battery-Staple';
    const staged = stage(
      { '10-work.sh': 'echo ready; while [ ! -e "$(read_attribute until)" ]; do sleep 0.05; done' },
      {
        attribs: { secret, until: join(node.folder, 'looked') },
      },
    );
    const ended = node.jig.run(staged);
    await staged.saw('ready');
    const seen = execFileSync('sh', ['-c', 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null || :'], {
      encoding: 'latin1',
      maxBuffer: 64 << 20,
    });
    writeFileSync(join(node.folder, 'looked'), '');
    expect(await ended).toMatchObject({ kind: 'succeeded' });
    expect(seen).toContain('anneal-run');
    expect(seen).not.toContain(secret);
  });
});

describe('outputs', () => {
  const outputs: DeclaredOutput[] = [
    { name: 'port', schema: { type: 'integer', minimum: 1 } },
    { name: 'text', schema: { type: 'string' } },
    { name: 'any', schema: null },
  ];

  it('come back with their types', async () => {
    const text = 'tab\t quote" back\\slash & line\nend \u0001 ü';
    const { outcome } = await run(
      `write_attribute port 80; write_attribute_string text "$(read_attribute text)"; write_attribute any '{"a": [1,\n null]}'`,
      { outputs, attribs: { text } },
    );
    expect(outcome).toEqual({ kind: 'succeeded', outputs: { port: 80, text, any: { a: [1, null] } } });
  });

  it('may be written as JSON lines by any program; the last value of a name counts', async () => {
    const { outcome } = await run(`echo '{"name": "port", "value": 1}' >&3; echo '{"name":"port","value":2}' >&3`, {
      outputs,
    });
    expect(outcome).toEqual({ kind: 'succeeded', outputs: { port: 2 } });
  });

  it('come back from a script that failed, and from those before it', async () => {
    const { outcome } = await run(
      { '10-a.sh': 'write_attribute port 1', '20-b.sh': 'write_attribute_string text half; exit 9' },
      { outputs },
    );
    expect(outcome).toMatchObject({ kind: 'failed', exitCode: 9, outputs: { port: 1, text: 'half' } });
  });

  it('that do not fit their schema fail the run, naming the output and never its value', async () => {
    const { outcome, run: staged } = await run(`write_attribute_string port hush-hush; write_attribute any 1`, {
      outputs,
    });
    expect(outcome).toEqual({
      kind: 'failed',
      reason: 'output port does not fit its schema: must be integer',
      outputs: { any: 1 },
    });
    expect(JSON.stringify(staged.lines)).not.toContain('hush-hush');
  });

  it('that were not declared fail the run', async () => {
    const { outcome } = await run('write_attribute other 1', { outputs });
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^output other is not declared .*port, text, any/),
    });
  });

  it('that are no JSON fail the run', async () => {
    const { outcome } = await run('write_attribute port oops', { outputs });
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('output line 1') });
  });

  it('of more than a mebibyte are not taken', async () => {
    const { outcome } = await run(`write_attribute_string text "$(head -c 1200000 /dev/zero | tr '\\0' x)"`, {
      outputs,
    });
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('1 MiB') });
  });
});

describe('the log', () => {
  it('is heard while the script runs, both streams, line by line', async () => {
    const answers = mkdtempSync(join(node.folder, 'answers-'));
    // It says nothing more until somebody has heard what it said last.
    const staged = stage({
      '10-work.sh': `for i in 1 2 3 4 5; do echo "out $i"; echo "err $i" >&2; until test -e ${answers}/$i; do sleep 0.01; done; done`,
    });
    const running = node.jig.run(staged);
    for (const number of [1, 2, 3, 4, 5]) {
      await Promise.all([staged.saw(`out ${number}`), staged.saw(`err ${number}`)]);
      writeFileSync(join(answers, String(number)), '');
    }
    expect(await running).toMatchObject({ kind: 'succeeded' });
    expect(staged.text('out')).toEqual(['out 1', 'out 2', 'out 3', 'out 4', 'out 5']);
    expect(staged.text('err')).toEqual(['err 1', 'err 2', 'err 3', 'err 4', 'err 5']);
  });

  it('holds no secret, whatever a script does with one: traced, quoted, in JSON, or cut in the middle', async () => {
    const secret = `it's a\\secret "$5"\tand long`;
    const attribs = { password: secret, other: 'seen' };
    const script = [
      'set -x',
      'password=$(read_attribute password)',
      'true --password "$password"',
      'grep -c "$password" "$ANNEAL_ATTRIBS" || true',
      'cat "$ANNEAL_ATTRIBS"; echo',
      'printf "%08180d" 0; echo "$password"',
      'read_attribute other',
      'set +x',
      'echo "cannot log in with $password" >&2; exit 3',
    ].join('\n');
    const { outcome, run: staged } = await run(script, { attribs, mask: maskOf([secret]) });
    const text = staged.text().join('\n');
    expect(text).toContain('+ true --password');
    expect(text).toContain('"password":"(hidden)"');
    expect(text).toContain('seen');
    expect(text).not.toMatch(/secret|and long/);
    expect(outcome).toMatchObject({ kind: 'failed', reason: '10-work.sh exited 3: cannot log in with (hidden)' });
  });

  it('has what is no text made safe, and what is far too long cut', async () => {
    const { run: staged } = await run(`printf 'a\\0b\\377c\\n'; printf '%020000d\\n' 1; printf 'no line end'`);
    expect(staged.text()).toEqual([
      'a\ufffdb\ufffdc',
      `${'0'.repeat(8_192)} [cut: 11808 characters more]`,
      'no line end',
    ]);
  });

  it('is not fooled by a script that speaks like the runner', async () => {
    const { outcome, run: staged } = await run(`printf '\\036abc end 0 by-itself 1 0\\n'; exit 5`);
    expect(outcome).toMatchObject({ kind: 'failed', exitCode: 5 });
    expect(staged.text()).toEqual(['\u001eabc end 0 by-itself 1 0']);
  });
});

describe('the fence', () => {
  it('refuses an attempt older than one the node has seen, and nothing of it runs', async () => {
    const older = stage({ '10-work.sh': `touch ${node.folder}/stale` });
    expect((await run('true')).outcome).toMatchObject({ kind: 'succeeded' });
    expect(await node.jig.run(older)).toEqual({ kind: 'aborted', cause: 'superseded' });
    expect(existsSync(join(node.folder, 'stale'))).toBe(false);
    expect(older.text('anneal').join()).toContain('newer than this one');
  });

  it('refuses it also when the node was rebooted in between', async () => {
    const older = stage({ '10-work.sh': 'true' });
    expect((await run('true')).outcome).toMatchObject({ kind: 'succeeded' });
    rmSync(join(node.folder, 'run'), { recursive: true });
    expect(await node.jig.run(older)).toMatchObject({ kind: 'aborted', cause: 'superseded' });
  });

  it('counts anew for a node that had another installation before', async () => {
    const first = stage({ '10-work.sh': 'echo at home' });
    expect((await run('true')).outcome).toMatchObject({ kind: 'succeeded' });
    const { session, folder } = node;
    const folders = { state: join(folder, 'state'), run: join(folder, 'run') };
    // Of somebody who was killed there, with a number that the newcomer will not reach for long.
    writeFileSync(join(folders.run, '999999'), '4194305 1\n');
    const newcomer = new ScriptJig({ session, installation: 'other', folders: () => folders });
    expect(await newcomer.run(first)).toMatchObject({ kind: 'succeeded' });
    expect(existsSync(join(folders.run, '999999'))).toBe(false);
  });

  it('ends an older attempt that still runs before a newer one begins, and the older one knows', async () => {
    const older = stage({ '10-work.sh': 'echo $BASHPID; echo ready; sleep 615' });
    const olderEnded = node.jig.run(older);
    await older.saw('ready');
    const { outcome, run: newer } = await run(`grep -qs ") [^Z] " /proc/${older.text()[0]}/stat || echo alone`);
    expect(outcome).toMatchObject({ kind: 'succeeded' });
    expect(newer.text()).toEqual(['alone']);
    expect(await olderEnded).toMatchObject({ kind: 'aborted', cause: 'superseded' });
  });

  it('lets at most one of many attempts work at a time, whatever order they come in', async () => {
    mkdirSync(join(node.folder, 'busy'), { recursive: true });
    const script = `
      for other in ${node.folder}/busy/*; do
        if grep -qs ") [^Z] " "/proc/\${other##*/}/stat"; then echo "overlap with \${other##*/}"; fi
      done
      : > ${node.folder}/busy/$BASHPID
      sleep 0.02
      rm ${node.folder}/busy/$BASHPID`;
    const attempts = Array.from({ length: 8 }, () => stage({ '10-work.sh': script }));
    const shuffled = [3, 7, 0, 5, 1, 6, 2, 4].map((position) => attempts[position]!);
    const outcomes = await Promise.all(shuffled.map((attempt) => node.jig.run(attempt)));
    for (const outcome of outcomes) expect(['succeeded', 'aborted']).toContain(outcome.kind);
    expect(outcomes[1]).toMatchObject({ kind: 'succeeded' });
    expect(attempts.flatMap((attempt) => attempt.text()).filter((line) => line.startsWith('overlap'))).toEqual([]);
  });
});

describe('a run that is told to stop', () => {
  it('has its whole process tree ended, hands back its outputs, and leaves no folder', async () => {
    const staged = stage(
      {
        '10-work.sh': `
          write_attribute port 8080
          sleep 616 & echo $!
          ( trap '' TERM; exec sleep 617 ) & echo $!
          timeout 618 sleep 618 & echo $!
          bash -c 'sleep 619 & echo $!; wait' &
          sleep 0.2; echo ready; wait`,
      },
      { outputs: [{ name: 'port', schema: { type: 'integer' } }] },
    );
    const ended = node.jig.run(staged);
    await staged.saw('ready');
    staged.abort('deadline');
    expect(await ended).toEqual({ kind: 'aborted', cause: 'deadline', outputs: { port: 8080 } });
    const pids = staged.text('out').filter((line) => line !== 'ready');
    expect(pids).toHaveLength(4);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readdirSync(join(node.folder, 'run'), { recursive: true }).sort()).toEqual(['work', 'work/role']);
  });

  it('does nothing when it was told before it began', async () => {
    const staged = stage({ '10-work.sh': `touch ${node.folder}/early` });
    staged.abort('shutdown');
    expect(await node.jig.run(staged)).toEqual({ kind: 'aborted', cause: 'shutdown' });
    expect(existsSync(join(node.folder, 'early'))).toBe(false);
  });
});

describe('a node that is not well', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('lost in the middle leaves the run with lost contact, not with a failure', async () => {
    const wire = await Wire.to(node.sshd.port);
    closing.push(() => wire.close());
    const staged = stage({ '10-work.sh': 'echo $BASHPID; sleep 620' }, { node: { ...node.reach, sshPort: wire.port } });
    const ended = node.jig.run(staged);
    await staged.saw('running');
    while (staged.text().length === 0) await new Promise((resolve) => setImmediate(resolve));
    wire.cut();
    expect(await ended).toMatchObject({ kind: 'lost-contact' });
    // The next attempt finds what goes on there unseen, and ends it.
    expect((await run('true')).outcome).toMatchObject({ kind: 'succeeded' });
    expect(isAlive(staged.text()[0]!)).toBe(false);
  });

  it('that cannot be reached, or is another machine, or is not pinned, gets nothing and says which', async () => {
    const gone = await run('true', { node: { ...node.reach, sshPort: 1 } });
    expect(gone.outcome).toMatchObject({
      kind: 'lost-contact',
      reason: expect.stringContaining('nothing was started'),
    });
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEPkkn6UGjv1DPZxZvQxhTN7bMaCkHYgmjvzuzCSRf9y';
    const other = await run('true', { node: { ...node.reach, hostKey: key } });
    expect(other.outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('not the machine that was pinned'),
    });
    const unpinned = await run('true', { node: { ...node.reach, hostKey: null } });
    expect(unpinned.outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('pin that key') });
  });

  it.skipIf(userInfo().uid !== 0)(
    'with a /tmp that is read-only and forbids execution carries everything out all the same',
    async () => {
      const strict = await startNode({
        inside: 'mount -t tmpfs -o noexec,nosuid,nodev tmpfs /tmp && mount -o remount,ro,noexec /tmp && exec "$@"',
      });
      closing.push(() => strict.close());
      const staged = stageRun({
        node: strict.reach,
        files: {
          '10-work.sh': `
          if touch /tmp/x 2>/dev/null; then echo "/tmp can be written"; fi
          cat <<< "here string of $(read_attribute name)"
          cat <<END
here document, $(bash "$ANNEAL_ROLE_DIR/tool/run-me")
END
          big=$(head -c 100000 /dev/zero | tr '\\0' y); wc -c <<< "$big"
          write_attribute_string made "$(read_attribute name)"`,
          'tool/run-me': 'echo tool ran',
        },
        attribs: { name: 'node' },
        outputs: [{ name: 'made', schema: null }],
      });
      const outcome = await strict.jig.run(staged);
      expect(staged.text()).toEqual(['here string of node', 'here document, tool ran', '100001']);
      expect(outcome).toEqual({ kind: 'succeeded', outputs: { made: 'node' } });
    },
  );
});

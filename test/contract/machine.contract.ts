import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecOptions, NodeSession, OutputStream, Reach } from '#app';

/** A machine and what a test may do to its network. */
export interface MachineUnderTest {
  readonly session: NodeSession;
  readonly reach: Reach;
  /** Ends all connections and refuses new ones. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A well-formed key that no machine here has. */
const otherKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEPkkn6UGjv1DPZxZvQxhTN7bMaCkHYgmjvzuzCSRf9y';

/** What every way of reaching a machine must do. The commands run on this computer, so their effects can be looked at. */
export function machineContract(start: () => Promise<MachineUnderTest>): void {
  let machine: MachineUnderTest;
  let folder: string;
  beforeAll(async () => {
    machine = await start();
    folder = mkdtempSync(join(tmpdir(), 'anneal-machine-'));
  });
  afterAll(async () => {
    await machine?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a command and collects what it wrote. */
  const run = async (argv: readonly string[], options: ExecOptions = {}, reach: Reach = machine.reach) => {
    const lines: Record<OutputStream, string[]> = { out: [], err: [] };
    const end = await machine.session.exec(reach, argv, {
      ...options,
      onLine: (stream, line) => {
        lines[stream].push(line);
        options.onLine?.(stream, line);
      },
    });
    return { end, ...lines };
  };
  const shell = (script: string, ...args: string[]): string[] => ['sh', '-c', script, 'sh', ...args];

  describe('commands', () => {
    it('get their arguments unchanged, whatever is in them', async () => {
      const awkward = [
        "it's",
        '"',
        '',
        'a; touch /tmp/x',
        '$(id)',
        '`id`',
        '$HOME',
        '*',
        'back\\slash',
        '-n',
        'grüße 机器',
      ];
      const { end, out } = await run(['printf', '[%s]\n', ...awkward]);
      expect(end).toEqual({ kind: 'exited', exitCode: 0 });
      expect(out).toEqual(awkward.map((argument) => `[${argument}]`));
    });

    it('get an argument with line ends as one argument', async () => {
      const { out } = await run(shell('echo $#; printf "%s" "$1" | wc -l', 'one\ntwo\n'));
      expect(out.map((line) => line.trim())).toEqual(['1', '2']);
    });

    it('read all of standard input, and then its end', async () => {
      const { out } = await run(['wc', '-c'], { stdin: Buffer.alloc(1_000_000, 'x\n') });
      expect(out).toEqual(['1000000']);
      expect((await run(['wc', '-c'])).out).toEqual(['0']);
    });

    it('find the environment they were given', async () => {
      const { out } = await run(['printenv', 'GREETING'], { env: { GREETING: "it's $(id)" } });
      expect(out).toEqual(["it's $(id)"]);
    });

    it('have their two streams told apart, and their exit code told', async () => {
      const { end, out, err } = await run(shell('echo one; echo two >&2; printf three; exit 3'));
      expect(end).toEqual({ kind: 'exited', exitCode: 3 });
      expect(out).toEqual(['one', 'three']);
      expect(err).toEqual(['two']);
    });

    it('end with 127 when there is no such program', async () => {
      expect((await run(['/nowhere/at-all'])).end).toEqual({ kind: 'exited', exitCode: 127 });
    });

    it('end as signalled when something on the machine kills them', async () => {
      expect((await run(shell('kill -KILL $$'))).end).toEqual({ kind: 'signalled', signal: 'KILL' });
    });

    it('are heard while they run', async () => {
      const abort = new AbortController();
      const { end, out } = await run(shell('echo ready; sleep 60; echo late'), {
        signal: abort.signal,
        onLine: () => abort.abort(),
      });
      expect(out).toEqual(['ready']);
      expect(end).toMatchObject({ kind: 'stopped', by: 'signal' });
    });

    it('have very long lines cut, and bytes that are no text replaced', async () => {
      const { out } = await run(shell('printf "%0100d\\n" 7; printf "a\\377b\\n"'), { lineBytesMax: 10 });
      expect(out).toEqual(['0000000000 [cut: 90 bytes more]', 'a\ufffdb']);
    });

    it('that write no lines are heard byte by byte, and their stderr line by line', async () => {
      const heard: Uint8Array[] = [];
      const { end, out, err } = await run(shell(`printf '\\263\\000\\r\\n\\377'; echo said >&2; printf end`), {
        onBytes: (bytes) => heard.push(Uint8Array.from(bytes)),
      });
      expect(end).toEqual({ kind: 'exited', exitCode: 0 });
      expect(Buffer.concat(heard).toString('latin1')).toBe('\u00b3\0\r\n\u00ffend');
      expect({ out, err }).toEqual({ out: [], err: ['said'] });
    });

    it('run side by side in any number, each with its own output', async () => {
      const ends = await Promise.all(
        Array.from({ length: 30 }, (_, number) => run(shell('cat; exit $1', String(number)), { stdin: `${number}` })),
      );
      expect(ends.map(({ end }) => end)).toEqual(ends.map((_, exitCode) => ({ kind: 'exited', exitCode })));
      expect(ends.map(({ out }) => out)).toEqual(ends.map((_, number) => [`${number}`]));
    });

    it('are over when they end, even if something they left behind keeps their output open', async () => {
      const { end, out } = await run(shell('sleep 20 & echo $!; exit 4'));
      expect(end).toEqual({ kind: 'exited', exitCode: 4 });
      process.kill(Number(out[0]), 'SIGKILL');
    });
  });

  describe('ending a command', () => {
    const isGone = (pid: string): boolean => {
      try {
        return readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
      } catch {
        return true;
      }
    };
    const KINDS = `
      sleep 61 & echo $!
      timeout 62 sleep 62 & echo $!
      sh -c 'sleep 63 & echo $!; wait' &
      (trap "" TERM; sleep 64 & echo $!; exec sleep 65) & echo $!
      sleep 0.2; echo ready; wait; wait`;

    it('ends all that it started, with KILL for what does not listen to TERM', async () => {
      const abort = new AbortController();
      const { end, out } = await run(shell(KINDS), {
        signal: abort.signal,
        killAfterMs: 500,
        onLine: (_, line) => line === 'ready' && abort.abort(),
      });
      expect(end).toMatchObject({ kind: 'stopped', by: 'signal' });
      const pids = out.filter((line) => line !== 'ready');
      expect(pids).toHaveLength(5);
      expect(pids.filter((pid) => !isGone(pid))).toEqual([]);
    });

    it('lets it clean up first: what it does on TERM is done and heard', async () => {
      const abort = new AbortController();
      const { out } = await run(shell('trap "echo cleaned; exit 9" TERM; echo ready; while :; do sleep 0.05; done'), {
        signal: abort.signal,
        onLine: (_, line) => line === 'ready' && abort.abort(),
      });
      expect(out).toEqual(['ready', 'cleaned']);
    });

    it('happens at its deadline', async () => {
      const { end } = await run(['sleep', '60'], { deadlineMs: 300 });
      expect(end).toMatchObject({ kind: 'stopped', by: 'deadline' });
    });

    it('starts nothing when it was told before', async () => {
      const path = join(folder, 'never');
      const { end } = await run(['touch', path], { signal: AbortSignal.abort() });
      expect(end).toEqual({ kind: 'stopped', by: 'signal', exitCode: null });
      expect(existsSync(path)).toBe(false);
    });
  });

  describe('who answers', () => {
    it('is refused when it is not the machine that was pinned, and gets nothing', async () => {
      const path = join(folder, 'mismatch');
      const { end } = await run(['touch', path], {}, { ...machine.reach, hostKey: otherKey });
      expect(end).toMatchObject({ kind: 'unreachable', code: 'host-key-mismatch', hostKey: machine.reach.hostKey });
      expect(existsSync(path)).toBe(false);
    });

    it('gets nothing while no key is pinned; the offered key is reported, to be pinned', async () => {
      const path = join(folder, 'unpinned');
      const { end } = await run(['touch', path], {}, { ...machine.reach, hostKey: null });
      expect(end).toMatchObject({ kind: 'unreachable', code: 'host-key-unpinned', hostKey: machine.reach.hostKey });
      expect(existsSync(path)).toBe(false);
    });

    it('shows its key to whoever asks', async () => {
      const offered = await machine.session.hostKey({ ...machine.reach, hostKey: null }, 5_000);
      expect(offered).toEqual({ kind: 'offered', hostKey: machine.reach.hostKey });
    });
  });

  describe('the probe', () => {
    it('finds a machine alive that lets us in, and reports its key', async () => {
      expect(await machine.session.probe(machine.reach, 5_000)).toMatchObject({
        kind: 'alive',
        hostKey: machine.reach.hostKey,
      });
    });

    it('reports the key of a machine that is not pinned yet', async () => {
      const probed = await machine.session.probe({ ...machine.reach, hostKey: null }, 5_000);
      expect(probed).toMatchObject({ kind: 'alive', hostKey: machine.reach.hostKey });
    });

    it('finds another machine at the same address not alive', async () => {
      const probed = await machine.session.probe({ ...machine.reach, hostKey: otherKey }, 5_000);
      expect(probed).toMatchObject({ kind: 'unreachable', code: 'host-key-mismatch' });
    });

    it('is content with a banner when asked for no more', async () => {
      expect(await machine.session.probe(machine.reach, 5_000, 'banner')).toMatchObject({
        kind: 'alive',
        hostKey: null,
      });
    });

    it('finds a machine without an address not alive', async () => {
      const probed = await machine.session.probe({ ...machine.reach, address: null }, 1_000);
      expect(probed).toMatchObject({ kind: 'unreachable', code: 'no-contact' });
    });
  });

  describe('files', () => {
    it('are put there whole, with the mode that was asked for', async () => {
      const path = join(folder, "it's a; file");
      const content = Buffer.from([0, 1, 2, 0xff, 0x0a]);
      expect(await machine.session.upload(machine.reach, path, content)).toEqual({ kind: 'exited', exitCode: 0 });
      expect(readFileSync(path)).toEqual(content);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      await machine.session.upload(machine.reach, path, 'second', { mode: 0o755 });
      expect(readFileSync(path, 'utf8')).toBe('second');
      expect(statSync(path).mode & 0o777).toBe(0o755);
    });

    it('are not there when they could not be written', async () => {
      const end = await machine.session.upload(machine.reach, join(folder, 'no', 'such', 'folder'), 'x');
      expect(end).toMatchObject({ kind: 'exited' });
      expect(end).not.toMatchObject({ exitCode: 0 });
    });
  });

  describe('a lost connection', () => {
    it('is told from a command that failed, and the next command gets a new one', async () => {
      const { end, out } = await run(shell('echo $$; exec sleep 60'), { onLine: () => machine.cut() });
      expect(end).toMatchObject({ kind: 'lost-contact' });
      process.kill(Number(out[0]), 'SIGKILL');

      expect((await run(['true'])).end).toMatchObject({ kind: 'unreachable', code: 'no-contact' });
      expect(await machine.session.probe(machine.reach, 2_000)).toMatchObject({
        kind: 'unreachable',
        code: 'no-contact',
      });
      expect(await machine.session.probe(machine.reach, 2_000, 'banner')).toMatchObject({ kind: 'unreachable' });
      machine.mend();
      expect((await run(['true'])).end).toEqual({ kind: 'exited', exitCode: 0 });
    });
  });
}

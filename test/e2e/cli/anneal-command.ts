import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import { CHECKOUT } from '#runtime';
import { runCommand } from '../../../apps/cli/src/run-command.js';

/** The built tool, as a shell would run it. */
const MAIN = join(CHECKOUT, 'dist', 'apps', 'cli', 'src', 'main.js');
/** Longer than any command of these specs takes on a machine that is busy with others. */
const ENDS_WITHIN_MS = 60_000;

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Lines of stdout as they come. */
  lines(): AsyncIterableIterator<string>;
}

/** `anneal('nodes list -o json')`; words that hold blanks are given as a list. */
export type Anneal = (
  words: string | readonly string[],
  options?: { input?: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal },
) => Promise<Ended>;

/** Starts `anneal` with an environment of its own: nothing of who runs the tests reaches it. */
export const start = (
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  { input = '', withinMs = ENDS_WITHIN_MS }: { input?: string; withinMs?: number } = {},
): Running => {
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN, ...words], {
    env: { PATH: process.env['PATH'], ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.on('error', () => undefined).end(input);
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL')
        reject(new Error(`anneal ${words.join(' ')} did not end in time; it said: ${err}${out}`));
      else resolve({ code: code ?? -1, out, err });
    });
  });
  return { child, ended, lines: () => createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
};

/** A command line in this process: the whole program but its `main`, without the time that it takes to start one. */
export const annealWith =
  (env: NodeJS.ProcessEnv): Anneal =>
  async (words, options = {}) => {
    const [out, err] = [new Collected(), new Collected()];
    const terminal = {
      env: { ...env, ...options.env },
      stdin: Readable.from(options.input === undefined ? [] : [Buffer.from(options.input)]),
      stdout: out,
      stderr: err,
      signal: options.signal ?? new AbortController().signal,
      now: Date.now,
      exitCode: 0,
    };
    const code = await runCommand(typeof words === 'string' ? words.split(' ') : words, terminal);
    return { code, out: out.text, err: err.text };
  };

class Collected extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

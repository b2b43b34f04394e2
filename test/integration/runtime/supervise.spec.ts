import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { identityOf, isRunning, supervise, waitForEnd, type ProcessSpec, type Supervised } from '#runtime';
import { compileRuntime, type CompiledRuntime } from './compiled-runtime.js';

const WITHIN = { timeout: 15_000 };

let compiled: CompiledRuntime;
let lines: string[];
let running: Supervised | null;

beforeAll(async () => {
  compiled = await compileRuntime();
});
afterAll(() => compiled.remove());
beforeEach(() => {
  lines = [];
  running = null;
});
afterEach(async () => running?.stop());

const child = (name: string, ...behaviour: string[]): ProcessSpec => ({
  name,
  argv: [compiled.program('child'), name, ...behaviour],
  stopWithinMs: 1000,
});
async function start(...specs: ProcessSpec[]): Promise<Supervised> {
  running = await supervise(specs, (line) => lines.push(line));
  return running;
}
const pidsOf = (pattern: RegExp): number[] => lines.flatMap((line) => line.match(pattern)?.[1] ?? []).map(Number);

describe('the supervisor', () => {
  test('puts the name of the process before each of its lines and passes on what it wants said', async () => {
    const { say } = await start(child('server', 'with-code'), child('worker'));
    expect(lines.some((line) => line.startsWith('server  hello server'))).toBe(true);
    expect(lines.some((line) => line.startsWith('worker  hello worker'))).toBe(true);
    expect(say).toEqual(['one-time code of server']);
  });

  test('starts a killed process again and leaves the others alone', async () => {
    const both = await start(child('server'), child('worker'));
    const server = both.pidOf('server');
    const worker = both.pidOf('worker')!;
    process.kill(worker, 'SIGKILL');
    await expect.poll(() => both.restartsOf('worker'), WITHIN).toBe(1);
    expect(both.pidOf('worker')).not.toBe(worker);
    expect(both.pidOf('server')).toBe(server);
    expect(lines.some((line) => /worker ended by SIGKILL; starting it again in 100 ms/.test(line))).toBe(true);
  });

  test('takes the children of a killed process with it', async () => {
    const one = await start(child('worker', 'with-grandchild'));
    const grandchild = identityOf(pidsOf(/grandchild (\d+)/)[0]!);
    expect(isRunning(grandchild)).toBe(true);
    process.kill(one.pidOf('worker')!, 'SIGKILL');
    expect(await waitForEnd([grandchild], WITHIN.timeout)).toEqual([]);
  });

  test('stops the last started first, with SIGTERM', async () => {
    const both = await start(child('server'), child('worker'));
    await both.stop();
    const byes = lines.filter((line) => line.includes('bye'));
    expect(byes).toEqual(['worker  bye worker SIGTERM', 'server  bye server SIGTERM']);
  });

  test('kills a process that does not end in its time', async () => {
    const deaf = await start(child('worker', 'deaf'));
    const process_ = identityOf(deaf.pidOf('worker')!);
    await deaf.stop();
    expect(isRunning(process_)).toBe(false);
    expect(deaf.restartsOf('worker')).toBe(0);
  });

  test('gives up at once when a process ends at its start, quotes it, and leaves none of the others', async () => {
    await expect(start(child('worker'), child('server', 'fail-at-start'))).rejects.toThrow(
      'server ended with code 3 at its start; its last line: port 7700 is in use',
    );
    const started = pidsOf(/hello \w+ (\d+)/).map(identityOf);
    expect(started.filter(isRunning)).toEqual([]);
  });
});

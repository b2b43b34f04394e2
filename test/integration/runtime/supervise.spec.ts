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

  test('lets a process load its code before its settings are known, also when it starts it again', async () => {
    let know: (settings: Record<string, string>) => void = () => {};
    const settings = new Promise<Record<string, string>>((resolve) => (know = resolve));
    const specs = [{ ...child('server', 'asks'), asksForSettings: true }, child('worker')];
    const starting = supervise(specs, (line) => lines.push(line), settings);
    await expect.poll(() => pidsOf(/loaded server (\d+)/), WITHIN).toHaveLength(1);
    expect(lines.some((line) => line.includes('hello'))).toBe(false);
    know({ DATABASE_URL: 'postgres://here' });
    running = await starting;
    const greetings = () => lines.filter((line) => line.includes('database postgres://here')).length;
    expect(greetings()).toBe(2);
    process.kill(running.pidOf('server')!, 'SIGKILL');
    await expect.poll(() => running!.restartsOf('server'), WITHIN).toBe(1);
    expect(greetings()).toBe(3);
  });

  test('leaves no process behind when the settings never come', async () => {
    let giveUp: (why: Error) => void = () => {};
    const settings = new Promise<Record<string, string>>((_, reject) => (giveUp = reject));
    const specs = [{ ...child('server', 'asks'), asksForSettings: true }];
    const starting = supervise(specs, (line) => lines.push(line), settings);
    await expect.poll(() => pidsOf(/loaded server (\d+)/), WITHIN).toHaveLength(1);
    const loaded = identityOf(pidsOf(/loaded server (\d+)/)[0]!);
    giveUp(new Error('no database'));
    await expect(starting).rejects.toThrow('no database');
    expect(await waitForEnd([loaded], WITHIN.timeout)).toEqual([]);
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

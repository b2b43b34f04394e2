import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Jig, JigOutcome } from '#app';
import type { StagedRun } from '#testkit';

/** A jig with some work for it, and eyes to see what the work does. */
export interface JigUnderTest {
  readonly jig: Jig;
  /** Stages the same piece of work again, each time as a later attempt. */
  work(): StagedRun;
  /** What the outcome of that work must match. */
  readonly done: Partial<JigOutcome>;
  /** What the work has left in the world. */
  trace(): string;
  /** What `trace` must say when the work was done, be it once or several times. */
  readonly expected: string;
  /** Stages work that would go on for minutes; `underWay` resolves when it has begun. */
  long(): { readonly run: StagedRun; readonly underWay: Promise<unknown> };
  /** What the outcome of aborted work must match; work that cannot take time may be done. */
  readonly stopped: Partial<JigOutcome>;
  /** Whether anything of the long work still goes on anywhere. */
  isWorking(): boolean;
  /** Leaves behind what a worker leaves that is killed in the middle of the long work. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** Within this time a jig has let go of an aborted run, even when what it runs does not listen. */
const ABORT_DEADLINE_MS = 15_000;

/** What every jig must do, whatever it does. */
export function jigContract(start: () => Promise<JigUnderTest>): void {
  let under: JigUnderTest;
  beforeAll(async () => {
    under = await start();
  });
  afterAll(() => under?.close());

  const works = async (): Promise<void> => {
    const run = under.work();
    expect(await under.jig.run(run), run.text().join('\n')).toMatchObject(under.done);
  };

  it('does its work', async () => {
    await works();
    expect(under.trace()).toBe(under.expected);
  });

  it('does it twice harmlessly', async () => {
    await works();
    await works();
    expect(under.trace()).toBe(under.expected);
  });

  it('stops cleanly when told', async () => {
    const { run, underWay } = under.long();
    const ended = under.jig.run(run);
    await underWay;
    const toldAt = performance.now();
    run.abort('cancelled');
    expect(await ended).toMatchObject(under.stopped);
    expect(performance.now() - toldAt).toBeLessThan(ABORT_DEADLINE_MS);
    expect(under.isWorking()).toBe(false);
  });

  it('is picked up after a crash', async () => {
    await under.crash();
    await works();
    expect(under.isWorking()).toBe(false);
    expect(under.trace()).toBe(under.expected);
  });
}

/** The same for a jig whose program may be missing on this computer: then the reason is in the name of what was skipped. */
export function jigContractIf(missing: string | null, start: () => Promise<JigUnderTest>): void {
  describe.skipIf(missing !== null)(`with its program${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
    jigContract(start);
  });
}

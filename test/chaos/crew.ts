import { appendFileSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTied, within, type TiedProcess } from '#runtime';

/** A process that ended is started again after this pause, in milliseconds, as a supervisor would. */
const RESTART_MS = 300;

/** A process that was asked to stop and has not within this time is a fault of ours, in milliseconds. */
const STOP_WITHIN_MS = 25_000;

interface Member {
  readonly name: string;
  process: TiedProcess | null;
  ready: boolean;
  paused: boolean;
  /** Why it is about to end, when we had a hand in it. */
  told: 'kill' | 'stop' | null;
  starts: number;
}

export interface CrewOptions {
  /** For example `worker`: also the name of the log files. */
  readonly name: string;
  readonly size: number;
  readonly program: string;
  readonly folder: string;
  /** What it prints when it does its work. */
  readonly ready: string;
  env(index: number, start: number): Record<string, string | undefined>;
}

/**
 * Processes of one kind, kept running: whichever ends is started again. Knows how to kill, stop and pause them, and what
 * went wrong: an end that nobody caused, a stop that did not come.
 */
export class Crew {
  /** Ends that no fault of ours explains, and stops that were not clean. */
  readonly complaints: string[] = [];
  private readonly members: Member[];
  private closing = false;

  constructor(private readonly options: CrewOptions) {
    this.members = Array.from({ length: options.size }, (_, index) => ({
      name: `${options.name}-${index + 1}`,
      process: null,
      ready: false,
      paused: false,
      told: null,
      starts: 0,
    }));
  }

  /** Starts them one after the other, as one that is the first has more to do. */
  async start(): Promise<void> {
    for (const index of this.members.keys()) await this.launch(index);
  }

  /** Indexes of those that run and are not paused. */
  get upright(): number[] {
    return this.members.flatMap(({ process, paused, told }, index) => (process && !paused && !told ? index : []));
  }

  get paused(): number {
    return this.members.filter(({ process, paused }) => process && paused).length;
  }

  indexOf(pid: number): number | null {
    const index = this.members.findIndex(({ process }) => process?.pid === pid);
    return index === -1 ? null : index;
  }

  kill(index: number): void {
    this.signal(index, 'kill', 'SIGKILL');
  }

  /** Asks it to end, and complains when it does not do so cleanly. */
  async stop(index: number): Promise<void> {
    const member = this.members[index] as Member;
    const { process } = member;
    if (!process) return;
    // One that has not begun yet has nothing to end in order.
    if (!member.ready) return this.kill(index);
    this.signal(index, 'stop', 'SIGTERM');
    const exit = await within(process.exited, STOP_WITHIN_MS);
    if (exit?.code === 0) return;
    this.complaints.push(
      `${member.name} was told to stop and ${exit ? `ended with ${exit.code ?? exit.signal}` : `did not within ${STOP_WITHIN_MS} ms`}`,
    );
    if (!exit) process.child.kill('SIGKILL');
  }

  /** Stands still for `ms` milliseconds: as a machine that hangs, or a garbage collector that takes its time. */
  pause(index: number, ms: number): void {
    const member = this.members[index] as Member;
    const { process } = member;
    if (!process) return;
    member.paused = true;
    process.child.kill('SIGSTOP');
    setTimeout(() => {
      if (member.process !== process) return;
      member.paused = false;
      process.child.kill('SIGCONT');
    }, ms);
  }

  /** Wakes whoever is paused, and stops everybody. */
  async close(): Promise<void> {
    this.closing = true;
    for (const member of this.members) if (member.paused) member.process?.child.kill('SIGCONT');
    await Promise.all(this.members.map((_, index) => this.stop(index)));
  }

  private signal(index: number, why: 'kill' | 'stop', signal: NodeJS.Signals): void {
    const member = this.members[index] as Member;
    member.told = why;
    member.process?.child.kill(signal);
  }

  private async launch(index: number): Promise<void> {
    const member = this.members[index] as Member;
    member.starts += 1;
    member.told = null;
    member.ready = false;
    member.paused = false;
    const log = join(this.options.folder, `${member.name}.log`);
    const output = openSync(log, 'a');
    const env = { ...process.env, ...this.options.env(index, member.starts) };
    const started = await startTied(process.execPath, ['--enable-source-maps', this.options.program], {
      orphanSignal: 'SIGKILL',
      env,
      stdio: ['ignore', 'pipe', output],
    }).finally(() => closeSync(output));
    member.process = started;
    const readied = new Promise<void>((resolve) => {
      started.child.stdout?.on('data', (text: Buffer) => {
        appendFileSync(log, text);
        if (member.ready || !text.toString().includes(this.options.ready)) return;
        member.ready = true;
        resolve();
      });
    });
    void started.exited.then(async ({ code, signal }) => {
      // One that could not even start while the database was away is started again, as by any supervisor.
      if (member.ready && !member.told)
        this.complaints.push(`${member.name} ended by itself with ${code ?? signal}; see ${member.name}.log`);
      member.process = null;
      if (this.closing) return;
      await sleep(RESTART_MS);
      if (!this.closing) await this.launch(index);
    });
    await Promise.race([readied, started.exited]);
  }
}

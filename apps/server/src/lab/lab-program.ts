import { execFile } from 'node:child_process';
import { z } from 'zod';
import { labMachine } from '#api-types';
import { LabMachines, type LabMachineView, type LabView } from '#app';
import { refuse, type Refusal } from '#core';

/**
 * The lab by its own program, which knows where its machines are: `PROGRAM list` and `PROGRAM start NAME` answer with JSON.
 * Nothing of a lab goes on beside its machines, so there is nobody else to ask.
 */

/** A machine has thirty seconds until its firmware runs; the rest is for a busy host. In milliseconds. */
const ANSWER_MS_MAX = 45_000;
const ANSWER_BYTES_MAX = 1_048_576;
/** How the program ends when it knows no machine of this name. */
const UNKNOWN_EXIT = 3;
/** Characters of what a program said last that are told on. */
const WORDS_MAX = 500;

const machines = z.array(labMachine);

type Ended =
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: 'failed'; readonly exitCode: number | null; readonly says: string };

export class LabProgram extends LabMachines {
  /** Whoever asks while it is looked gets the same answer. */
  private looking: Promise<LabView> | null = null;

  /** `program` is a module for Node; `home` is the one that the lab is in. */
  constructor(
    private readonly program: string,
    private readonly home: string,
  ) {
    super();
  }

  override list(): Promise<LabView> {
    return (this.looking ??= this.look().finally(() => (this.looking = null)));
  }

  override async start(name: string): Promise<LabMachineView | Refusal> {
    const ended = await this.run(['start', name]);
    if (ended.kind === 'answered') return labMachine.parse(JSON.parse(ended.text));
    return ended.exitCode === UNKNOWN_EXIT
      ? refuse('not-found', `the lab has no machine ${name}: \`anneal lab machines\` lists those that it has.`)
      : refuse('machine-failed', `${name} was not switched on: ${ended.says}`);
  }

  private async look(): Promise<LabView> {
    const ended = await this.run(['list']);
    if (ended.kind === 'failed') return { machines: [], reason: `The lab does not answer: ${ended.says}` };
    const found = machines.parse(JSON.parse(ended.text));
    return { machines: found, reason: found.length > 0 ? null : GONE };
  }

  private run(words: readonly string[]): Promise<Ended> {
    const options = {
      timeout: ANSWER_MS_MAX,
      maxBuffer: ANSWER_BYTES_MAX,
      env: { ...process.env, ANNEAL_HOME: this.home, NO_COLOR: '1' },
    };
    return new Promise((resolve) => {
      execFile(process.execPath, [this.program, ...words], options, (error, out, said) => {
        if (!error) return resolve({ kind: 'answered', text: out });
        const exitCode = typeof error.code === 'number' ? error.code : null;
        const says = said.trim().slice(-WORDS_MAX) || (error.killed ? LATE : error.message.slice(0, WORDS_MAX));
        resolve({ kind: 'failed', exitCode, says });
      });
    });
  }
}

const GONE = 'The lab beside this Anneal has no machines; `npm run lab` makes some.';
const LATE = `its program did not answer within ${ANSWER_MS_MAX / 1_000} s`;

/** Anneal as it is run: its machines are real, and have power buttons of their own. */
export class NoLab extends LabMachines {
  override async list(): Promise<LabView> {
    return { machines: [], reason: NONE };
  }

  override async start(): Promise<Refusal> {
    return refuse('unavailable', NONE);
  }
}

const NONE = 'There is no lab beside this Anneal: `npm run lab` makes one.';

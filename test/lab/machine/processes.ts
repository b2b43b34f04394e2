import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The processes of an Anneal that runs in a home, found by who their parent is: whoever keeps them starts them again. */
export type Program = 'server' | 'worker' | 'netboot';

/** Kills a program of the installation without a word. Returns its process id. */
export const killProgram = (home: string, program: Program): number => signalProgram(home, program, 'SIGKILL');

/** A program that hangs: it lives, and does and answers nothing. Killed, it is started anew. */
export const freezeProgram = (home: string, program: Program): number => signalProgram(home, program, 'SIGSTOP');

function signalProgram(home: string, program: Program, signal: NodeJS.Signals): number {
  const up = Number(/\d+/.exec(readFileSync(join(home, 'up.pid'), 'utf8'))?.[0]);
  const pid = childrenOf(up).find((child) => new RegExp(`(apps/${program}/|/${program}\\.js)`).test(commandOf(child)));
  if (pid === undefined) throw new Error(`no ${program} runs below process ${up}`);
  process.kill(pid, signal);
  return pid;
}

const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => new RegExp(`^PPid:\\t${parent}$`, 'm').test(read(`/proc/${pid}/status`)));

const commandOf = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/**
 * The runtime's specs kill processes that run it, so it must run under plain node too: its sources compiled into a
 * folder of the checkout (where packages are found), for this spec file alone.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { transformFile } from '@swc/core';
import { CHECKOUT } from '#runtime';

const SOURCES = join(CHECKOUT, 'deploy', 'runtime');
const FIXTURES = join(import.meta.dirname, 'fixtures');

export interface CompiledRuntime {
  /** Full path of a compiled program of `fixtures/`. */
  program(name: string): string;
  remove(): void;
}

export async function compileRuntime(): Promise<CompiledRuntime> {
  mkdirSync(join(CHECKOUT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(CHECKOUT, '.cache', 'runtime-spec-'));
  mkdirSync(join(folder, 'runtime'));
  await compile(SOURCES, join(folder, 'runtime'));
  await compile(FIXTURES, folder);
  return {
    program: (name) => join(folder, `${name}.js`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function compile(from: string, to: string): Promise<void> {
  const files = readdirSync(from).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
  for (const file of files) {
    const { code } = await transformFile(join(from, file), { configFile: join(CHECKOUT, '.swcrc'), sourceMaps: false });
    // What package.json says of #runtime becomes the compiled one beside the program.
    writeFileSync(
      join(to, file.replace(/\.ts$/, '.js')),
      code.replace(`'#runtime'`, `'./runtime/index.js'`).replace(`"#runtime"`, `'./runtime/index.js'`),
    );
  }
}

/** A started program whose lines can be awaited. */
export interface Program {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  /** The first line, already written or yet to come, that matches; rejects when the program ends without one. */
  line(pattern: RegExp): Promise<RegExpMatchArray>;
  readonly ended: Promise<void>;
}

export function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: '', REDIS_URL: '', ...env },
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let over = false;
  const wake = (): void => waiting.forEach((look) => look());
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      wake();
    });
  }
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      over = true;
      wake();
      resolve();
    }),
  );
  const line = (pattern: RegExp): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = lines.map((text) => text.match(pattern)).find((found) => found !== null);
        if (match) resolve(match);
        else if (over)
          reject(new Error(`${file} ended without a line like ${pattern}; it wrote:\n${lines.join('\n')}`));
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
  return { child, lines, line, ended };
}

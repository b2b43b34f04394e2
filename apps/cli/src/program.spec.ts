import { PassThrough } from 'node:stream';
import { readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { allRoutes } from '#api-types';
import { ROUTES } from './client/routes.generated.js';
import type { Terminal } from './command/terminal.js';
import { COMMANDS } from './commands/index.js';
import { declareProgram } from './program.js';
import { runCommand } from './run-command.js';

const terminalOf = (): Terminal & { out: () => string; err: () => string } => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  return {
    env: { ANNEAL_HOME: '/nowhere', HOME: '/nowhere' },
    stdin: new PassThrough(),
    stdout,
    stderr,
    signal: new AbortController().signal,
    now: Date.now,
    exitCode: 0,
    out: () => String(stdout.read() ?? ''),
    err: () => String(stderr.read() ?? ''),
  };
};
const everything = (): Promise<Command> => declareProgram([], terminalOf(), { everything: true });
const each = (command: Command, path: readonly string[] = []): { path: string; command: Command }[] =>
  command.commands.flatMap((child) => [
    { path: [...path, child.name()].join(' '), command: child },
    ...each(child, [...path, child.name()]),
  ]);

describe('the commands', () => {
  it('call only routes that the server has, by the method and path that it has for them', () => {
    const served = new Map(allRoutes.map(({ id, method, path }) => [id, { method, path }]));
    expect(Object.keys(ROUTES).length).toBeGreaterThan(80);
    for (const [id, { method, path }] of Object.entries(ROUTES)) expect({ method, path }, id).toEqual(served.get(id));
  });

  it('stand in the list with the summary and the aliases that they have themselves', async () => {
    const program = await everything();
    for (const { name, aliases = [], load } of COMMANDS) {
      const command = program.commands.find((known) => known.name() === name);
      expect(command?.aliases(), name).toEqual([...aliases]);
      expect(await load()).toHaveProperty('declare');
    }
  });

  it('are a file each', () => {
    const files = readdirSync(new URL('commands', import.meta.url)).filter(
      (file) => !file.includes('.spec.') && file !== 'index.ts',
    );
    const nouns = new Set(files.map((file) => file.replace(/\.ts$/, '')));
    expect(COMMANDS.filter(({ name }) => !nouns.has(name)).map(({ name }) => name)).toEqual([]);
  });

  it('all say what they do, and all that do something take the options of every command', async () => {
    for (const { path, command } of each(await everything())) {
      expect(command.summary(), path).not.toBe('');
      if (command.commands.length > 0 || path === 'lab') continue;
      const flags = command.options.map(({ long }) => long);
      for (const flag of ['--output', '--no-headers', '--url', '--quiet', '--trace'])
        expect(flags, path).toContain(flag);
    }
  });

  it('are suggested by explain only where they exist', async () => {
    const known = new Map(each(await everything()).map(({ path, command }) => [path, command]));
    const source = readFileSync(new URL('../../../libs/core/src/anneal/explain/moves.ts', import.meta.url), 'utf8');
    const suggested = [...source.matchAll(/`anneal ([-a-z]+)(?: ([-a-z]+))?/g)].map(([, noun, verb]) => [noun!, verb]);
    expect(suggested.length).toBeGreaterThan(5);
    for (const [noun, verb] of suggested) {
      const isLeaf = known.get(noun!)?.commands.length === 0;
      expect(isLeaf || known.has(`${noun} ${verb}`), `anneal ${noun} ${verb}`).toBe(true);
    }
  });
});

describe('the commands that the web interface offers to copy', () => {
  it('are there, with the options that they are given', async () => {
    const known = new Map(each(await everything()).map(({ path, command }) => [path, command]));
    const folder = new URL('../../web/src/', import.meta.url);
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => readFileSync(new URL(file, folder), 'utf8'));
    const offered = sources.flatMap((source) =>
      [...source.matchAll(/[`']anneal ([^`'$]+)/g)].map(([, words]) => words!),
    );
    expect(offered.length).toBeGreaterThan(15);
    for (const words of offered) {
      const [noun, verb] = words.trim().split(/\s+/);
      const command = known.get(`${noun} ${verb}`) ?? known.get(noun!);
      // Where the verb is filled in, the noun has to be one that has verbs.
      const there = verb === undefined || command?.commands.length === 0 || known.has(`${noun} ${verb}`);
      expect(command !== undefined && there, `anneal ${words}`).toBe(true);
      for (const [flag] of words.matchAll(/--[a-z-]+/g))
        expect(
          command?.options.map(({ long }) => long),
          `anneal ${words}`,
        ).toContain(flag);
    }
    const nouns = sources.flatMap((source) =>
      [...source.matchAll(/^ {2}command: '([^']+)'/gm)].map(([, words]) => words!),
    );
    expect(nouns.length).toBeGreaterThan(10);
    for (const noun of nouns) expect(known.has(noun), `anneal ${noun}`).toBe(true);
  });
});

describe('a command line that cannot be meant', () => {
  it.each([
    ['frobnicate', 'unknown command'],
    ['nodes frobnicate', 'unknown command'],
    ['nodes show', 'missing required argument'],
    ['nodes list --colour', 'unknown option'],
    ['nodes list -o xml', '-o xml is no format'],
    ['nodes list --limit many', '--limit many is not a whole number'],
    ['nodes create n1 colour=red', 'There is no field colour here'],
    ['apply', 'required option'],
    ['apply -f /nowhere/web.yml', 'cannot be read'],
    ['wait --for colourful', 'is nothing to wait for'],
    ['wait --timeout long', 'is no span of time'],
    ['deployments commit web --pause 5m', 'are for a commit in waves'],
    ['explain pods/web', 'names nothing'],
    ['completion fish', 'There is no completion for fish'],
  ])('%s: %s', async (line, says) => {
    const terminal = terminalOf();
    expect(await runCommand(line.split(' '), terminal)).toBe(2);
    expect(terminal.err()).toContain(says);
    expect(terminal.out()).toBe('');
  });
});

describe('a failure of diff', () => {
  it('is told from a difference by its exit code', async () => {
    const terminal = terminalOf();
    expect(await runCommand(['diff', '-f', '/dev/null', '--url', 'http://127.0.0.1:9'], terminal)).toBe(2);
    const unreachable = { ...terminalOf(), stdin: PassThrough.from(['name: web\nroles: { r: { a: 1 } }\n']) as never };
    expect(await runCommand(['diff', '-f', '-', '--url', 'http://127.0.0.1:9'], unreachable)).toBe(6);
  });
});

describe('docs/cli.md', () => {
  it('names every command', async () => {
    const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
    for (const { name } of COMMANDS) expect(page, name).toMatch(new RegExp(`\`(anneal )?${name}\\b`));
    const verbs = new Set(['list', 'show', 'create', 'update', 'delete']);
    for (const { path } of each(await everything())) {
      const [, verb] = path.split(' ');
      if (verb && !verbs.has(verb)) expect(page, path).toMatch(new RegExp(`\\b${verb}\\b`));
    }
  });
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MemoryDriver, runScript, VERBS } from '#testkit';

/**
 * Plays every script of `input` on a world in memory and compares what is printed with `output`. `UPDATE_GOLDEN=1` writes
 * the output anew; read the difference before you commit it. See README.md for the language.
 */
const here = import.meta.dirname;
const scripts = readdirSync(join(here, 'input'))
  .filter((name) => name.endsWith('.txt'))
  .sort();

describe('the scenarios', () => {
  it.each(scripts)('%s', async (name) => {
    const result = await runScript(readFileSync(join(here, 'input', name), 'utf8'), new MemoryDriver());
    const golden = join(here, 'output', name);
    if (process.env['UPDATE_GOLDEN']) writeFileSync(golden, result.output);
    expect(result.failures).toEqual([]);
    expect(result.output).toBe(readFileSync(golden, 'utf8'));
  });

  it('play out the same with other ids', async () => {
    for (const name of scripts) {
      const text = readFileSync(join(here, 'input', name), 'utf8');
      const [first, second] = [
        await runScript(text, new MemoryDriver({ seed: 1 })),
        await runScript(text, new MemoryDriver({ seed: 2 })),
      ];
      expect(second.output).toBe(first.output);
    }
  });

  it('have output only where there is input', () => {
    expect(readdirSync(join(here, 'output')).sort()).toEqual(scripts);
  });

  it('cover the eighteen worked examples', () => {
    const numbers = scripts.flatMap((name) => /^w(\d\d)-/.exec(name)?.[1] ?? []);
    expect(numbers).toEqual(Array.from({ length: 18 }, (_, at) => String(at + 1).padStart(2, '0')));
  });

  it('are written in a language whose every verb README.md explains', () => {
    const readme = readFileSync(join(here, 'README.md'), 'utf8');
    for (const { usage } of Object.values(VERBS)) expect(readme).toContain(`\`${usage}\``);
  });
});

describe('a script with a mistake', () => {
  const play = (text: string) => runScript(text, new MemoryDriver());

  it.each([
    ['comit web', 'there is no verb "comit"'],
    ['role', 'something is missing: role NAME'],
    ['node n1 asleep', '"asleep" must be one of alive, dead, available, unavailable'],
    ['bind A n1', 'there is no role "A"; there are none yet'],
    ['role A loud', '"loud" says nothing about a role'],
    ['wait 5', '"5" is no length of time'],
    ['node n1..x9', 'is no range'],
    ['role "A', 'a quotation mark is left open'],
    ['pass now', '"now" is too much'],
  ])('%s: says %s', async (line, says) => {
    const { failures, output } = await play(`${line}\nnode never\n`);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain(says);
    expect(output).not.toContain('never');
  });

  it('goes on when an expectation is not met, and tells every one of them', async () => {
    const { failures } = await play(
      'role A\nnode n1\nbind A n1\nexpect A n1 active\nexpect A n1 todo\nexpect refused conflict',
    );
    expect(failures).toEqual([
      'line 4: A on n1: expected active, found proposed',
      'line 5: A on n1: expected todo, found proposed',
      'line 6: the answer before: expected conflict, found not refused',
    ]);
  });
});

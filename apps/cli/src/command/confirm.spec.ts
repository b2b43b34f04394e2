import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirm } from './confirm.js';
import { Invocation } from './invocation.js';

const at = (tty: boolean, answer = '') => {
  const stdin = Object.assign(PassThrough.from(answer === '' ? [] : [`${answer}\n`]), { isTTY: tty });
  const stderr = Object.assign(new PassThrough(), { isTTY: tty });
  const terminal = {
    env: {},
    stdin,
    stdout: new PassThrough(),
    stderr,
    signal: new AbortController().signal,
    now: Date.now,
    exitCode: 0,
  };
  return {
    invocation: new Invocation(terminal, { output: 'table', headers: true }),
    asked: () => String(stderr.read() ?? ''),
  };
};

describe('whether it is meant', () => {
  it.each([
    ['y', true],
    ['Yes', true],
    ['n', false],
    ['', false],
    ['sure', false],
  ])('is asked at a terminal, and %j is %s', async (answer, meant) => {
    const { invocation, asked } = at(true, answer === '' ? ' ' : answer);
    expect(await confirm(invocation, 'Delete web?', {})).toBe(meant);
    expect(asked()).toContain('Delete web? [y/N]');
  });

  it('is said with --yes, and then nobody is asked', async () => {
    const { invocation, asked } = at(true);
    expect(await confirm(invocation, 'Delete web?', { yes: true })).toBe(true);
    expect(asked()).toBe('');
  });

  it('must be said where nobody can be asked', async () => {
    await expect(confirm(at(false).invocation, 'Delete web?', {})).rejects.toMatchObject({
      exitCode: 2,
      advice: 'Add --yes when it is meant.',
    });
  });
});

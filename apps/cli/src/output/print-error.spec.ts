import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../client/problem.js';
import { usage } from '../exit.js';
import { describeError } from './print-error.js';

describe('an error as the operator reads it', () => {
  it('is what the server says, the things it speaks of, and what to do', () => {
    const problem = new ApiProblem('PATCH /api/v2/nodes/n1', 412, {
      code: 'stale-version',
      detail: 'n1 is version 4 by now.',
      fields: { version: 4, by: 'ada', parents: ['a', 'b'], none: null },
      trace_id: 'abc',
    });
    expect(describeError(problem, { trace: false })).toBe(
      [
        'error: n1 is version 4 by now.',
        '  by: ada',
        '  parents: a, b',
        'Somebody changed it meanwhile. Look at it with `show`, then repeat the command.',
      ].join('\n'),
    );
    expect(describeError(problem, { trace: true })).toContain('PATCH /api/v2/nodes/n1 412 stale-version, trace id abc');
  });

  it('names the place of everything that is wrong with a document', () => {
    const problem = new ApiProblem('POST /api/v2/barclamps', 400, {
      code: 'invalid',
      detail: '2 problems.',
      fields: {
        errors: [
          { file: 'barclamp.yml', line: 3, column: 7, message: 'unknown key', suggestion: 'did you mean roles' },
          { in: 'body', at: '/role', says: 'no such option' },
        ],
      },
    });
    expect(describeError(problem, { trace: false }).split('\n').slice(1)).toEqual([
      '  barclamp.yml:3:7: unknown key (did you mean roles)',
      '  /role: no such option',
    ]);
  });

  it('lets nothing through that a terminal would obey', () => {
    expect(
      describeError(new ApiProblem('GET /', 409, { detail: 'bad \u001b[2J name' }), { trace: false }),
    ).not.toContain('\u001b');
  });

  it('has no stack when it was expected, and all its causes when it was not', () => {
    expect(describeError(usage('no.', 'Do this.'), { trace: false })).toBe('error: no.\nDo this.');
    const fault = describeError(new Error('read the plan', { cause: new Error('disk') }), { trace: false });
    expect(fault).toMatch(/a fault of this program[^]*Error: read the plan[^]*caused by: Error: disk/);
  });
});

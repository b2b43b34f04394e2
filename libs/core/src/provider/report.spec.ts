import { expect, it } from 'vitest';
import { reportOf, type AnsweredStep } from './report.js';
import { PROVIDER_STEPS } from './steps.js';

const step = (over: Partial<AnsweredStep>): AnsweredStep => ({
  step: 'request',
  answer: 'yes',
  says: 'it runs',
  seconds: 10,
  at: 1,
  node: 'a',
  ...over,
});

it('a site is reported step by step, with what it answered last, how often, and how long it takes', () => {
  const report = reportOf([
    step({ seconds: 10 }),
    step({ seconds: 30, at: 2, node: 'b' }),
    step({ at: 4, node: 'd', answer: 'no', says: 'no valid host', seconds: 900 }),
    step({ seconds: 20, at: 3, node: 'c', answer: 'partial', says: 'the second try' }),
  ]);
  expect(report.map((each) => each.step)).toEqual([...PROVIDER_STEPS]);
  expect(report[3]).toEqual({
    step: 'request',
    says: 'request the node',
    answer: 'no',
    reason: 'no valid host',
    node: 'd',
    at: 4,
    yes: 2,
    partial: 1,
    no: 1,
    seconds: 20,
  });
  expect(report[0]).toMatchObject({ answer: null, yes: 0, seconds: null, node: null });
});

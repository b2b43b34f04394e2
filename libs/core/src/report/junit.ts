import { UNOFFICIAL_RESULTS } from '../certification/wording.js';
import { classOf } from '../certification/suite-test.js';
import type { TestOutcome } from '../certification/outcome.js';
import { markup, type Markup } from './markup.js';
import type { CertificationReport } from './report.js';

/** Outcomes in the form that tools of continuous integration read: one suite, a case for each test. */
export const junitDocument = ({ cloud, counts, seconds, endedAt, suite, outcomes }: CertificationReport): string => {
  const of = (...statuses: readonly TestOutcome['status'][]): number =>
    outcomes.filter(({ status }) => statuses.includes(status)).length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${
    markup`<testsuite name="${suite ? `${suite.name} ${suite.version}` : 'results'}" hostname="${cloud}" tests="${outcomes.length}"
 failures="${of('failed')}" errors="${of('setup-failed')}" skipped="${of('skipped', 'not-run')}" time="${seconds ?? 0}" timestamp="${endedAt ?? ''}">
<properties><property name="says" value="${UNOFFICIAL_RESULTS}"/><property name="ordered" value="${counts.total}"/></properties>
${outcomes.map(testCase)}</testsuite>
`.markup
  }`;
};

const testCase = (outcome: TestOutcome): Markup => {
  const { name, seconds } = outcome;
  const parent = classOf(name);
  const own = parent === '' ? name : name.slice(parent.length + 1);
  return markup`<testcase classname="${parent}" name="${own}" time="${seconds ?? 0}">${endOf(outcome)}</testcase>
`;
};

const endOf = ({ status, reason, traceback }: TestOutcome): Markup | null => {
  switch (status) {
    case 'passed':
      return null;
    case 'failed':
      return markup`<failure message="${reason ?? ''}">${traceback ?? ''}</failure>`;
    case 'setup-failed':
      return markup`<error message="${reason ?? ''}">${traceback ?? ''}</error>`;
    case 'skipped':
      return markup`<skipped message="${reason ?? ''}"/>`;
    case 'not-run':
      return markup`<skipped message="${reason ?? 'it was not run'}"/>`;
    default:
      return status satisfies never;
  }
};

import { describe, expect, it } from 'vitest';
import { GUIDELINE_TEST_NAMES, guidelineOfSchema20, RENAMED_FROM, suiteOfGuidelines, testOutcome } from '#testkit';
import { isRefusal } from '../base/refusal.js';
import { disclose, type Circumstances } from './disclose.js';
import type { Disclosure } from './disclosure.js';
import type { Guideline } from './guideline.js';
import { judge, type Hearing } from './judge.js';
import { readGuideline } from './reading/read-guideline.js';
import { UNOFFICIAL_RESULTS } from './wording.js';

const N = GUIDELINE_TEST_NAMES;

describe('the disclosure sheet', () => {
  it('names every test that is not simply passed, each in its place', () => {
    const sheet = sheetOf({
      runs: [
        [
          testOutcome(N.start, 'failed', { reason: 'first' }),
          testOutcome(RENAMED_FROM),
          testOutcome(N.issue, 'skipped', { reason: 'not configured' }),
          testOutcome(N.put, 'setup-failed', { reason: 'no quota' }),
        ],
        [testOutcome(N.start, 'passed', { seconds: 3 })],
      ],
      suite: suiteOfGuidelines([N.stop]),
    });
    const names = (tests: readonly { readonly name: string }[]) => tests.map(({ name }) => name);
    expect(names(sheet.missing)).toEqual([N.stop]);
    expect(sheet.failed).toEqual([
      { name: N.put, capabilities: ['objects'], outcome: 'setup-failed', mustPass: true, reason: 'no quota' },
    ]);
    expect(sheet.skipped).toMatchObject([{ name: N.issue, reason: 'not configured', mustPass: true }]);
    expect(names(sheet.notRun)).toEqual([N.resize, N.get]);
    expect(sheet.notRun[0]?.mustPass, 'it is only advised').toBe(false);
    expect(sheet.matchedOtherwise).toEqual([{ name: N.rename, by: 'alias' }]);
    expect(sheet.retried).toEqual([
      {
        name: N.start,
        attempts: [
          { run: 0, status: 'failed', seconds: 1 },
          { run: 1, status: 'passed', seconds: 3 },
        ],
      },
    ]);
    expect(sheet.emptyCapabilities).toEqual(['gone']);
  });

  it('shows flagged tests with date, reason and action, and how they ended', () => {
    expect(sheetOf({ runs: [[testOutcome(N.rename)]] }).flagged).toEqual([
      {
        name: N.rename,
        capabilities: ['boot'],
        outcome: 'passed',
        mustPass: false,
        reason: null,
        flag: {
          code: 'D401',
          date: '2002-02-02',
          reason: '[D401] The test is at odds with itself.',
          action: 'Mend it.',
        },
      },
    ]);
  });

  it('says what was bent and what was pretended', () => {
    const sheet = sheetOf(
      { runs: [[testOutcome(N.start)]] },
      {
        settings: [{ setting: 'feature.x', value: 'true', reason: 'the class is skipped without' }],
        credentials: { ...AS_USERS, usersAreAdministrators: true },
        facts: { release: 'cedar', hypervisor: 'qemu', simulated: ['one replica of objects'] },
      },
    );
    expect(sheet.settings).toHaveLength(1);
    expect(sheet.testedAsAdministrator, 'only what ran, and is meant for a user').toEqual(['boot']);
    expect(sheet.simulated).toEqual([
      'the processors of guests: they were emulated, not virtualised',
      'one replica of objects',
    ]);
    expect(sheetOf({ runs: [[testOutcome(N.start)]] }).testedAsAdministrator).toEqual([]);
  });

  it('names what needed an administrator by the guideline, of what ran', () => {
    const guideline = guidelineRead();
    const needy = new Map([...guideline.capabilities].map(([name, one]) => [name, { ...one, admin: true }]));
    const sheet = sheetOf({ runs: [[testOutcome(N.start)]] }, { guideline: { ...guideline, capabilities: needy } });
    expect(sheet.needAdministrator).toEqual(['boot']);
    expect(sheet.credentials).toEqual(AS_USERS);
    expect(sheetOf({ runs: [[testOutcome(N.start)]] }).needAdministrator).toEqual([]);
  });

  it('puts the packages of a project beside what the guideline wants of its code', () => {
    const nova = { name: 'nova-compute', version: '26.2.2', source: 'nova', origin: 'Debian' };
    const packages = [
      nova,
      { name: 'novadoc', version: '1', source: null, origin: null },
      { name: 'python3-nova', version: '26.2.2', source: null, origin: 'Debian' },
      { name: 'compute-extras', version: '3', source: 'nova', origin: 'a vendor' },
    ];
    const node = { ...NODE, roles: ['nova-compute'], packages };
    const sheet = sheetOf({ runs: [[]] }, { nodes: [node, { ...node, name: 'n2' }] });
    expect(sheet.designatedSections).toEqual([
      {
        ...{ project: 'nova', status: 'required', guidance: 'all of it', sections: ['api'] },
        packages: [nova, packages[2], packages[3]],
      },
    ]);
  });

  it('shows of each node what its cloud is made of, and where all of its packages are', () => {
    const part = (name: string, source: string | null) => ({ name, version: '1', source, origin: null });
    const packages = [
      ...[part('bash', 'bash'), part('nova-api', 'nova'), part('openstack-dashboard', 'horizon')],
      ...[part('mariadb-server', 'mariadb-10.5'), part('python3-novel', null)],
    ];
    const list = { count: packages.length, sha256: 'd'.repeat(64) };
    const unknown = { ...NODE, name: 'n2', operatingSystem: null, kernel: null, machine: null, packageList: null };
    const { nodes } = sheetOf({ runs: [[]] }, { nodes: [{ ...NODE, packages, packageList: list }, unknown] });
    expect(nodes).toEqual([{ ...NODE, packages: [packages[1], packages[2], packages[3]], packageList: list }, unknown]);
  });

  it('carries claim and qualifiers, of which the first says that it is unofficial', () => {
    const sheet = sheetOf({ runs: [[]] });
    expect(sheet.claim).toMatch(/^Passes 0 of 5 must-pass tests/);
    expect(sheet.qualifiers[0]).toBe(UNOFFICIAL_RESULTS);
    expect(sheet).toMatchObject({ guideline: { id: '2003.03', kind: 'powered' }, program: { name: 'platform' } });
  });
});

const NODE = {
  ...{ name: 'n1', roles: [], operatingSystem: 'Debian 12', kernel: '6.1', machine: 'container' },
  ...{ packages: [], packageList: { count: 0, sha256: 'e'.repeat(64) } },
};

const AS_USERS = { kind: 'made', administrator: true, userRoles: ['member'], usersAreAdministrators: false } as const;

const guidelineRead = (): Guideline => {
  const reading = readGuideline(guidelineOfSchema20());
  if (reading.kind === 'refused') throw new Error('the guideline is not read');
  return reading.guideline;
};

const sheetOf = (hearing: Pick<Hearing, 'runs' | 'suite'>, changes: Partial<Circumstances> = {}): Disclosure => {
  const guideline = guidelineRead();
  const verdict = judge({ guideline, program: 'platform', facts: null, ...hearing });
  if (isRefusal(verdict)) throw new Error(verdict.detail);
  const sheet = disclose({
    guideline,
    verdict,
    suite: hearing.suite ?? null,
    facts: null,
    settings: [],
    credentials: AS_USERS,
    nodes: [],
    attributes: {},
    digests: { guideline: 'abc', list: null, configuration: null, stream: null },
    ...changes,
  });
  if (isRefusal(sheet)) throw new Error(sheet.detail);
  return sheet;
};

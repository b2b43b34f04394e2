import { describe, expect, it } from 'vitest';
import { listedSuite, publishedGuideline, testOutcome, whyNotPublished } from '#testkit';
import { isRefusal } from '../base/refusal.js';
import { fits } from './fits.js';
import type { Guideline } from './guideline.js';
import { judge } from './judge.js';
import { loadList } from './load-list.js';
import type { TestStatus } from './outcome.js';
import { readSuite } from './read-suite.js';
import { parseGuideline } from './reading/read-guideline.js';
import { isMustPass, resolveProgram, testsOfProgram } from './resolve-program.js';
import type { Verdict } from './verdict.js';

/**
 * Counted by hand in the published files: required capabilities, the tests they list, how many of those are flagged, and
 * distinct tests without a flag. `listed` counts a test for each capability that lists it, as RefStack does. The platform
 * counts a capability once that both components have, so that its list is shorter than both together by these.
 */
const BY_HAND = [
  // guideline, program,  capabilities, listed, flagged, distinct, must pass
  ['2015.03', 'compute', 9, 112, 9, 112, 103],
  ['2015.03', 'object', 1, 15, 0, 15, 15],
  ['2015.03', 'platform', 10, 127, 9, 127, 118],
  ['2016.08', 'compute', 48, 215, 17, 215, 198],
  ['2016.08', 'object', 9, 14, 0, 14, 14],
  // identity-v3-tokens-create is in both components.
  ['2016.08', 'platform', 56, 228, 17, 228, 211],
  // Volumes of API version 2 and 3 are two capabilities each, of the same 54 tests.
  ['2018.02', 'compute', 68, 285, 20, 231, 215],
  ['2018.02', 'object', 17, 53, 0, 52, 52],
  ['2018.02', 'platform', 84, 337, 20, 282, 266],
  ['2020.06', 'compute', 60, 228, 11, 228, 217],
  ['2020.06', 'object', 20, 60, 0, 58, 58],
  // identity-v3-tokens-create and -delete, with one test each, are in both.
  ['2020.06', 'platform', 78, 286, 11, 284, 273],
] as const;

const here = publishedGuideline('2020.06') !== null;
const when = (file: unknown) => (file === null || file === false ? it.skip : it);

describe(`the published guidelines${here ? '' : ` (${whyNotPublished()})`}`, () => {
  for (const [id, program, capabilities, listed, flagged, distinct, mustPass] of BY_HAND)
    when(publishedGuideline(id))(`${id} ${program} asks for ${mustPass} tests`, () => {
      const verdict = verdictOf(published(id), program, () => null);
      expect(verdict.capabilities.filter(({ status }) => status === 'required')).toHaveLength(capabilities);
      expect(verdict.entries.required).toMatchObject({ tests: listed, flagged });
      expect(verdict.counts.required.tests).toBe(distinct);
      expect(verdict.mustPass).toEqual({ total: mustPass, passed: 0 });
    });

  when(here)('are read with what is odd about them told, and nothing refused', () => {
    const oddities = ['2015.03', '2016.08', '2018.02', '2020.06'].map((id) => {
      const reading = parseGuideline(publishedGuideline(id) ?? '');
      return [
        id,
        reading.kind === 'read' ? reading.warnings.map(({ at }) => at.split('/').slice(0, 4).join('/')) : null,
      ];
    });
    expect(Object.fromEntries(oddities)).toEqual({
      '2015.03': [],
      '2016.08': [],
      '2018.02': [
        '/capabilities/objectstore-slo-support/acheivements',
        '/capabilities/objectstore-dlo-support/acheivements',
        '/components/os_powered_compute/capabilities',
        '/components/os_powered_compute/capabilities',
        '/capabilities/volumes-v2-metadata/tests',
      ],
      '2020.06': [
        '/capabilities/identity-v3-tokens-delete/descriptin',
        '/capabilities/identity-v3-tokens-delete/achievements',
        '/capabilities/objectstore-slo-support/acheivements',
        '/capabilities/objectstore-dlo-support/acheivements',
      ],
    });
  });

  when(here)('2020.06 compute: 75 tests of compute, 61 of network, 54 of volume, 20 of image, 7 of identity', () => {
    const guideline = published('2020.06');
    const count: Record<string, number> = {};
    for (const { test, status } of testsOfProgram(guideline, programOf(guideline, 'compute')))
      if (isMustPass(status, test)) {
        const service = test.key.split('.')[2] ?? '';
        count[service] = (count[service] ?? 0) + 1;
      }
    expect(count).toEqual({ compute: 75, network: 61, volume: 54, image: 20, identity: 7 });
  });

  when(here)('2020.06: flags have a code where the reason begins with one, with or without brackets', () => {
    const codes = testsOfProgram(published('2020.06'), programOf(published('2020.06'), 'compute'))
      .flatMap(({ test }) => (test.flag ? [test.flag.code] : []))
      .sort();
    expect(codes).toEqual(['D400', 'D400', 'D401', 'D401', 'D401', 'D401', 'D406', null, null, null, null]);
  });
});

describe(`the runs of the laboratory, judged by 2020.06${here ? '' : ` (${whyNotPublished()})`}`, () => {
  /** The class that was skipped for a setting, and the test that logged in under the wrong name. */
  const metadata = 'tempest.api.compute.servers.test_server_metadata.ServerMetadataTestJSON.';
  const rebuild = 'tempest.api.compute.servers.test_server_actions.ServerActionsTestJSON.test_rebuild_server';
  const gone = 'tempest.api.volume.test_snapshot_metadata.VolumesMetadataTest.test_update_snapshot_metadata';
  const first = (name: string): TestStatus | null =>
    name === gone ? null : name.startsWith(metadata) ? 'skipped' : name === rebuild ? 'failed' : 'passed';
  const mended = (name: string): TestStatus | null =>
    name.startsWith(metadata) || name === rebuild ? 'passed' : 'not-run';
  const metOf = (verdict: Verdict) =>
    verdict.capabilities.filter(
      ({ status, state }) => status === 'required' && (state === 'met' || state === 'met-with-flags'),
    ).length;

  when(here)('the first alone passes 210 of 217, in 54 of 60 capabilities', () => {
    const verdict = verdictOf(published('2020.06'), 'compute', first);
    expect(verdict).toMatchObject({ met: false, mustPass: { total: 217, passed: 210 } });
    expect(metOf(verdict)).toBe(54);
    expect(verdict.claim).toBe(
      'Passes 210 of 217 must-pass tests (96.7 %) of OpenStack Powered Compute, guideline 2020.06',
    );
  });

  when(here)('with its child run meets all 217, with 10 of 11 flagged ones, in 60 of 60', () => {
    const verdict = verdictOf(published('2020.06'), 'compute', first, mended);
    expect(verdict).toMatchObject({
      met: true,
      mustPass: { total: 217, passed: 217 },
      counts: { required: { flagged: 11, passedFlagged: 10 } },
      claim: 'Meets all 217 must-pass tests of OpenStack Powered Compute, guideline 2020.06',
    });
    expect(metOf(verdict)).toBe(60);
    expect(verdict.tests.filter(({ retried }) => retried).map(({ test }) => test.key)).toEqual([rebuild]);
    expect(verdict.qualifiers).toContain('Guideline 2020.06 does not name Zed; the result is informative.');
  });

  when(here)('meets storage with 58 and the platform with 273, in 20 and 78 capabilities', () => {
    const storage = verdictOf(published('2020.06'), 'object', first, mended);
    expect(storage).toMatchObject({ met: true, mustPass: { total: 58, passed: 58 }, requiredPercent: 100 });
    expect(metOf(storage)).toBe(20);
    const platform = verdictOf(published('2020.06'), 'platform', first, mended);
    expect(platform).toMatchObject({ met: true, mustPass: { total: 273, passed: 273 } });
    expect(metOf(platform)).toBe(78);
  });

  when(here)('the identity and image tests alone fit nothing yet, and say what would mend it', () => {
    const guideline = published('2020.06');
    const outcomes = testsOfProgram(guideline, programOf(guideline, 'compute'))
      .map(({ test }) => test.key)
      .filter((name) => /^tempest\.api\.(identity|image)\./.test(name))
      .map((name) => testOutcome(name));
    expect(outcomes, 'one of identity is flagged').toHaveLength(28);
    const [platform, compute, storage] = ['platform', 'compute', 'object'].map((program) =>
      fits({ guidelines: [guideline], runs: [outcomes] }).find((fit) => fit.program === program),
    );
    expect(compute).toMatchObject({ standing: 'partly', mustPass: { total: 217, passed: 27 } });
    expect(storage).toMatchObject({ standing: 'partly', says: 'OpenStack Powered Storage 2020.06 at 2 of 58' });
    expect(storage?.lacking.every(({ roles }) => roles.length === 1 && roles[0] === 'swift-proxy')).toBe(true);
    expect([...new Set(platform?.lacking.flatMap(({ roles }) => roles))].sort()).toEqual([
      'cinder-volume-rbd',
      'neutron-agents',
      'neutron-networks',
      'neutron-server',
      'nova-api',
      'nova-compute',
      'swift-proxy',
      'tempest-client',
    ]);
  });
});

describe('the list of Tempest 33 (ANNEAL_SUITE_LIST)', () => {
  const list = listedSuite();

  when(here && list)('has all 217 by their names, of the flagged ones 9 by name, 1 by its id, and 1 no more', () => {
    const suite = readSuite(list ?? '', { name: 'tempest', version: '33.0.0-1' });
    if (isRefusal(suite)) throw new Error(suite.detail);
    const resolution = resolveProgram(published('2020.06'), 'compute', suite);
    if (isRefusal(resolution)) throw new Error(resolution.detail);
    const found = { name: 0, alias: 0, id: 0, missing: 0 };
    const flagged = { name: 0, alias: 0, id: 0, missing: 0 };
    for (const one of resolution.tests) (one.test.flag ? flagged : found)[one.found?.by ?? 'missing']++;
    expect(suite.tests).toHaveLength(1646);
    expect(found).toEqual({ name: 217, alias: 0, id: 0, missing: 0 });
    expect(flagged).toEqual({ name: 9, alias: 0, id: 1, missing: 1 });
    expect(loadList([resolution], { kind: 'required' }, suite).ids).toHaveLength(227);
  });
});

const published = (id: string): Guideline => {
  const reading = parseGuideline(publishedGuideline(id) ?? '');
  if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.problems));
  return reading.guideline;
};

const programOf = (guideline: Guideline, name: string) => {
  const program = guideline.programs.find((one) => one.name === name);
  if (!program) throw new Error(`no program ${name}`);
  return program;
};

/** As if every run had ended each test of the program as its function says; null leaves a test out. */
const verdictOf = (
  guideline: Guideline,
  program: string,
  ...runs: readonly ((name: string) => TestStatus | null)[]
): Verdict => {
  const names = testsOfProgram(guideline, programOf(guideline, program)).map(({ test }) => test.key);
  const verdict = judge({
    guideline,
    program,
    facts: { release: 'zed', hypervisor: 'qemu', simulated: [] },
    runs: runs.map((endOf) =>
      names.flatMap((name) => {
        const status = endOf(name);
        return status === null ? [] : [testOutcome(name, status)];
      }),
    ),
  });
  if (isRefusal(verdict)) throw new Error(verdict.detail);
  return verdict;
};

import { describe, expect, it } from 'vitest';
import {
  isRefusal,
  loadList,
  MENDING_ROLES,
  mendingRole,
  parseGuideline,
  readSuite,
  resolveProgram,
  type Guideline,
} from '#core';
import { listedSuite, publishedGuideline } from '#testkit';
import { loadShipped } from './shipped.js';
import { loadShippedProfiles } from './shipped-profiles.js';

describe('the baseline profile', () => {
  it('is read as a profile of our own, with nothing odd about it', async () => {
    const guideline = await baseline();
    expect(guideline).toMatchObject({ id: 'baseline', kind: 'local', schema: '2.0', releases: [] });
    expect(guideline.programs.map(({ name }) => name)).toEqual(['baseline', 'baseline-compute', 'identity-image']);
    const services = [...guideline.capabilities.values()].map(({ project }) => project);
    expect([...new Set(services)]).toEqual(['keystone', 'glance', 'nova', 'neutron', 'cinder', 'swift']);
  });

  it('asks for 47 tests and two more, all with an id of their own, each once', async () => {
    const guideline = await baseline();
    const tests = [...guideline.capabilities.values()].flatMap((capability) => capability.tests);
    expect(new Set(tests.map(({ key }) => key)).size).toBe(49);
    expect(new Set(tests.flatMap(({ ids }) => ids)).size).toBe(49);
    const suite = { name: 'tempest', version: '33.0.0', tests: tests.map(({ key, ids }) => listed(key, ids[0] ?? '')) };
    const count = (program: string, kind: 'must-pass' | 'all-statuses') => {
      const resolution = resolveProgram(guideline, program, suite);
      if (isRefusal(resolution)) throw new Error(resolution.detail);
      return loadList([resolution], { kind }, suite).ids.length;
    };
    expect(count('baseline', 'must-pass')).toBe(47);
    expect(count('baseline', 'all-statuses')).toBe(49);
    expect(count('baseline-compute', 'must-pass')).toBe(40);
    expect(count('identity-image', 'must-pass')).toBe(13);
  });

  it('has a role for each of its tests that would mend it', async () => {
    for (const capability of (await baseline()).capabilities.values())
      for (const { key } of capability.tests) expect(mendingRole(capability, key), key).not.toBeNull();
  });

  it('blames only roles that are shipped', async () => {
    const shipped = (await loadShipped()).flatMap(({ roles }) => roles.map(({ name }) => name));
    expect(shipped).toEqual(expect.arrayContaining([...MENDING_ROLES]));
  });

  const published = publishedGuideline('2020.06');
  (published === null ? it.skip : it)('calls tests by the ids that 2020.06 gives them', async () => {
    const reading = parseGuideline(published ?? '');
    if (reading.kind === 'refused') throw new Error('2020.06 is not read');
    const theirs = new Map(idsOf(reading.guideline));
    for (const [key, ids] of idsOf(await baseline())) expect(theirs.get(key), key).toEqual(ids);
  });

  const list = listedSuite();
  (list === null ? it.skip : it)('is found whole in Tempest 33, by name (ANNEAL_SUITE_LIST)', async () => {
    const suite = readSuite(list ?? '', { name: 'tempest', version: '33.0.0-1' });
    if (isRefusal(suite)) throw new Error(suite.detail);
    const resolution = resolveProgram(await baseline(), 'baseline', suite);
    if (isRefusal(resolution)) throw new Error(resolution.detail);
    expect(resolution.tests.filter(({ found }) => found?.by !== 'name')).toEqual([]);
  });
});

describe('the profile of several hypervisors', () => {
  it('is read as a profile of our own, with a role that would mend each of its eight tests', async () => {
    const guideline = await shipped('several-hypervisors');
    expect(guideline).toMatchObject({ id: 'several-hypervisors', kind: 'local', schema: '2.0' });
    expect(guideline.programs.map(({ name }) => name)).toEqual(['several-hypervisors']);
    const tests = [...guideline.capabilities.values()].flatMap((each) => each.tests.map(({ key }) => ({ each, key })));
    expect(new Set(tests.map(({ key }) => key)).size).toBe(8);
    for (const { each, key } of tests) expect(mendingRole(each, key), key).not.toBeNull();
  });
});

const baseline = (): Promise<Guideline> => shipped('baseline');

const shipped = async (name: string): Promise<Guideline> => {
  const profile = (await loadShippedProfiles()).find(({ file }) => file === `${name}.json`);
  const reading = parseGuideline(profile?.text ?? '', { kind: 'local' });
  if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.problems));
  expect(reading.warnings).toEqual([]);
  return reading.guideline;
};

const listed = (name: string, id: string) => ({ fullId: `${name}[${id}]`, name, id });

const idsOf = (guideline: Guideline): readonly (readonly [string, readonly string[]])[] =>
  [...guideline.capabilities.values()].flatMap(({ tests }) => tests.map(({ key, ids }) => [key, ids] as const));

import { describe, expect, it } from 'vitest';
import {
  addOnGuideline,
  GUIDELINE_TEST_NAMES,
  guidelineOfSchema12,
  guidelineOfSchema20,
  suiteOfGuidelines,
  testOutcome,
} from '#testkit';
import { fits, type Fit } from './fits.js';
import type { Guideline } from './guideline.js';
import { mendingRole } from './mending-role.js';
import type { TestOutcome } from './outcome.js';
import { readGuideline } from './reading/read-guideline.js';

const N = GUIDELINE_TEST_NAMES;

describe('what a cloud fits', () => {
  it('is told of every program of every guideline: what fits first, then by the share that passes', () => {
    const fitting = fits({
      guidelines: [guidelineOfSchema12(), addOnGuideline(), guidelineOfSchema20()].map(read),
      runs: [passes(N.start, N.stop, N.issue)],
    });
    expect(fitting.map(({ says }) => says)).toEqual([
      'fits OpenStack Powered Compute 2003.03 fully, 3 of 3',
      'fits OpenStack Powered Compute 2001.01 fully, 3 of 3',
      'OpenStack Powered Platform 2003.03 at 3 of 5',
      'OpenStack Powered Platform 2001.01 at 3 of 5',
      'OpenStack Powered Storage 2003.03 at 1 of 3',
      'OpenStack Powered Storage 2001.01 at 1 of 3',
      'OpenStack with Names names.2003.03 not attempted',
    ]);
    expect(fitting.map(({ percent }) => Math.round(percent))).toEqual([100, 100, 60, 60, 33, 33, 0]);
  });

  it('names what is lacking, least first, and the role that would mend it', () => {
    const fit = fitOf('platform', passes(N.start, N.issue, N.put));
    expect(fit.lacking).toEqual([
      {
        capability: 'boot',
        state: 'partial',
        tests: [{ name: N.stop, outcome: 'not-run', reason: null, role: 'nova-api' }],
        roles: ['nova-api'],
      },
      {
        capability: 'objects',
        state: 'partial',
        tests: [{ name: N.get, outcome: 'not-run', reason: null, role: 'swift-proxy' }],
        roles: ['swift-proxy'],
      },
    ]);
    expect(fit).toMatchObject({ standing: 'partly', attempted: 3, mustPass: { total: 5, passed: 3 } });
  });

  it('grows with several runs, and tells what the suite does not have from what did not run', () => {
    const both = fits({
      guidelines: [read(guidelineOfSchema20())],
      runs: [passes(N.start), [testOutcome(N.issue, 'failed', { reason: 'no route' })]],
      suite: suiteOfGuidelines([N.stop]),
    }).find(({ program }) => program === 'compute');
    expect(both?.lacking.flatMap(({ tests }) => tests)).toEqual([
      { name: N.stop, outcome: 'missing', reason: null, role: 'nova-api' },
      { name: N.issue, outcome: 'failed', reason: 'no route', role: 'keystone' },
    ]);
  });

  it('is not said of a simulation, however many tests pass', () => {
    const fit = fitOf('compute', passes(N.start, N.stop, N.issue), 'fake');
    expect(fit).toMatchObject({
      standing: 'simulated',
      lacking: [],
      says: 'OpenStack Powered Compute 2003.03 at 3 of 3, in simulation',
    });
  });
});

describe('the role that would mend a test', () => {
  it.each([
    ['identity-v3-tokens-create', null, 'keystone'],
    ['images-v2-list', null, 'glance-api'],
    ['compute-servers-reboot', null, 'nova-compute'],
    ['compute-flavors-list', null, 'nova-api'],
    ['networks-l3-router', null, 'neutron-agents'],
    ['networks-l2-CRUD', null, 'neutron-server'],
    ['volumes-v3-clone', null, 'cinder-volume-rbd'],
    ['objectstore-object-get', null, 'swift-proxy'],
    ['of-our-own', 'Glance', 'glance-api'],
    ['dns-zones', 'designate', null],
  ])('of capability %s of project %s is %s', (name, project, role) => {
    expect(mendingRole({ name, project })).toBe(role);
  });

  it('is the tester’s where a test knows no way but to log in to a guest', () => {
    const test = 'tempest.api.compute.servers.test_create_server.ServersTestJSON.test_host_name_is_same_as_server_name';
    expect(mendingRole({ name: 'compute-servers-host', project: 'nova' }, test)).toBe('tempest-client');
  });

  it('is found by the module of the test where nothing else says it', () => {
    const capability = { name: 'ours', project: null };
    expect(mendingRole(capability, 'tempest.api.volume.test_x.Y.z')).toBe('cinder-volume-rbd');
    expect(mendingRole(capability, 'elsewhere.Y.z')).toBeNull();
  });
});

const read = (document: unknown): Guideline => {
  const reading = readGuideline(document);
  if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.problems));
  return reading.guideline;
};

const passes = (...names: readonly string[]): readonly TestOutcome[] => names.map((name) => testOutcome(name));

const fitOf = (program: string, run: readonly TestOutcome[], hypervisor = 'kvm'): Fit => {
  const guidelines = [read(guidelineOfSchema20())];
  const fit = fits({ guidelines, runs: [run], facts: { release: 'cedar', hypervisor, simulated: [] } }).find(
    (one) => one.program === program,
  );
  if (!fit) throw new Error(`no fit for ${program}`);
  return fit;
};

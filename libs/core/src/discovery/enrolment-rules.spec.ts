import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.js';
import { claimsOf } from './claims.js';
import { isLike, machineFacts, matchFault, unmetField, type MachineMatch } from './conditions.js';
import { planEnrolment, type EnrolmentRule } from './enrolment-rules.js';
import { namePatternFault } from './name-machine.js';

const MAC = '52:54:00:12:34:56';
const inventory: JsonObject = {
  version: 1,
  system: {
    uuid: '5f2e0a44-77a0-4a8b-9c0e-6f1b2e3d4c5b',
    vendor: 'Dell Inc.',
    product: 'PowerEdge R740',
    serial: 'ABC 123',
    asset_tag: 'Default string',
    kind: 'physical',
  },
  cpu: { model: 'Xeon', threads: 32 },
  memory: { bytes: 63.4 * 2 ** 30 },
  firmware: { mode: 'uefi' },
  architecture: 'x86_64',
  network: {
    product: null,
    interfaces: [
      { name: 'eno1', mac: MAC, bus_path: 'a' },
      { name: 'eno2', mac: '52:54:00:12:34:57', bus_path: 'b' },
    ],
  },
  links: [{ name: 'eno1', up: true, neighbour: { switch: 'leaf-7', port: 'Ethernet 1/3' } }],
  disks: [
    { name: 'sda', bytes: 480 * 2 ** 30, removable: false, model: 'PM883' },
    { name: 'sdb', bytes: 8 * 2 ** 30, removable: true, model: 'Stick' },
  ],
};
const facts = machineFacts(inventory, '10.0.3.7');

const rule = (name: string, over: Partial<EnrolmentRule> = {}): EnrolmentRule => ({
  name,
  priority: 0,
  enabled: true,
  match: {},
  effects: {},
  final: false,
  ...over,
});
const plan = (...rules: EnrolmentRule[]) => {
  const made = planEnrolment(rules, { inventory, claims: claimsOf(inventory), mac: MAC, address: '10.0.3.7' });
  if (!made) throw new Error('no plan');
  return made;
};

describe('what a rule of enrolment asks', () => {
  it.each<[MachineMatch, string | null]>([
    [{}, null],
    [{ vendor: 'dell*', product: '*R7?0' }, 'product'],
    [{ vendor: 'dell*', product: '*r740' }, null],
    [{ product: ['ProLiant*', 'PowerEdge*'] }, null],
    [{ mac: '52:54:00:12:34:57' }, null],
    [{ switch: 'leaf-*' }, null],
    [{ disk_model: 'Stick' }, 'disk_model'],
    [{ memory_gib: { at_least: 64 } }, 'memory_gib'],
    [{ memory_gib: 63, threads: { at_least: 16, at_most: 32 }, disks: 1, disk_gib: 480, nics: 2 }, null],
    [{ subnet: '10.0.0.0/16' }, null],
    [{ subnet: ['10.1.0.0/16', 'fd00::/8'] }, 'subnet'],
    [{ asset_tag: 'rack-*' }, 'asset_tag'],
  ])('%j is not met by: %s', (match, unmet) => {
    expect(unmetField(match, facts)).toBe(unmet);
  });

  it('holds for nothing that the machine did not say', () => {
    const silent = machineFacts({}, null);
    for (const match of [{ product: '*' }, { nics: { at_least: 0 } }, { disks: 0 }, { subnet: '0.0.0.0/0' }])
      expect(unmetField(match, silent), JSON.stringify(match)).not.toBeNull();
  });

  it('is looked at when it is written', () => {
    expect(matchFault({ product: 'x', memory_gib: { at_least: 1 } })).toBeNull();
    for (const [match, word] of [
      [{ colour: 'red' }, 'colour'],
      [{ product: 7 }, 'product'],
      [{ product: [] }, 'product'],
      [{ nics: { more: 1 } }, 'nics'],
      [{ nics: 'two' }, 'nics'],
      [{ subnet: '10.0.0.0' }, 'subnet'],
    ] as const)
      expect(matchFault(match as never)).toContain(word);
  });

  it('takes a pattern piece by piece', () => {
    expect([isLike('abcabc', 'a*c*c'), isLike('abc', 'abc*c'), isLike('', '*'), isLike('ab', 'a*b*')]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});

describe('what rules make of a machine', () => {
  it('is a node named by the card that it booted from, where there is no rule', () => {
    expect(plan()).toMatchObject({ decision: 'accept', name: 'd52-54-00-12-34-56', deployment: null, commit: false });
  });

  it('adds up what many say, and takes from the first what there can be one of', () => {
    const made = plan(
      rule('late', {
        effects: { name: 'late-{{mac}}', deployment: 'late', groups: ['rack/r2'], hints: { a: 1, b: 1 } },
      }),
      rule('early', {
        priority: -10,
        effects: { name: 'node-{{ serial }}', groups: ['rack/r1'], quirks: ['slow'], hints: { a: 2 } },
      }),
      rule('others', { priority: -5, match: { vendor: 'HPE' }, effects: { deployment: 'hpe', groups: ['rack/r3'] } }),
      rule('off', { priority: -99, enabled: false, effects: { decision: 'refuse' } }),
    );
    expect(made).toMatchObject({
      name: 'node-abc-123',
      deployment: 'late',
      groups: ['rack/r1', 'rack/r2'],
      quirks: ['slow'],
      hints: { a: 2, b: 1 },
    });
    expect(made.because.join('\n')).toContain('rule others is about others: vendor');
  });

  it('ends with a rule that is final, and with one that refuses', () => {
    const last = rule('last', { effects: { groups: ['rack/r9'] } });
    expect(plan(rule('first', { priority: -1, final: true }), last).groups).toEqual([]);
    expect(plan(rule('no', { priority: -1, effects: { decision: 'refuse', reason: 'not ours' } }), last)).toMatchObject(
      {
        decision: 'refuse',
        reason: 'not ours',
        groups: [],
      },
    );
  });

  it('keeps what destroys for those who grant it in the same breath as the commit', () => {
    expect(plan(rule('a', { effects: { commit: true } }))).toMatchObject({ commit: true, commitDestructive: false });
    expect(plan(rule('a', { effects: { commit: true, commit_destructive: true } })).commitDestructive).toBe(true);
    const split = plan(
      rule('a', { priority: -1, effects: { commit: false } }),
      rule('b', { effects: { commit: true, commit_destructive: true } }),
    );
    expect(split).toMatchObject({ commit: false, commitDestructive: false });
  });

  it('goes by the next name where a machine does not tell what a rule needs', () => {
    const made = plan(
      rule('tag', { priority: -1, effects: { name: '{{asset_tag}}' } }),
      rule('port', { effects: { name: '{{switch}}-{{port}}.rack.example.com' } }),
    );
    expect(made.name).toBe('leaf-7-ethernet-1-3.rack.example.com');
    expect(made.because.join('\n')).toContain('does not tell asset_tag');
  });

  it.each([
    ['node', 'the same name'],
    ['{{secrets}}', 'no word'],
    ['{{serial}} $(x)', 'letters'],
    ['{% if x %}{{serial}}', 'letters'],
  ])('refuses %j as a name', (pattern, why) => {
    expect(namePatternFault(pattern)).toContain(why);
  });

  it('takes a name with words and a domain', () => {
    expect(namePatternFault('n-{{ serial }}.rack1.example.com')).toBeNull();
  });
});

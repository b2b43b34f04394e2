import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from './address.js';
import { findConflicts, type ConflictFacts } from './conflicts.js';
import { parseSubnet } from './subnet.js';

const valueOf = (text: string) => (parseAddress(text) as Address).value;
const range = (name: string, first: string, last: string, allocated = 0) => ({
  name,
  span: { family: 4 as const, first: valueOf(first), last: valueOf(last) },
  subnet: parseSubnet('10.0.0.0/24')!,
  allocated,
});
const FACTS: ConflictFacts = {
  network: { name: 'storage', link: '1g0', configure: true },
  ranges: [range('host', '10.0.0.81', '10.0.0.90', 1), range('dhcp', '10.0.0.21', '10.0.0.80')],
  routers: [{ address: '10.0.0.1/24' }],
  allocations: [{ node: 'n1', admin: false, address: '10.0.0.81', family: 4 }],
  members: [{ name: 'n1', bound: true, hints: {} }],
  reached: [{ node: 'n1', address: '10.0.0.81' }],
  others: [],
};
const found = (more: Partial<ConflictFacts>) =>
  findConflicts({ ...FACTS, ...more }).map(({ kind, node }) => (node ? `${kind} ${node}` : kind));
const member = (name: string, hint?: string): ConflictFacts['members'][number] => ({
  name,
  bound: true,
  hints: hint ? { 'hint-storage-v4addr': hint } : {},
});

describe('what does not fit together in a network', () => {
  it('is nothing when everybody is where he belongs', () => expect(found({})).toEqual([]));

  const CASES: readonly (readonly [string, Partial<ConflictFacts>, readonly string[]])[] = [
    ['a wish outside of all ranges', { members: [member('n1', '10.0.0.5')] }, ['hint-impossible n1']],
    ['a wish for an address of the pool', { members: [member('n1', '10.0.0.30')] }, ['hint-impossible n1']],
    ['a wish that came too late', { members: [member('n1', '10.0.0.85')] }, ['hint-not-followed n1']],
    ['a wish for what another has', { members: [member('n2', '10.0.0.81')] }, ['hint-taken n2', 'no-address n2']],
    ['a node without an address', { members: [member('n2')] }, ['no-address n2']],
    [
      'a node that is reached where another belongs',
      { reached: [{ node: 'n2', address: '10.0.0.81' }] },
      ['reached-elsewhere n2'],
    ],
    [
      'a node that is reached where nobody put it',
      { reached: [{ node: 'n2', address: '10.0.0.82' }] },
      ['reached-elsewhere n2'],
    ],
    ['a node that has the router’s address', { routers: [{ address: '10.0.0.81/24' }] }, ['router-allocated n1']],
    [
      'a subnet on two links',
      { others: [{ network: 'b', link: '1g1', name: 'host', span: range('host', '10.0.0.200', '10.0.0.210').span }] },
      ['subnet-on-two-links'],
    ],
    ['a range without a free address', { ranges: [range('host', '10.0.0.81', '10.0.0.81', 1)] }, ['range-full']],
  ];
  it.each(CASES)('is %s', (_, more, kinds) => expect(found(more)).toEqual(kinds));

  it('is no machine with a lease of the pool', () => {
    expect(found({ reached: [{ node: 'n2', address: '10.0.0.30' }] })).toEqual([]);
  });

  it('is no subnet that two networks share on one link', () => {
    expect(
      found({
        others: [{ network: 'b', link: '1g0', name: 'host', span: range('host', '10.0.0.200', '10.0.0.210').span }],
      }),
    ).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { isRefusal } from '../base/refusal.js';
import {
  formatConduit,
  linkOf,
  parseConduit,
  refuseAttachment,
  refuseConduits,
  SPEEDS,
  type Conduit,
} from './conduit.js';

describe('a conduit', () => {
  it.each([
    ...Object.keys(SPEEDS).map((speed) => `${speed}0`),
    '+1g0',
    '-10g3',
    '?400g1',
    'bmc',
    '1g1,1g0',
    ' 1g0 , 1g1 ',
  ])('may be "%s"', (text) => expect(isRefusal(parseConduit(text))).toBe(false));

  it('has its members in order', () => {
    expect(formatConduit(parseConduit(' +1g2, +1g0') as Conduit)).toBe('+1g0,+1g2');
  });

  it.each([
    ['', 'empty'],
    ['1g', 'index'],
    ['g0', 'index'],
    ['3g0', 'speed 3g'],
    ['1000m0', 'speed 1000m'],
    ['1g0,10g1', 'different speeds'],
    ['1g0,+1g1', 'different signs'],
    ['1g0,1g0', 'twice'],
    ['1g0,bmc', 'bmc beside'],
    ['*1g0', 'index'],
    ['1g00', 'index'],
    ['1g0,', 'index'],
  ])('is not "%s"', (text, says) => {
    const refusal = parseConduit(text);
    expect(refusal).toMatchObject({ code: 'invalid', fields: { field: 'conduit' } });
    expect((refusal as { detail: string }).detail).toContain(says);
  });
});

describe('how a network is attached', () => {
  const attached = { conduit: '1g0', vlan: 0, useVlan: false, useTeam: false, teamMode: 5 };
  const team = (count: number) => Array.from({ length: count }, (_, index) => `1g${index}`).join(',');

  it.each([
    [{}],
    [{ vlan: 4094, useVlan: true }],
    [{ conduit: team(2), useTeam: true, teamMode: 0 }],
    [{ conduit: team(8), useTeam: true, teamMode: 6 }],
    [{ conduit: 'bmc' }],
  ])('may be %j', (more) => expect(refuseAttachment('n', { ...attached, ...more })).toBeNull());

  it.each([
    [{ useVlan: true }, 'vlan'],
    [{ vlan: 4095 }, 'vlan'],
    [{ conduit: team(1), useTeam: true }, 'conduit'],
    [{ conduit: team(9), useTeam: true }, 'conduit'],
    [{ conduit: 'bmc', useTeam: true }, 'conduit'],
    [{ conduit: team(2) }, 'conduit'],
    [{ teamMode: 7 }, 'team_mode'],
  ])('is not %j', (more, field) => {
    expect(refuseAttachment('n', { ...attached, ...more })).toMatchObject({ fields: { field } });
  });
});

describe('two conduits', () => {
  const refused = (mine: string, other: string) =>
    refuseConduits({ what: 'network a', conduit: mine }, [{ what: 'network b', conduit: other }]) !== null;

  it.each([
    ['1g0', '1g0'],
    ['1g0,1g1', '1g1, 1g0'],
    ['1g0,1g1', '1g2,1g3'],
    ['1g0', '10g0'],
    ['bmc', 'bmc'],
    ['bmc', '1g0'],
  ])('go together: %s and %s', (mine, other) => expect(refused(mine, other)).toBe(false));

  it.each([
    ['1g0', '1g0,1g1'],
    ['1g1,1g2', '1g0,1g1'],
    ['+1g0', '1g0'],
  ])('do not: %s and %s', (mine, other) => expect(refused(mine, other)).toBe(true));

  it('are one link when cards and VLAN are the same', () => {
    const link = (conduit: string, vlan: number) => linkOf({ conduit, vlan, useVlan: vlan > 0 });
    expect(link('1g1,1g0', 0)).toBe(link('1g0,1g1', 0));
    expect(link('1g0', 200)).toBe('1g0.200');
    expect(link('1g0', 200)).not.toBe(link('1g0', 0));
  });
});

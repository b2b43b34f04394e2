import { describe, expect, it } from 'vitest';
import { idOf } from '../base/ids.js';
import { claimsOf, distinctUuid, turnedUuid } from './claims.js';
import { identify, type KnownMachine } from './identify.js';

const A = '5f2e0a44-77a0-4a8b-9c0e-6f1b2e3d4c5b';
const B = '99990a44-77a0-4a8b-9c0e-6f1b2e3d4c5b';
const [m1, m2, m3] = ['52:54:00:00:00:01', '52:54:00:00:00:02', '52:54:00:00:00:03'] as const;
const node = (name: string, over: Partial<KnownMachine> = {}): KnownMachine => ({
  node: idOf(name),
  name,
  uuid: null,
  macs: [],
  serial: null,
  ...over,
});
const claims = (uuid: string | null, macs: readonly string[], serial: string | null = null) => ({ uuid, macs, serial });

describe('which node a machine is', () => {
  it('is said by its UUID, whatever card it came back on', () => {
    expect(identify(claims(A, [m2]), [node('n1', { uuid: A, macs: [m1] })])).toMatchObject({
      kind: 'known',
      name: 'n1',
      by: 'uuid',
    });
  });

  it('is said by a UUID in the other byte order as well', () => {
    expect(identify(claims(turnedUuid(A), []), [node('n1', { uuid: A })])).toMatchObject({ kind: 'known', by: 'uuid' });
  });

  it('is said by its cards where it has no UUID, or the node has told none yet', () => {
    const declared = [node('n1', { macs: [m1, m2] })];
    expect(identify(claims(null, [m2, m3]), declared)).toMatchObject({ kind: 'known', name: 'n1', by: 'mac' });
    expect(identify(claims(A, [m1]), declared)).toMatchObject({ kind: 'known', name: 'n1', by: 'mac' });
  });

  it('is nobody yet where nothing is shared', () => {
    expect(identify(claims(A, [m1]), [])).toEqual({ kind: 'new', note: null });
  });

  it('is not guessed where the UUID is that of one node and a card that of another', () => {
    const both = [node('n1', { uuid: A, macs: [m1] }), node('n2', { uuid: B, macs: [m2] })];
    expect(identify(claims(A, [m1, m2]), both)).toMatchObject({ kind: 'contradiction', nodes: ['n1', 'n2'] });
    expect(identify(claims(A, [m2]), both)).toMatchObject({ kind: 'contradiction', nodes: ['n1', 'n2'] });
    expect(identify(claims(null, [m1, m2]), both)).toMatchObject({ kind: 'contradiction' });
  });

  it('is not guessed where a card turns up behind another board', () => {
    expect(identify(claims(B, [m1]), [node('n1', { uuid: A, macs: [m1] })])).toMatchObject({
      kind: 'contradiction',
      nodes: ['n1'],
      says: expect.stringContaining('scrub n1'),
    });
  });

  it('is not said by a UUID that two machines have, which their cards tell apart', () => {
    const twins = [node('n1', { uuid: A, macs: [m1] }), node('n2', { uuid: A, macs: [m2] })];
    expect(identify(claims(A, [m2]), twins)).toMatchObject({ kind: 'known', name: 'n2', by: 'mac' });
    expect(identify(claims(A, [m3]), twins)).toMatchObject({ kind: 'contradiction' });
  });

  it('is new, and says so, where a machine with another serial number has the UUID of a node', () => {
    const n1 = node('n1', { uuid: A, macs: [m1], serial: 'S1' });
    expect(identify(claims(A, [m2], 'S2'), [n1])).toMatchObject({ kind: 'new', note: expect.stringContaining('n1') });
    expect(identify(claims(A, [m2], 'S1'), [n1])).toMatchObject({ kind: 'known', by: 'uuid' });
    expect(identify(claims(A, [m1], 'S2'), [n1])).toMatchObject({ kind: 'known' });
  });
});

describe('what a machine claims', () => {
  it.each([
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '03000200-0400-0500-0006-000700080009',
    'Not Settable',
    '',
  ])('is no UUID where firmware says %j', (text) => {
    expect(distinctUuid(text)).toBeNull();
  });

  it('is the cards that are on a bus, and no bridge, group address or rubbish beside them', () => {
    const card = (mac: unknown, bus_path: string | null) => ({ name: 'x', mac, bus_path });
    const inventory = {
      system: { uuid: A.toUpperCase(), serial: 'To Be Filled By O.E.M.' },
      network: {
        interfaces: [
          card(m1.toUpperCase(), '0000:00:03.0'),
          card(m1, '0000:00:03.0'),
          card(m2, null),
          card('01:00:5e:00:00:01', '0000:00:04.0'),
          card('00:00:00:00:00:00', '0000:00:05.0'),
          card(7, '0000:00:06.0'),
        ],
      },
    };
    expect(claimsOf(inventory as never)).toEqual({ uuid: A, macs: [m1], serial: null });
    const container = { network: { interfaces: [card(m1, null), card(m2, null)] } };
    expect(claimsOf(container as never)).toEqual({ uuid: null, macs: [m1, m2], serial: null });
    expect(claimsOf({ network: 'none', system: [] } as never)).toEqual({ uuid: null, macs: [], serial: null });
  });
});

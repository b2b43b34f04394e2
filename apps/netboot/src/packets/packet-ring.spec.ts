import { describe, expect, it } from 'vitest';
import type { PacketNote } from '#app';
import type { NodeId } from '#core';
import { PacketRing } from './packet-ring.js';

const note = (at: number, mac: string | null, node: string | null = null): PacketNote => ({
  at,
  service: 'dhcp4',
  mac,
  node: node as NodeId | null,
  from: '0.0.0.0',
  on: 'eth0',
  asked: 'DISCOVER',
  answered: null,
  why: [],
});

describe('the record of packets', () => {
  it('keeps the last ones of a machine, and those of other machines apart', () => {
    const ring = new PacketRing();
    for (let at = 0; at < 100; at += 1) ring.note(note(at, 'a'));
    ring.note(note(7.5, 'b'));
    expect(ring.of(['a']).map(({ at }) => at)).toEqual(Array.from({ length: 64 }, (_none, n) => n + 36));
    expect(ring.of(['b', 'a'])[0]?.at).toBe(7.5);
    expect(ring.of(['c'])).toEqual([]);
  });

  it('shows machines that nobody knows together with packets without an address', () => {
    const ring = new PacketRing();
    ring.note(note(1, 'a', 'n1'));
    ring.note(note(2, 'b'));
    ring.note(note(3, null));
    ring.note(note(4, 'b'));
    expect(ring.unknown(2).map(({ at }) => at)).toEqual([3, 4]);
    expect(ring.unknown(10).map(({ at }) => at)).toEqual([2, 3, 4]);
  });

  it('forgets the machine that was silent longest when there are too many', () => {
    const ring = new PacketRing();
    ring.note(note(0, 'old'));
    ring.note(note(0, 'talks'));
    for (let n = 0; n < 4_095; n += 1) {
      ring.note(note(n, `m${n}`));
      ring.note(note(n, 'talks'));
    }
    expect(ring.of(['old'])).toEqual([]);
    expect(ring.of(['talks']).length).toBe(64);
    expect(ring.of(['m0']).length).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { planRaid, type VolumeFacts, type WantedVolume } from './raid.js';

const DRIVES = ['a', 'b', 'c', 'd'].map((id) => ({ id, serial: `SN-${id}`, bytes: 480 }));
const want = (name: string, level: WantedVolume['level'], ...drives: string[]): WantedVolume => ({
  name,
  level,
  drives,
});
const have = (name: string, level: string, ...drives: string[]): VolumeFacts => ({
  path: `/${name}`,
  name,
  level,
  drives,
});

describe('the volumes of a RAID controller', () => {
  it('are made of the drives that were granted', () => {
    expect(planRaid([want('os', 'RAID1', 'a', 'SN-b')], DRIVES, [])).toEqual({
      kind: 'plan',
      remove: [],
      make: [want('os', 'RAID1', 'a', 'b')],
    });
  });

  it('that are as wished stay as they are', () => {
    expect(planRaid([want('os', 'RAID1', 'b', 'a')], DRIVES, [have('os', 'RAID1', 'a', 'b')])).toEqual({
      kind: 'plan',
      remove: [],
      make: [],
    });
  });

  it('that are in the way go, when all of their drives were granted', () => {
    const old = have('old', 'RAID0', 'a', 'b');
    expect(planRaid([want('os', 'RAID1', 'a', 'b')], DRIVES, [old])).toMatchObject({
      remove: [old],
      make: [{ name: 'os' }],
    });
  });

  it('a volume with a drive that was not granted is not touched, and nothing else is', () => {
    const refused = planRaid([want('os', 'RAID1', 'a', 'b')], DRIVES, [have('data', 'RAID5', 'b', 'c', 'd')]);
    expect(refused).toMatchObject({ kind: 'refused', reason: expect.stringContaining('not granted') as string });
  });

  it('volumes on other drives are nobody’s business', () => {
    expect(planRaid([want('os', 'RAID1', 'a', 'b')], DRIVES, [have('data', 'RAID1', 'c', 'd')])).toMatchObject({
      remove: [],
    });
  });

  it.each([
    ['a drive that is not there', [want('os', 'RAID1', 'a', 'x')], 'no drive x'],
    ['one drive for two volumes', [want('os', 'RAID0', 'a'), want('data', 'RAID0', 'SN-a')], 'is given to'],
    ['too few drives', [want('os', 'RAID5', 'a', 'b')], 'needs 3 drives'],
    ['an odd mirror of stripes', [want('os', 'RAID10', 'a', 'b', 'c', 'd', 'a')], 'even number'],
  ])('%s is refused', (_, wanted, says) => {
    expect(planRaid(wanted, DRIVES, [])).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(says) as string,
    });
  });
});

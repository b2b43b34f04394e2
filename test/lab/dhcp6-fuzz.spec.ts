import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CHECKOUT } from '#runtime';
import { command } from '../../deploy/lab/command.js';

const FUZZ_MS = 300_000;
/** What V8 keeps for itself differs by some hundred kilobytes from time to time. */
const HEAP_GROWTH_MAX = 4 * 2 ** 20;

it(
  'a million broken DHCPv6 packets end without a throw, and leave nothing in memory',
  async () => {
    const program = join(CHECKOUT, 'dist/test/lab/dhcp6/fuzz.js');
    const printed = await command(process.execPath, ['--expose-gc', program, '1000000'], { deadlineMs: FUZZ_MS });
    const { answered, leases, heapBegun, heapEnded } = JSON.parse(printed) as Record<string, number>;
    expect(answered).toBeGreaterThan(200_000);
    expect(leases).toBeGreaterThan(50_000);
    expect((heapEnded as number) - (heapBegun as number)).toBeLessThan(HEAP_GROWTH_MAX);
  },
  FUZZ_MS,
);

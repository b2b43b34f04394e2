import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LeaseBook, idOf, type Lease, type NetworkId } from '#core';
import { LeaseJournal } from './journal.js';
import { leaseLine } from './record.js';

let folder: string;
let book: LeaseBook;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anneal-leases-'));
  book = new LeaseBook();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lease = (address: string, until = 1_000): Lease => ({
  network: idOf<NetworkId>('1'),
  family: 4,
  address,
  holder: `mac:${address}`,
  mac: null,
  node: null,
  hostname: null,
  state: 'bound',
  since: 0,
  until,
});

const open = (more: Partial<Parameters<typeof LeaseJournal.open>[0]> = {}) =>
  LeaseJournal.open({ folder, leases: () => book.leases(), ...more });
const write = (journal: LeaseJournal, each: Lease) =>
  new Promise<void>((resolve, reject) => journal.write(each, (error) => (error ? reject(error) : resolve())));
const recovered = async () => {
  const { journal, recovered: found } = await open();
  await journal.close();
  return found;
};

describe('the lease journal', () => {
  it('has what was written when it is opened again, in order', async () => {
    const { journal } = await open();
    await write(journal, lease('10.0.0.1'));
    await Promise.all([write(journal, lease('10.0.0.2')), write(journal, lease('10.0.0.1', 2_000))]);
    await journal.close();
    expect(await recovered()).toEqual({
      leases: [lease('10.0.0.1'), lease('10.0.0.2'), lease('10.0.0.1', 2_000)],
      tornBytes: 0,
    });
  });

  it('commits together what comes together', async () => {
    const batches: number[] = [];
    const { journal } = await open({ onDurable: (leases) => batches.push(leases.length) });
    await Promise.all(Array.from({ length: 500 }, (_, index) => write(journal, lease(`10.0.1.${index}`))));
    await journal.close();
    expect(batches.reduce((sum, size) => sum + size, 0)).toBe(500);
    expect(batches.length).toBeLessThan(10);
  });

  it('leaves out a line that was cut off, wherever it was cut, and goes on', async () => {
    for (const cut of [1, 5, 12, 60]) {
      const { journal } = await open();
      await write(journal, lease('10.0.0.1'));
      await journal.close();
      const last = join(
        folder,
        readdirSync(folder)
          .filter((name) => name.startsWith('segment'))
          .sort()
          .at(-1) as string,
      );
      const whole = leaseLine(lease('10.0.0.1')).length;
      truncateSync(last, whole);
      appendFileSync(last, leaseLine(lease('10.0.0.9')).slice(0, -cut));
      const found = await recovered();
      expect(found.leases.every(({ address }) => address === '10.0.0.1')).toBe(true);
      expect(found.tornBytes).toBeGreaterThan(0);
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    }
  });

  it('does not take a damaged line for a lease', async () => {
    writeFileSync(join(folder, 'segment-1'), leaseLine(lease('10.0.0.1')).replace('10.0.0.1', '10.0.0.2'));
    expect((await recovered()).leases).toEqual([]);
  });

  it('sums up what is long, and forgets nothing that the book has', async () => {
    const { journal } = await open({ segmentBytesMin: 20_000 });
    for (let round = 0; round < 40; round += 1)
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => {
          const each = lease(`10.0.0.${index}`, round + 1);
          book.restore(each, 0);
          return write(journal, each);
        }),
      );
    await journal.close();
    const names = readdirSync(folder).filter((name) => name !== 'lock');
    expect(names.some((name) => name.startsWith('snapshot'))).toBe(true);
    const lines = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(lines).toBeLessThan(3 * 2 ** 20);
    const again = new LeaseBook();
    for (const each of (await recovered()).leases) again.restore(each, 0);
    expect([...again.leases()].map(({ until }) => until)).toEqual(Array(50).fill(40));
  });

  it('lets no second process write', async () => {
    const { journal } = await open();
    await expect(open()).rejects.toThrow(/in use by another process/);
    await journal.close();
    await (await open()).journal.close();
  });

  it('says how long the oldest has waited, and refuses after the end', async () => {
    let now = 100;
    const { journal } = await open({ now: () => now });
    expect(journal.waitedMs(now)).toBe(0);
    const written = write(journal, lease('10.0.0.1'));
    now = 350;
    expect(journal.waitedMs(now)).toBe(250);
    await written;
    expect(journal.waitedMs(now)).toBe(0);
    await journal.close();
    await expect(write(journal, lease('10.0.0.2'))).rejects.toThrow(/closed/);
  });
});

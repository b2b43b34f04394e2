import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKOUT } from '#runtime';
import { command } from '../../deploy/lab/command.js';
import type { SiteNode } from '../../deploy/lab/machine/machine-site.js';
import { findMachineGaps } from '../../deploy/lab/machine/requirements.js';
import { DISCOVERED_MS, InstallSite } from './machine/install-site.js';

/**
 * The large system for heavy work: a machine that waits in the small one is sent over to it and back, by its boot environment
 * and its power alone, and stays the node that it is.
 */
const gaps = await findMachineGaps();
if (gaps.length > 0) console.log(`lab: the large system is skipped. ${gaps.map((gap) => gap.sentence).join(' ')}`);

/** What is unpacked and what is fetched lie in memory beside one another. */
const MEMORY_MEBIBYTES = 2_048;
const BUILT_MS = 900_000;
const LOOK_MS = 1_000;
/** The second stage is 170 MB, and a whole systemd starts from it. */
const LARGE_MS = DISCOVERED_MS;
const TOOLS = ['fio', 'stress-ng', 'memtester', 'mdadm', 'smartctl', 'nvme', 'lshw', 'iperf3'];

describe.skipIf(gaps.length > 0)('the large system in memory', () => {
  let site: InstallSite;
  let node: SiteNode;
  beforeAll(async () => {
    site = await InstallSite.start([{ firmware: 'bios', memoryMebibytes: MEMORY_MEBIBYTES }]);
    const cli = join(CHECKOUT, 'dist/apps/cli/src/main.js');
    await command(process.execPath, [cli, 'images', 'build', 'discovery-large', '--kernel', 'cloud'], {
      deadlineMs: BUILT_MS,
    });
    node = await site.discover(site.machine(0));
  }, BUILT_MS + DISCOVERED_MS);
  afterAll(() => site?.close());

  const goOverTo = async (bootenv: string): Promise<void> => {
    await site.api.patch(`nodes/${node.id}`, { bootenv });
    for (const action of ['boot-network', 'cycle']) await site.api.put(`nodes/${node.id}/power`, { action });
    const began = performance.now();
    await expect
      .poll(() => site.node(node), { timeout: LARGE_MS, interval: LOOK_MS })
      .toMatchObject({ alive: true, boot_session: { bootenv } });
    console.log(`lab: ${bootenv} ${((performance.now() - began) / 1_000).toFixed(0)} s after its power was cut`);
  };
  const first = (argv: readonly string[]): Promise<string> => site.on(node, argv);

  it(
    'is gone over to, has the tools for heavy work, and tells the same of the machine',
    async () => {
      const { inventory: small } = (await site.node(node)) as { inventory: { system: unknown; disks: unknown } };
      await goOverTo('discovery-large');
      expect(await first(['cat', '/proc/1/comm'])).toBe('systemd');
      expect(
        await first(['bash', '-c', 'for each; do command -v "$each" >/dev/null || echo "$each"; done', '-', ...TOOLS]),
      ).toBe('');
      expect(await first(['systemctl', 'list-units', '--failed', '--no-legend', '--plain'])).toBe('');
      const { inventory: large } = (await site.node(node)) as { inventory: { system: unknown; disks: unknown } };
      expect(large.system).toEqual(small.system);
      expect(large.disks).toEqual(small.disks);
    },
    LARGE_MS * 2,
  );

  it(
    'is left for the small one again',
    async () => {
      await goOverTo('discovery');
      expect(await first(['cat', '/proc/1/comm'])).not.toBe('systemd');
      const nodes = await site.api.list<{ system: boolean }>('nodes');
      expect(nodes.filter(({ system }) => !system)).toHaveLength(1);
    },
    LARGE_MS * 2,
  );
});

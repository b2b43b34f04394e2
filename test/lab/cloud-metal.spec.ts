import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKOUT } from '#runtime';
import { readFlavour, withValues } from '../../deploy/lab/cloud/flavour.js';
import { timesOfRoles } from '../../deploy/lab/cloud/times.js';
import { command } from '../../deploy/lab/command.js';
import { findMachineGaps } from '../../deploy/lab/machine/requirements.js';
import type { SiteNode } from '../../deploy/lab/machine/machine-site.js';
import { hostSources, sourcesList } from '../../deploy/lab/package-proxy/sources.js';
import { startPackageProxy, stopPackageProxy } from '../../deploy/lab/package-proxy/start.js';
import { Progress } from '../../deploy/lab/progress.js';
import { lastEvent, showChanges, untilSettled } from '../../deploy/lab/watch.js';
import { certifiedByProfile, certifiedByPublished, noGuideline } from './cloud/identity-and-images.js';
import { DISCOVERED_MS, INSTALLED_MS, InstallSite, SETTLED_MS } from './machine/install-site.js';

/**
 * A cloud on metal: one machine with firmware and an empty disk is switched on, installed, and made a cloud of by the same
 * file that makes one of a container node. Time is told for each part. Without KVM every instruction of it is translated, and
 * so are those of the packages that it unpacks: the flavour `identity-and-images` (`ANNEAL_LAB_FLAVOUR`) takes a third.
 */
const gaps = await findMachineGaps();
if (gaps.length > 0) console.log(`lab: a cloud on metal is skipped. ${gaps.map((gap) => gap.sentence).join(' ')}`);

const FLAVOUR = process.env['ANNEAL_LAB_FLAVOUR'] ?? 'all-in-one';
const SUITE = 'bookworm';
const BUILD_MS_MAX = 4 * 3_600_000;
const APPLY_MS_MAX = 120_000;
const TESTS_MS_MAX = 3_600_000;
/** What all services of a cloud take, and what they keep. */
const MEMORY_MEBIBYTES = 10_240;
const DISK_MEBIBYTES = 40_960;
/** Beside the one that the others are reached by: the guests' public network leaves the node through it. */
const CARDS = 2;

describe.skipIf(gaps.length > 0)(`the cloud ${FLAVOUR} on one machine`, () => {
  let site: InstallSite;
  let node: SiteNode;
  const began = performance.now();
  const told = (what: string): void =>
    console.log(`lab: ${what} ${((performance.now() - began) / 1_000).toFixed(0)} s after the power was on`);

  beforeAll(
    async () => {
      site = await InstallSite.start([
        {
          firmware: 'uefi',
          cards: CARDS,
          processors: 2,
          memoryMebibytes: MEMORY_MEBIBYTES,
          disks: [{ mebibytes: DISK_MEBIBYTES }],
        },
      ]);
      node = await site.discover(site.machine(0));
      told('discovered');
      await site.orderInstall(node);
      await site.untilPhase(node, ['joined']);
      told('installed');
      // It has said so; that it answers is seen a moment later, and what nobody answers for does not move.
      await site.untilState(node, 'provisioner-os-install', 'active', SETTLED_MS);
    },
    DISCOVERED_MS + INSTALLED_MS + SETTLED_MS,
  );

  afterAll(async () => {
    if (site) await stopPackageProxy(site.lab.network.slot);
    await site?.close();
  });

  it(
    'is built by its graph, as on any other node',
    async () => {
      const { slot, hostAddress } = site.lab.network;
      const sources = await hostSources(SUITE);
      const proxy = await startPackageProxy(slot, hostAddress, sources);
      await site.on(node, ['sh', '-c', `printf '%s' '${sourcesList(sources)}' >/etc/apt/sources.list`]);
      const file = join(site.home, 'cloud.yaml');
      await writeFile(file, await flavourFor(proxy));
      const since = new Date();
      const changes = showChanges(site.api, new Progress(process.stdout), await lastEvent(site.api));
      try {
        const cli = join(CHECKOUT, 'dist/apps/cli/src/main.js');
        await command(process.execPath, [cli, 'apply', '-f', file, '--yes'], { deadlineMs: APPLY_MS_MAX });
        await untilSettled(site.api, { deadlineMs: BUILD_MS_MAX });
      } finally {
        await changes.stop();
      }
      told('the cloud stands');
      console.log((await timesOfRoles(site.api, since)).join('\n'));
      const states = await site.api.list<{ state: string }>('node_roles');
      expect(states.filter(({ state }) => state !== 'active')).toEqual([]);
    },
    BUILD_MS_MAX,
  );

  it(
    'meets what the shipped profile asks of identity and images',
    async () => {
      const { state, counts } = await certifiedByProfile(site.api);
      told(`${counts.passed} of ${counts.total} of the profile passed`);
      expect(state).toBe('finished');
      expect(counts.passed).toBe(counts.total);
    },
    TESTS_MS_MAX,
  );

  it.skipIf(noGuideline !== '')(
    `passes the tests of identity and images that 2020.06 demands${noGuideline}`,
    async () => {
      const { names, certification } = await certifiedByPublished(site.api);
      told(`${certification.counts.passed} of ${names.length} of 2020.06 passed`);
      expect(certification.state).toBe('finished');
      expect(certification.counts).toMatchObject({ total: names.length, passed: names.length });
    },
    TESTS_MS_MAX,
  );

  /** The file of the flavour for this node: its name, the way to packages, and the card that is free for guests. */
  const flavourFor = async (proxy: string): Promise<string> => {
    const flavour = await readFlavour(FLAVOUR);
    const [own, free] = (await site.on(node, ['sh', '-c', 'ls -d /sys/class/net/e*'])).split('\n');
    if (!own || !free) throw new Error(`${node.name} has not the ${CARDS} cards that it was ordered with`);
    const values = {
      'openstack-base': { 'openstack-package-proxy': proxy },
      ...(FLAVOUR === 'identity-and-images'
        ? {}
        : { 'neutron-linuxbridge': { 'neutron-interfaces': { provider: free.replace(/^.*\//, '') } } }),
    };
    return withValues(flavour, values).replaceAll(flavour.nodes[0] as string, node.name);
  };
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  fetchDebianInstaller,
  INSTALLER_PACKAGE,
  publishDebianInstaller,
} from '../../deploy/lab/machine/debian-installer.js';
import type { SiteNode } from '../../deploy/lab/machine/machine-site.js';
import { findMachineGaps } from '../../deploy/lab/machine/requirements.js';
import { hostSources } from '../../deploy/lab/package-proxy/sources.js';
import { startPackageProxy, stopPackageProxy } from '../../deploy/lab/package-proxy/start.js';
import { DISCOVERED_MS, InstallSite } from './machine/install-site.js';

/**
 * Debian's own installer on a machine, told by our preseed: it is booted from the network, fetches its answers once, and says
 * that it has begun. How far it gets then is the mirror's: one that has no packages of the installer (udebs) leaves it
 * waiting, which must end as any install that does not go on.
 */
const gaps = await findMachineGaps();
if (gaps.length > 0) console.log(`lab: installers are skipped. ${gaps.map((gap) => gap.sentence).join(' ')}`);
const medium = gaps.length > 0 ? null : await fetchDebianInstaller();
if (gaps.length === 0 && medium === null)
  console.log(`lab: installers are skipped. Debian's installer (${INSTALLER_PACKAGE}) is not in this host's sources`);

const SUITE = 'bookworm';
const IMAGE = 'debian-12-installer';
/** The initrd alone is 40 MB, and it is unpacked into memory. */
const MEMORY_MEBIBYTES = 1_024;
/** It waits for IPv6, asks DHCP, and unpacks itself; without KVM each of them is slow. */
const BEGUN_MS = 900_000;
/** By the attribute of deadlines: what has begun and does not end is given up. */
const INSTALLING_SECONDS = 240;
const TAIL_LINES = 20;

describe.skipIf(medium === null)("Debian's installer", () => {
  let site: InstallSite;
  let node: SiteNode;
  beforeAll(async () => {
    site = await InstallSite.start([{ firmware: 'bios', memoryMebibytes: MEMORY_MEBIBYTES, processors: 2 }]);
    const { slot, hostAddress } = site.lab.network;
    const sources = await hostSources(SUITE);
    const proxy = await startPackageProxy(slot, hostAddress, sources);
    await publishDebianInstaller(site.api, medium as string, IMAGE);
    node = await site.discover(site.machine(0));
    const mirror = sources.find(({ suite }) => suite === SUITE)?.uri.replace(/^https:/, 'http:');
    await site.api.patch(`nodes/${node.id}`, { hints: { package_source: mirror } });
    await site.orderInstall(node, {
      'target-os': IMAGE,
      'install-proxy': proxy,
      'install-deadlines': { installing: INSTALLING_SECONDS },
    });
  }, DISCOVERED_MS);
  afterAll(async () => {
    if (site) await stopPackageProxy(site.lab.network.slot);
    await site?.close();
  });

  it(
    'boots on a node, fetches its answers, and tells that it has begun',
    async () => {
      const install = await site.untilPhase(node, ['installing'], BEGUN_MS);
      expect(install.reason).toBe('');
      await expect
        .poll(async () => (await site.install(node))?.says, { timeout: BEGUN_MS, interval: 2_000 })
        .toMatch(/the installer has started/);
      // What it is to boot next is its disk already, so that no loss of power installs it twice.
      expect((await site.node(node)).bootenv).toBe('local');
    },
    BEGUN_MS * 2,
  );

  it(
    'that does not go on is given up at its deadline, with the reason, and the machine boots nothing that installs',
    async () => {
      await expect
        .poll(async () => (await site.install(node))?.phase, { timeout: INSTALLING_SECONDS * 2_000, interval: 2_000 })
        .toBe('failed');
      const install = await site.install(node);
      console.log(`lab: ${install?.reason}\n${install?.log_tail.slice(-TAIL_LINES).join('\n')}`);
      expect(install?.reason).toMatch(/deadline|did not/);
      // What the installer logged itself, for whoever wants to know why.
      expect(install?.log_tail.join('\n')).toMatch(/anna|choose-mirror|net-retriever/);
      expect(await site.nodeRole(node, 'provisioner-os-install')).toMatchObject({ state: 'error' });
      expect((await site.node(node)).bootenv).toMatch(/^(local|discovery)$/);
    },
    INSTALLING_SECONDS * 3_000,
  );
});

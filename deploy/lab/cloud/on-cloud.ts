import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureKeyPair } from '#machine';
import { CHECKOUT, openHome } from '#runtime';
import type { LabArguments } from '../arguments.js';
import { command } from '../command.js';
import { openFleets, startFleet, type Fleet } from '../fleet.js';
import type { Installation } from '../installation.js';
import { labFolder } from '../lab-record.js';
import { labNodes } from '../on-containers.js';
import { hostSources } from '../package-proxy/sources.js';
import { startPackageProxy } from '../package-proxy/start.js';
import type { Progress } from '../progress.js';
import { started } from '../story.js';
import { lastEvent, showChanges, untilSettled } from '../watch.js';
import { allAlive, registerNodes } from '../workload.js';
import { certify } from './certify.js';
import { nodesWith, readFlavour, withValues, type Flavour } from './flavour.js';
import { tryGuest } from './guest.js';
import { cloudRecipe } from './recipe.js';
import { timesOfRoles } from './times.js';

/**
 * The lab of a cloud: containers that have nothing but a plain system, to which the roles of OpenStack are applied as an
 * operator would apply them, from a file. When everything is ACTIVE, the cloud is tested.
 */
const SUITE = 'bookworm';
/** A busy machine with a cold cache; alone and warm it is a matter of minutes. */
const SETTLE_MS_MAX = 3_600_000;
const APPLY_MS_MAX = 120_000;
/** Of the provider network, by the last number of an address: guests get the upper half. */
const GUESTS = { first: 100, last: 250 };
/** Of the admin network: where several controllers stand together. Nodes are below. */
const VIRTUAL = '250';

export const onCloud = async (options: LabArguments, progress: Progress): Promise<void> => {
  const say = (line: string): void => progress.say(line);
  const flavour = await readFlavour(options.flavour);
  const sources = await hostSources(SUITE);
  const key = ensureKeyPair(openHome().path);
  for (const left of await openFleets()) await left.teardown();
  const [fleet, installation] = await Promise.all([
    startFleet({
      count: flavour.nodes.length,
      names: flavour.nodes,
      sshKey: key.publicKey,
      keep: true,
      cloud: true,
      recipe: cloudRecipe(sources),
      progress: say,
    }),
    started(options, progress),
  ]);
  const { slot, hostAddress } = fleet.network;
  const proxy = await startPackageProxy(slot, hostAddress, sources);
  say(`packages come through ${proxy}`);

  await build(installation, progress, flavour, fleet, proxy);
  if (nodesWith(flavour, 'nova-compute').length > 0) {
    const [controller = ''] = nodesWith(flavour, 'keystone');
    const host = fleet.nodes[flavour.nodes.indexOf(controller)]?.address as string;
    await tryGuest({ host, user: 'root', privateKey: key.privateKey }, progress);
  }
  if (options.certify) await certify(installation.api, progress, flavour, options);
  if (!options.exit) farewell(installation, fleet);
};

/** From nodes that are up to a cloud whose every role is ACTIVE. */
const build = async (
  { api, address, home }: Installation,
  progress: Progress,
  flavour: Flavour,
  fleet: Fleet,
  proxy: string,
): Promise<void> => {
  const began = new Date();
  const changes = showChanges(api, progress, await lastEvent(api));
  try {
    const nodes = await labNodes(fleet);
    await registerNodes(api, nodes, flavour.deployment, flavour.description);
    await allAlive(api, nodes);
    const file = join(labFolder(fleet.network.slot), `${flavour.name}.yaml`);
    await writeFile(file, withValues(flavour, valuesOf(fleet, flavour, proxy)));
    progress.say(`applying ${flavour.name} to ${nodes.length === 1 ? 'one node' : `${nodes.length} nodes`}: ${file}`);
    const cli = join(CHECKOUT, 'dist/apps/cli/src/main.js');
    await command(process.execPath, [cli, 'apply', '-f', file, '--yes', '--note', `the flavour ${flavour.name}`], {
      deadlineMs: APPLY_MS_MAX,
      env: { ANNEAL_HOME: home.path, ANNEAL_URL: address },
    });
    await untilSettled(api, { deadlineMs: SETTLE_MS_MAX });
  } finally {
    await changes.stop();
  }
  progress.say(`the cloud stands, ${((Date.now() - began.getTime()) / 1000).toFixed(0)} s after its nodes were up`);
  process.stdout.write(`\n${(await timesOfRoles(api, began)).join('\n')}\n\n`);
};

/** What only this lab knows: its proxy and its addresses, laid over those that a flavour names as examples. */
const valuesOf = (fleet: Fleet, flavour: Flavour, proxy: string): Record<string, Record<string, unknown>> => {
  const { cidr, gateway } = fleet.network.provider;
  const guest = (last: number): string => gateway.replace(/\d+$/, String(last));
  const network = { name: 'public', physical_network: 'provider', cidr, gateway };
  const together = flavour.document.roles?.['openstack-base']?.['openstack-virtual-address'] !== undefined;
  return {
    'openstack-base': {
      'openstack-package-proxy': proxy,
      ...(together ? { 'openstack-virtual-address': fleet.network.hostAddress.replace(/\d+$/, VIRTUAL) } : {}),
    },
    ...(nodesWith(flavour, 'neutron-networks').length > 0
      ? {
          'neutron-networks': {
            'neutron-public-network': { ...network, first: guest(GUESTS.first), last: guest(GUESTS.last) },
          },
        }
      : {}),
  };
};

const farewell = (installation: Installation, fleet: Fleet): void => {
  process.stdout.write(`\nAnneal goes on running: ${installation.address}\n`);
  for (const node of fleet.nodes)
    process.stdout.write(
      `  ${node.name.padEnd(30)} ssh -i ${join(installation.home.path, 'ssh/id_ed25519')} root@${node.address}\n`,
    );
  process.stdout.write('  look around                    bin/anneal status; bin/anneal certify list\n');
  process.stdout.write('  take everything down           npm run lab -- --down\n');
};

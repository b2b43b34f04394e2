import { join } from 'node:path';
import { CHECKOUT } from '#runtime';
import type { LabArguments } from '../arguments.js';
import { firmwares } from '../arguments.js';
import { startInstallation, type Installation } from '../installation.js';
import type { Progress } from '../progress.js';
import { checkSite, siteUrl } from '../site.js';
import { commitAndSettle, farewell } from '../story.js';
import { lastEvent, showChanges } from '../watch.js';
import { bindWorkload, DEPLOYMENT, makeDeployment, workloadOn, type LabNode } from '../workload.js';
import { accelerator } from './accelerator.js';
import { makeAdminNetwork, type Families } from './admin-network.js';
import type { BmcKind } from './bmc.js';
import { buildImages, publishImages } from './images.js';
import type { LabMachine } from './lab-machine.js';
import { startMachineLab, type MachineLab } from './machine-lab.js';
import { MachineSite, registerSecure, type SiteNode } from './machine-site.js';
import { watchInstalls } from './watch-installs.js';

/**
 * The lab on machines: switched on with empty disks by their management controllers, they boot from the network, say what
 * they are, are given an operating system, and end as nodes on which the workload runs.
 */
const DISCOVERED_MS_MAX = 600_000;
const SETTLE_MS_MAX = 900_000;
const USUAL_PORT = 7_700;
/** In turn; with mixed firmware each kind of the one has each kind of the other. */
const BMCS: readonly BmcKind[] = ['ipmi', 'redfish', 'redfish', 'ipmi'];

export const onMachines = async (options: LabArguments, progress: Progress): Promise<void> => {
  const say = (line: string): void => progress.say(line);
  const { kind } = await accelerator();
  if (kind === 'tcg')
    say(
      'the processor cannot run machines itself here (no KVM): QEMU translates, which takes about four times as long',
    );
  const images = await buildImages(say);
  const wishes = firmwares(options.firmware, options.nodes).map((firmware, at) => ({
    firmware,
    bmc: BMCS[at % BMCS.length] as BmcKind,
    // Firmware waits a minute for an answer in a family that nobody serves.
    leaveOut: options.families === '6' ? (['pxe4'] as const) : [],
  }));
  const lab = await startMachineLab({ machines: wishes, keep: true, progress: say });
  say(
    `${lab.machines.length} machines with empty disks on ${lab.interface}: ${counted(wishes.map(({ firmware }) => firmware))}`,
  );
  const installation = await installationOn(lab, options.families, options.port);
  say(`Anneal is up at ${installation.address}`);
  const { api } = installation;
  await makeAdminNetwork(api, lab.network, options.families);
  await publishImages(api, images);
  const site = new MachineSite(lab, api);
  const changes = showChanges(api, progress, await lastEvent(api));
  const installs = watchInstalls(site, say);
  try {
    const nodes = await discover(site, say);
    await makeDeployment(api);
    for (const node of nodes) await api.patch(`nodes/${node.id}`, { deployment: DEPLOYMENT });
    const { created } = await bindWorkload(api, [
      ...nodes.map(({ name }) => ({ role: 'lab-installed', node: name })),
      ...workloadOn(nodes.map(labNode)),
    ]);
    say(`${created.length} noderoles bound in the deployment ${DEPLOYMENT}`);
    await commitAndSettle(api, progress, SETTLE_MS_MAX, null);
  } finally {
    await installs.stop();
    await changes.stop();
  }
  const nodes = await Promise.all(lab.machines.map((machine) => site.nodeOf(machine)));
  const url = await siteUrl(api, labNode(nodes[0] as SiteNode));
  const servers = await checkSite(
    url,
    nodes.slice(1).map((node) => labNode(node as SiteNode)),
  );
  say(`${url} answers through the balancer from ${servers.join(' and ')}`);
  process.stdout.write(`\n${summary(site, lab.machines, nodes as SiteNode[])}\n`);
  if (!options.exit) farewell(installation, url);
};

/** What the server asks about the machines beside it, and lets switch them on. */
const POWER_BUTTONS = join(CHECKOUT, 'dist/deploy/lab/machine/power-buttons.js');

/** Anneal for machines: they reach the API at the host's address on the wire, and nowhere else. */
export const installationOn = async (
  lab: MachineLab,
  families: Families,
  port: number | null,
): Promise<Installation> => {
  const chosen = port ?? (Number(process.env['ANNEAL_PORT']) || USUAL_PORT);
  const { hostAddress, hostAddress6 } = lab.network;
  process.env['ANNEAL_SERVER_URL'] = `http://${families === '6' ? `[${hostAddress6}]` : hostAddress}:${chosen}`;
  process.env['ANNEAL_LAB_PROGRAM'] = POWER_BUTTONS;
  return startInstallation(chosen);
};

const discover = async (site: MachineSite, say: (line: string) => void): Promise<SiteNode[]> => {
  const { machines } = site.lab;
  for (const machine of machines) if (machine.order.firmware === 'secure') await registerSecure(site.api, machine);
  for (const machine of machines) await site.switchOn(machine);
  say('switched on, each by its management controller');
  const nodes = await site.discovered(machines, DISCOVERED_MS_MAX, (machine, node) =>
    say(
      `${machine.name} is ${node.name} at ${node.address}, ${site.timeline.seconds(machine.name, 'discovered')?.toFixed(0)} s after its power came on`,
    ),
  );
  for (const [at, machine] of machines.entries()) await site.tellBmc(machine, nodes[at] as SiteNode);
  return nodes;
};

const labNode = ({ name, address }: SiteNode): LabNode => ({ name, address, hostKey: null });

export const summary = (site: MachineSite, machines: readonly LabMachine[], nodes: readonly SiteNode[]): string =>
  site.timeline.table(
    machines.map(({ name, order }, at) => ({ id: name, says: [name, order.firmware, nodes[at]?.name ?? '-'] })),
    ['machine', 'firmware', 'node'],
  );

const counted = (words: readonly string[]): string =>
  [...new Set(words)].map((word) => `${words.filter((each) => each === word).length} ${word}`).join(', ');

import { ensureKeyPair } from '#machine';
import { openHome } from '#runtime';
import type { LabArguments } from './arguments.js';
import type { ContainerNode } from './container-node.js';
import { openFleets, startFleet, type Fleet } from './fleet.js';
import { cutPower } from './outage.js';
import type { Progress } from './progress.js';
import { checkSite, siteUrl } from './site.js';
import { farewell, settle, started } from './story.js';
import { bindWorkload, simulatedOn, workloadOn, type LabNode } from './workload.js';

/** The lab on containers, and on nodes that exist in the database alone. Nothing is installed: the nodes are there. */
export const onContainerNodes = async (options: LabArguments, progress: Progress): Promise<void> => {
  const say = (line: string): void => progress.say(line);
  const key = ensureKeyPair(openHome().path);
  for (const left of await openFleets()) await left.teardown();
  const [fleet, installation] = await Promise.all([
    startFleet({ count: options.nodes, sshKey: key.publicKey, keep: true, progress: say }),
    started(options, progress),
  ]);
  const nodes = await labNodes(fleet);
  const { api } = installation;
  const cut = options.kill ? () => cutPower(api, fleet.nodes.at(-1) as ContainerNode, progress) : null;
  await settle(installation, progress, nodes, () => bindWorkload(api, workloadOn(nodes)), cut);
  const url = await siteUrl(api, nodes[0] as LabNode);
  const servers = await checkSite(url, nodes.slice(1));
  say(`${url} answers through the balancer from ${servers.join(' and ')}`);
  if (!options.exit) farewell(installation, url);
};

export const onSimulatedNodes = async (options: LabArguments, progress: Progress): Promise<void> => {
  const installation = await started(options, progress);
  const nodes: LabNode[] = Array.from({ length: options.nodes }, (_, index) => ({
    name: `node-${index + 1}.lab.test`,
    address: null,
    hostKey: null,
  }));
  await settle(installation, progress, nodes, () => bindWorkload(installation.api, simulatedOn(nodes)), null);
  progress.say(`everything is active on ${nodes.length} simulated nodes`);
  if (!options.exit) farewell(installation, null);
};

/** The nodes of a fleet as they are registered. */
export const labNodes = (fleet: Fleet): Promise<LabNode[]> =>
  Promise.all(
    fleet.nodes.map(async (node) => ({ name: node.name, address: node.address, hostKey: await node.hostKey() })),
  );

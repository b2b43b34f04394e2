import { ensureKeyPair } from '#machine';
import { openHome } from '#runtime';
import { readArguments, USAGE, type LabArguments } from './arguments.js';
import type { ContainerNode } from './container-node.js';
import { openFleets, startFleet, type Fleet } from './fleet.js';
import { startInstallation, stopInstallation, type Installation } from './installation.js';
import { cutPower } from './outage.js';
import { Progress } from './progress.js';
import { closeGaps, findGaps } from './requirements.js';
import { checkSite, siteUrl } from './site.js';
import { lastEvent, showChanges, untilSettled } from './watch.js';
import { allAlive, bindWorkload, commitWorkload, DEPLOYMENT, previewLine, registerNodes, simulatedOn, workloadOn, type LabNode } from './workload.js';

/**
 * `npm run lab`: machines that were only just switched on end as a settled deployment. It starts Anneal on this host and
 * container nodes beside it, and then does what any operator's automation does, over REST. Where the host cannot run
 * container nodes it says what is missing, and does the same with nodes that are simulated.
 */
const SETTLE_MS_MAX = 300_000;

const main = async (): Promise<void> => {
  const options = readArguments(process.argv.slice(2));
  if (options.down) return takeDown();
  const progress = new Progress(process.stdout);
  const real = !options.simulated && (await canRunNodes(progress));
  try {
    await (real ? onContainerNodes(options, progress) : onSimulatedNodes(options, progress));
  } finally {
    if (options.exit) await takeDown();
  }
};

const canRunNodes = async (progress: Progress): Promise<boolean> => {
  const gaps = await closeGaps(await findGaps(), (line) => progress.say(line));
  if (gaps.length === 0) return true;
  for (const { sentence } of gaps) progress.say(sentence);
  progress.say('going on with simulated nodes instead');
  return false;
};

const onContainerNodes = async (options: LabArguments, progress: Progress): Promise<void> => {
  const say = (line: string): void => progress.say(line);
  const key = ensureKeyPair(openHome().path);
  for (const left of await openFleets()) await left.teardown();
  const [fleet, installation] = await Promise.all([startFleet({ count: options.nodes, sshKey: key.publicKey, keep: true, progress: say }), started(options, progress)]);
  const nodes = await labNodes(fleet);
  const { api } = installation;
  await settle(installation, progress, nodes, () => bindWorkload(api, workloadOn(nodes)), options.kill ? () => cutPower(api, fleet.nodes.at(-1) as ContainerNode, progress) : null);
  const url = await siteUrl(api, nodes[0] as LabNode);
  const servers = await checkSite(url, nodes.slice(1));
  say(`${url} answers through the balancer from ${servers.join(' and ')}`);
  if (!options.exit) {
    process.stdout.write(`\nAnneal goes on running: ${installation.address}\n`);
    process.stdout.write(`  web site behind the balancer   ${url}\n  look around                    bin/anneal status; bin/anneal node-roles list\n`);
    process.stdout.write('  take everything down           npm run lab -- --down\n');
  }
};

const onSimulatedNodes = async (options: LabArguments, progress: Progress): Promise<void> => {
  const installation = await started(options, progress);
  const nodes: LabNode[] = Array.from({ length: options.nodes }, (_, index) => ({ name: `node-${index + 1}.lab.test`, address: null, hostKey: null }));
  await settle(installation, progress, nodes, () => bindWorkload(installation.api, simulatedOn(nodes)), null);
  progress.say(`everything is active on ${nodes.length} simulated nodes`);
  if (!options.exit) process.stdout.write(`\nAnneal goes on running: ${installation.address}\n  take everything down           npm run lab -- --down\n`);
};

const started = async (options: LabArguments, progress: Progress): Promise<Installation> => {
  const installation = await startInstallation(options.port);
  progress.say(`Anneal is up at ${installation.address}`);
  return installation;
};

const settle = async (
  { api }: Installation,
  progress: Progress,
  nodes: readonly LabNode[],
  bind: () => Promise<{ created: readonly unknown[] }>,
  cutPowerInTheMiddle: (() => Promise<void>) | null,
): Promise<void> => {
  const changes = showChanges(api, progress, await lastEvent(api));
  try {
    await registerNodes(api, nodes);
    const { created } = await bind();
    progress.say(`${nodes.length} nodes registered, ${created.length} noderoles bound in the deployment ${DEPLOYMENT}`);
    await allAlive(api, nodes);
    progress.say(`${nodes.length} nodes alive`);
    progress.say(await previewLine(api));
    await commitWorkload(api);
    const began = performance.now();
    await cutPowerInTheMiddle?.();
    // While a node is off, only its return helps: that is no reason to give up here.
    await untilSettled(api, { deadlineMs: SETTLE_MS_MAX, ...(cutPowerInTheMiddle ? { even: 'stuck' as const } : {}) });
    progress.say(`settled ${((performance.now() - began) / 1000).toFixed(1)} s after the commit`);
  } finally {
    await changes.stop();
  }
};

const labNodes = (fleet: Fleet): Promise<LabNode[]> =>
  Promise.all(fleet.nodes.map(async (node) => ({ name: node.name, address: node.address, hostKey: await node.hostKey() })));

const takeDown = async (): Promise<void> => {
  await stopInstallation();
  if (process.getuid?.() === 0) for (const fleet of await openFleets()) await fleet.teardown();
  process.stdout.write('the lab is down\n');
};

main().catch((error: unknown) => {
  for (let cause = error; cause !== undefined; cause = (cause as { cause?: unknown }).cause)
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  if (error instanceof Error && error.message.startsWith('--')) process.stderr.write(`${USAGE}\n`);
  process.exitCode = 1;
});

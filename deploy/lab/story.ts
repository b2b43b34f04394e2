import type { LabArguments } from './arguments.js';
import type { LabApi } from './api.js';
import { startInstallation, type Installation } from './installation.js';
import type { Progress } from './progress.js';
import { lastEvent, showChanges, untilSettled } from './watch.js';
import { allAlive, commitWorkload, DEPLOYMENT, previewLine, registerNodes, type LabNode } from './workload.js';

/** What every kind of lab does: start Anneal, show what changes, commit and wait until it has settled, say where to look. */
const SETTLE_MS_MAX = 300_000;

export const started = async (options: LabArguments, progress: Progress): Promise<Installation> => {
  const installation = await startInstallation(options.port);
  progress.say(`Anneal is up at ${installation.address}`);
  return installation;
};

/** Nodes that are registered by hand, to a settled deployment. */
export const settle = async (
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
    await commitAndSettle(api, progress, SETTLE_MS_MAX, cutPowerInTheMiddle);
  } finally {
    await changes.stop();
  }
};

export const commitAndSettle = async (
  api: LabApi,
  progress: Progress,
  deadlineMs: number,
  cutPowerInTheMiddle: (() => Promise<void>) | null,
): Promise<void> => {
  progress.say(await previewLine(api));
  await commitWorkload(api);
  const began = performance.now();
  await cutPowerInTheMiddle?.();
  // While a node is off, only its return helps: that is no reason to give up here.
  await untilSettled(api, { deadlineMs, ...(cutPowerInTheMiddle ? { even: 'stuck' as const } : {}) });
  progress.say(`settled ${((performance.now() - began) / 1000).toFixed(1)} s after the commit`);
};

/** What is left running, for a person. */
export const farewell = (installation: Installation, site: string | null): void => {
  process.stdout.write(`\nAnneal goes on running: ${installation.address}\n`);
  if (site !== null) {
    process.stdout.write(`  web site behind the balancer   ${site}\n`);
    process.stdout.write('  look around                    bin/anneal status; bin/anneal node-roles list\n');
  }
  process.stdout.write('  take everything down           npm run lab -- --down\n');
};

import {
  GraphDraft,
  installDeadline,
  isOpenPhase,
  setAlive,
  type Install,
  type InstallDecision,
  type JsonObject,
} from '#core';
import type { FinishRun } from '../engine/finish-run.js';
import type { Transaction } from '../ports/unit-of-work.js';

/**
 * How long after the deadline of a phase the run itself is given up, in milliseconds: the loop of installs ends it before,
 * with a better reason.
 */
export const RUN_GRACE_MS = 60_000;

/** When the run of an open install is given up by rescue, should nobody else do it. */
export const runDeadline = (install: Install): Date => new Date(installDeadline(install).at + RUN_GRACE_MS);

/** Writes what was decided about an install. Without `finishRun` whoever calls ends the run. */
export const applyInstall = async (
  tx: Transaction,
  { install, node, log, events, run }: InstallDecision,
  finishRun: FinishRun | null,
): Promise<void> => {
  await tx.installs.save(install);
  await tx.installs.appendLog(install.runId, log);
  if (isOpenPhase(install.phase)) await tx.installs.putRunDeadline(install.runId, runDeadline(install));
  for (const event of events) tx.tell(event);
  if (node.lost !== undefined) await lose(tx, install, node.lost);
  await changeNode(tx, install, node);
  if (!run || !finishRun) return;
  const open = (await tx.runs.lockOpenOf([install.nodeRoleId])).find(({ id }) => id === install.runId);
  if (!open) return;
  await finishRun.within(
    tx,
    { runId: open.id, attempt: open.attempt },
    { outcome: run, ...(run.kind === 'succeeded' ? { outputs: outputsOf(install) } : {}) },
  );
};

const changeNode = async (tx: Transaction, install: Install, { bootenv, hostKey }: InstallDecision['node']) => {
  if (bootenv === undefined && hostKey === undefined) return;
  const node = await tx.nodes.find(install.nodeId, { lock: true });
  if (!node) return;
  const address = hostKey === undefined ? node.address : await joinedAt(tx, install, node.address);
  const change = {
    ...(bootenv === undefined || bootenv === node.bootenv ? {} : { bootenv }),
    ...(hostKey === undefined || hostKey === node.hostKey ? {} : { hostKey }),
    ...(address === node.address ? {} : { address }),
  };
  const fields = Object.keys(change);
  if (fields.length === 0) return;
  await tx.nodes.update(node.id, change);
  tx.tell({ kind: 'node.changed', nodeId: node.id, deploymentId: node.deploymentId, data: { fields } });
};

/** Where the installed system is reached: under an address that it was given, the one that was used before if it is one. */
const joinedAt = async (tx: Transaction, { nodeId }: Install, before: string | null): Promise<string | null> => {
  const given = (await tx.nodeNetworks.attachments(nodeId))
    .filter(({ category }) => category === 'admin')
    .map(({ address }) => address.split('/')[0] as string);
  return before !== null && given.includes(before) ? before : (given[0] ?? before);
};

const lose = async (tx: Transaction, { nodeId }: Install, why: string): Promise<void> => {
  const graph = await tx.graph.slice({ nodeIds: [nodeId] });
  if (!graph.nodes.has(nodeId)) return;
  const draft = new GraphDraft(graph);
  if (setAlive(draft, nodeId, false, why) === null) await tx.graph.save(graph, draft.decision());
};

/** What the noderole says of its install, for roles that want to know. */
const outputsOf = ({ plan, times }: Install): JsonObject => ({
  'installed-os': { name: plan.image.name, family: plan.image.family, version: plan.image.version },
  'installed-image': plan.image.content?.sha256 ?? null,
  'installed-disks': plan.disks.map(({ id }) => id),
  'install-times': times as JsonObject,
});

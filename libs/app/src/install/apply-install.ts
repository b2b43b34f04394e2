import {
  idOf,
  installDeadline,
  isOpenPhase,
  SAFE_BOOTENVS,
  type Install,
  type InstallDecision,
  type JsonObject,
} from '#core';
import type { FinishRun } from '../engine/finish-run.js';
import { beginBootSession } from '../machine/begin-boot-session.js';
import { adminAddresses } from '../machine/enrolment-answer.js';
import type { BootSessionId } from '../ports/model-ids.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { tellOfInstall } from './tell-of-install.js';

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
  await tellOfInstall(tx, install, events);
  if (node.joined) await beginInstalled(tx, install, node.joined);
  if (node.bootenv !== undefined) await putBootenv(tx, install, node.bootenv);
  if (!run || !finishRun) return;
  const open = (await tx.runs.lockOpenOf([install.nodeRoleId])).find(({ id }) => id === install.runId);
  if (!open) return;
  await finishRun.within(
    tx,
    { runId: open.id, attempt: open.attempt },
    { outcome: run, ...(run.kind === 'succeeded' ? { outputs: outputsOf(install) } : {}) },
  );
};

const putBootenv = async (tx: Transaction, { nodeId }: Install, bootenv: string): Promise<void> => {
  const node = await tx.nodes.find(nodeId, { lock: true });
  if (!node || node.bootenv === bootenv) return;
  await tx.nodes.update(node.id, { bootenv });
  tx.tell({ kind: 'node.changed', nodeId, deploymentId: node.deploymentId, data: { fields: ['bootenv'] } });
};

/** The installed system is a boot of its own: what is reached from now on is that one, by the key that it showed. */
const beginInstalled = async (
  tx: Transaction,
  { id, nodeId, phaseSince }: Install,
  { hostKey, bootId }: { readonly hostKey: string; readonly bootId: string },
): Promise<void> => {
  const node = await tx.nodes.find(nodeId, { lock: true });
  const given = (await adminAddresses(tx, nodeId)).map(({ address }) => address);
  const before = node?.address ?? null;
  const reachedAt = before !== null && given.includes(before) ? before : (given[0] ?? before);
  await beginBootSession(tx, {
    // An install joins once, so its boot needs no other id.
    id: idOf<BootSessionId>(id),
    nodeId,
    system: 'disk',
    installed: true,
    bootenv: SAFE_BOOTENVS.local,
    madeAt: new Date(phaseSince),
    bootId,
    address: reachedAt,
    digest: null,
    hostKey,
    ...(reachedAt === null ? {} : { reachedAt }),
  });
};

/** What the noderole says of its install, for roles that want to know. */
const outputsOf = ({ plan, times }: Install): JsonObject => ({
  'installed-os': { name: plan.image.name, family: plan.image.family, version: plan.image.version },
  'installed-image': plan.image.content?.sha256 ?? null,
  'installed-disks': plan.disks.map(({ id }) => id),
  'install-times': times as JsonObject,
});

import type { InstallView, Transaction } from '#app';
import { idOf, installDeadline, isOpenPhase, type Install, type NodeId } from '#core';
import type { MemoryRows } from './memory-rows.js';

type Installs = Pick<
  Transaction['installs'],
  | 'insert'
  | 'save'
  | 'lock'
  | 'lockOfRun'
  | 'lockOpenOf'
  | 'open'
  | 'admitted'
  | 'latestOf'
  | 'claims'
  | 'claim'
  | 'appendLog'
  | 'putRunDeadline'
>;

/** Installs, and the disks that they claimed. */
export const memoryInstalls = (rows: MemoryRows): Installs => ({
  insert: async (install) => {
    if (openOf(rows, install.nodeId)) throw new Error('installs_one_per_node: the node has an open install');
    rows.putInstall(install);
    rows.put(rows.installOf, install.nodeId, install.id);
    rows.put(rows.installOfRun, install.runId, install.id);
  },
  save: async (install) => rows.putInstall(install),
  lock: async (id) => rows.installs.get(id) ?? null,
  lockOfRun: async (runId) => rows.openInstalls.get(rows.installOfRun.get(runId) as Install['id']) ?? null,
  lockOpenOf: async (nodeId) => openOf(rows, nodeId),
  open: async (plannedMax) =>
    (plannedMax === undefined ? [...rows.openInstalls.values()] : rows.openInstallsBut(plannedMax)).flatMap(
      (install) => {
        const node = rows.nodes.get(install.nodeId);
        if (!node) return [];
        const id = rows.currentSession.get(node.id);
        const session = id === undefined ? null : (rows.sessions.get(id)?.session ?? null);
        const { name, alive, bootenv, address, sshPort, hostKey } = node;
        const boot = session && { session: session.id, bootenv: session.bootenv, begunAt: session.begunAt.getTime() };
        return [{ install, node: { name, alive, bootenv, address, sshPort, hostKey }, boot }];
      },
    ),
  admitted: async () => rows.underway.size,
  latestOf: async (nodeIds) =>
    new Map(
      nodeIds.flatMap((nodeId) => {
        const install = rows.installs.get(rows.installOf.get(nodeId) as Install['id']);
        return install ? [[nodeId, viewOf(install)] as const] : [];
      }),
    ),
  claims: async (nodeId) =>
    (rows.claims.get(nodeId) ?? []).map(
      ({ diskId, nodeRoleId }) => ({ diskId: idOf(diskId), nodeRoleId, nodeRole: nodeRoleId }) as never,
    ),
  claim: async (nodeId, nodeRoleId, disks) => {
    const others = (rows.claims.get(nodeId) ?? []).filter((claim) => claim.nodeRoleId !== nodeRoleId);
    const free = disks.filter(({ id }) => others.every(({ diskId }) => diskId !== id));
    rows.put(rows.claims, nodeId, [...others, ...free.map(({ id }) => ({ nodeRoleId, diskId: id }))]);
    return free.length === disks.length;
  },
  appendLog: async (runId, lines) => rows.put(rows.runLog, runId, [...(rows.runLog.get(runId) ?? []), ...lines]),
  putRunDeadline: async (runId, at) => {
    const row = rows.runs.get(runId);
    if (row) rows.put(rows.runs, runId, { ...row, run: { ...row.run, deadlineAt: at } });
  },
});

const openOf = (rows: MemoryRows, nodeId: NodeId): Install | null => {
  const install = rows.installs.get(rows.installOf.get(nodeId) as Install['id']);
  return install && isOpenPhase(install.phase) ? install : null;
};

const viewOf = (install: Install): InstallView =>
  ({
    ...install,
    bootenv: install.plan.bootenv,
    image: install.plan.image.name,
    deadlineAt: isOpenPhase(install.phase) ? new Date(installDeadline(install).at) : null,
  }) as unknown as InstallView;

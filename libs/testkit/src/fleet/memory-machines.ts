import type { BootSession, BootSessionId, Clock, NodeView, Transaction } from '#app';
import { textOf, type NodeId } from '#core';
import type { MemoryRows } from './memory-rows.js';

/** Machines as enrolment knows them: who is like whom, and the boot session that counts for each. */
export const memoryMachines = (rows: MemoryRows, clock: Clock, workerKeys: readonly string[]) => ({
  workerKeys: async () => workerKeys,
  alike: async ({ uuid, macs }: { uuid: string | null; macs: readonly string[] }) => alike(rows, uuid, macs),
  lockSession: async (id: string) => {
    const row = rows.sessions.get(id);
    if (!row) return null;
    const { session, digest, answers } = row;
    const isCurrent = session.nodeId !== null && rows.currentSession.get(session.nodeId) === id;
    return { ...session, digest, answers, isCurrent, ageMs: clock.now() - session.begunAt.getTime() };
  },
  insertSession: async ({ digest, ...session }: Parameters<Transaction['machines']['insertSession']>[0]) => {
    if (rows.sessions.has(session.id)) return false;
    rows.put(rows.sessions, session.id, {
      session: { ...session, begunAt: new Date(clock.now()) },
      digest,
      answers: 1,
    });
    return true;
  },
  makeCurrent: async (id: BootSessionId, nodeId: NodeId) => {
    rows.put(rows.currentSession, nodeId, id);
    const tokens = rows.tokens.get(nodeId) ?? [];
    rows.put(
      rows.tokens,
      nodeId,
      tokens.filter(({ session }) => session === id),
    );
    const session = rows.sessions.get(id)?.session as BootSession;
    const node = rows.nodes.get(nodeId) as NodeView;
    const bootSession = { id, bootenv: session.bootenv, since: session.begunAt };
    rows.put(rows.nodes, nodeId, { ...node, bootSession });
  },
  currentOf: async (nodeId: NodeId) => rows.sessions.get(rows.currentSession.get(nodeId) ?? '')?.session ?? null,
  answeredAgain: async (id: string) => {
    const row = rows.sessions.get(id);
    if (row) rows.put(rows.sessions, id, { ...row, answers: row.answers + 1 });
  },
  reached: async () => undefined,
});

const alike = (rows: MemoryRows, uuid: string | null, macs: readonly string[]) => {
  const ids = new Set(macs.flatMap((mac) => rows.nodeByMac.get(mac) ?? []));
  for (const id of (uuid === null ? undefined : rows.nodesByUuid.get(uuid)) ?? []) ids.add(id);
  return [...ids].map((id) => {
    const { name, macs: own, inventory } = rows.nodes.get(id) as NodeView;
    return {
      node: id,
      name,
      macs: own,
      uuid: textOf(inventory, 'system', 'uuid'),
      serial: textOf(inventory, 'system', 'serial'),
    };
  });
};

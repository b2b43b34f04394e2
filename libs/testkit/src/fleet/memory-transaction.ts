import type {
  BootSession,
  BootSessionId,
  Clock,
  InstallView,
  NetbootServerView,
  NodeView,
  Run,
  Transaction,
} from '#app';
import {
  idOf,
  installDeadline,
  isOpenPhase,
  textOf,
  type Decision,
  type Graph,
  type Install,
  type InstallableImage,
  type NodeId,
  type WantedAttachment,
} from '#core';
import type { GivenAddress, MemoryRows } from './memory-rows.js';

type Installs = Transaction['installs'];

/** What a fleet has that is no row: images, the netboot servers and how far they are, keys of workers. */
export interface FleetSurroundings {
  readonly images: Map<string, InstallableImage>;
  readonly workerKeys: readonly string[];
  readonly ticketKey: string;
  netbootServers(): readonly NetbootServerView[];
  /** Hears of what was decided about the graph, within the transaction. */
  decided(graph: Graph, decision: Decision): void;
}

const ADMIN_NETWORK = 'admin';

/**
 * The stores that installs, enrolment and the end of runs use, over rows in memory. What is not here is used by nobody on
 * the fleet, and asking for it throws with its name.
 */
export const memoryTransaction = (rows: MemoryRows, clock: Clock, around: FleetSurroundings): Transaction => {
  const now = (): Date => new Date(clock.now());
  const installs: Pick<
    Installs,
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
  > = {
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
  };
  const stores = {
    actor: 'engine',
    installs,
    tell: (event: Parameters<Transaction['tell']>[0]) => rows.tell(event, clock.now()),
    graph: {
      slice: async ({ nodeRoleIds = [], nodeIds = [] }: Parameters<Transaction['graph']['slice']>[0]) =>
        rows.slice([...nodeRoleIds, ...rows.nodeRolesOn(nodeIds)], nodeIds),
      save: async (graph: Graph, decision: Decision) => saveDecision(rows, around, clock, graph, decision),
    },
    runs: {
      lockOpen: async (id: Run['id'], attempt: number) => {
        const row = rows.runs.get(id);
        return row && !row.end && row.run.attempt === attempt ? row.run : null;
      },
      lockOpenOf: async (ids: readonly Run['nodeRoleId'][]) =>
        ids.flatMap((id) => {
          const runId = rows.nodeRoles.get(id)?.runId as Run['id'] | null | undefined;
          const row = runId ? rows.runs.get(runId) : undefined;
          return row && !row.end ? [row.run] : [];
        }),
      endedAs: async (id: Run['id'], attempt: number) => {
        const row = rows.runs.get(id);
        return row?.run.attempt === attempt ? (row.end?.state ?? null) : null;
      },
      end: async (id: Run['id'], end: Parameters<Transaction['runs']['end']>[1]) => {
        const row = rows.runs.get(id);
        if (row) rows.put(rows.runs, id, { run: { ...row.run, state: end.state }, end });
      },
    },
    bindings: { keepShape: async () => undefined, changeShape: async () => undefined },
    settings: {
      get: async (key: string) => (rows.settings.has(key) ? { key, value: rows.settings.get(key) } : null),
    },
    nodes: {
      find: async (key: string) =>
        rows.nodes.get(idOf<NodeId>(key)) ?? [...rows.nodes.values()].find(({ name }) => name === key) ?? null,
      update: async (id: NodeId, change: Partial<NodeView>) => {
        const node = rows.nodes.get(id);
        if (!node) return;
        rows.putNode({ ...node, ...change });
        for (const mac of change.macs ?? []) rows.put(rows.nodeByMac, mac, id);
      },
      documents: async (id: NodeId) => {
        const { inventory, hints, notes } = rows.nodes.get(id) as NodeView;
        return { inventory, hints, notes };
      },
      withMacs: async (macs: readonly string[], except: NodeId) => {
        const mac = macs.find((each) => (rows.nodeByMac.get(each) ?? except) !== except);
        return mac === undefined ? null : { mac, name: rows.nodes.get(rows.nodeByMac.get(mac) as NodeId)?.name ?? '' };
      },
    },
    nodeRoles: { find: async () => null },
    attribs: { readers: async () => ({ concerned: [] }) },
    deployments: { system: async () => 'system' },
    images: {
      find: async (name: string) => around.images.get(name) ?? null,
      all: async () => [...around.images.values()],
    },
    networks: {
      all: async () => [],
      find: async () => null,
      routers: async () => [],
      findAllocation: async (address: string) => rows.addresses.get(address) ?? null,
      allocationsOf: async ({ nodeIds = [] }: { nodeIds?: readonly NodeId[] }) =>
        given(rows, nodeIds).map(({ nodeId, address, prefixLength }) => ({
          ...{ nodeId, address, prefixLength, family: 4, category: ADMIN_NETWORK, networkId: ADMIN_NETWORK },
        })),
    },
    nodeNetworks: {
      attachments: async (nodeId: NodeId) => given(rows, [nodeId]).map((each) => attachmentOf(each)),
    },
    netboot: {
      servers: async () => around.netbootServers(),
      ticketKey: async () => around.ticketKey,
    },
    bootView: { lastEvent: async () => rows.events.length },
    access: {
      insertToken: async ({ id, nodeId, bootSessionId }: { id: string; nodeId: NodeId; bootSessionId: string }) =>
        rows.put(rows.tokens, nodeId, [...(rows.tokens.get(nodeId) ?? []), { id, session: bootSessionId }]),
    },
    machines: {
      workerKeys: async () => around.workerKeys,
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
        rows.put(rows.sessions, session.id, { session: { ...session, begunAt: now() }, digest, answers: 1 });
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
    },
  };
  return named('tx', stores) as unknown as Transaction;
};

/** Says which store a use case asked for that the fleet has not. */
const named = (path: string, stores: object): object =>
  new Proxy(stores, {
    get: (target, name) => {
      const value = (target as Record<PropertyKey, unknown>)[name];
      if (value === undefined && typeof name === 'string') throw new Error(`the fleet has no ${path}.${name}`);
      return path === 'tx' && typeof value === 'object' && value !== null ? named(`tx.${String(name)}`, value) : value;
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

const given = (rows: MemoryRows, nodeIds: readonly NodeId[]): GivenAddress[] =>
  nodeIds.flatMap((id) => {
    const address = rows.nodes.get(id)?.hints['address'];
    const found = typeof address === 'string' ? rows.addresses.get(address) : undefined;
    return found ? [found] : [];
  });

const attachmentOf = ({ address, prefixLength }: GivenAddress): WantedAttachment => ({
  ...{ network: ADMIN_NETWORK, category: ADMIN_NETWORK, range: 'host', conduit: '1g0', vlan: null, bondMode: null },
  ...{ bridge: false, mtu: null, policyTable: null, address: `${address}/${prefixLength}`, router: null },
  ...{ routes: [], nameServers: [], domain: '' },
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

const saveDecision = (
  rows: MemoryRows,
  around: FleetSurroundings,
  clock: Clock,
  graph: Graph,
  decision: Decision,
): void => {
  const { nodeRoles, nodes, deployments, edgesCounted } = decision.changes;
  for (const [id, patch] of nodeRoles) rows.put(rows.nodeRoles, id, { ...graph.nodeRole(id), ...patch });
  for (const [id, patch] of nodes) rows.put(rows.nodes, id, { ...(rows.nodes.get(id) as NodeView), ...patch });
  for (const [id, patch] of deployments) rows.put(rows.deployments, id, { ...graph.deployment(id), ...patch });
  for (const edge of edgesCounted) rows.putEdge({ ...edge, pending: false });
  for (const event of decision.events) rows.tell(event, clock.now());
  around.decided(graph, decision);
};

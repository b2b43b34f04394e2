import type { Clock, NetbootServerView, NodeView, Run, Transaction } from '#app';
import { idOf, type Decision, type Graph, type InstallableImage, type NodeId, type WantedAttachment } from '#core';
import { memoryInstalls } from './memory-installs.js';
import { memoryMachines } from './memory-machines.js';
import type { GivenAddress, MemoryRows } from './memory-rows.js';

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
  const stores = {
    actor: 'engine',
    installs: memoryInstalls(rows),
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
    machines: memoryMachines(rows, clock, around.workerKeys),
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

import {
  Graph,
  isOpenPhase,
  textOf,
  type Edge,
  type EventDraft,
  type GraphDeployment,
  type GraphNode,
  type GraphRole,
  type Install,
  type InstallId,
  type NodeId,
  type NodeRole,
  type NodeRoleId,
  type RunId,
} from '#core';
import type { BootSession, NodeView, Run, RunEnd } from '#app';

/** A run as it is kept: what the port shows, and how it ended. */
export interface RunRow {
  readonly run: Run;
  readonly end: RunEnd | null;
}

/** A boot session with what tells a repeated enrolment from a second machine. */
export interface SessionRow {
  readonly session: BootSession;
  readonly digest: Uint8Array | null;
  readonly answers: number;
}

/** A disk that a noderole has on a node. */
export interface ClaimRow {
  readonly nodeRoleId: NodeRoleId;
  readonly diskId: string;
}

/** An address that a node was given on the admin network. */
export interface GivenAddress {
  readonly nodeId: NodeId;
  readonly address: string;
  readonly prefixLength: number;
}

/** An event with its place in the history. */
export interface ToldEvent extends EventDraft {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The rows of an installation in memory: what the fleet has for a database. Every write can be taken back until its
 * transaction ends. It knows no rules; the product's own use cases write here.
 */
export class MemoryRows {
  readonly nodeRoles = new Map<NodeRoleId, NodeRole>();
  readonly nodes = new Map<NodeId, NodeView>();
  readonly roles = new Map<string, GraphRole>();
  readonly deployments = new Map<string, GraphDeployment>();
  readonly edgesUp = new Map<NodeRoleId, readonly Edge[]>();
  readonly edgesDown = new Map<NodeRoleId, readonly Edge[]>();
  readonly runs = new Map<RunId, RunRow>();
  readonly installs = new Map<InstallId, Install>();
  readonly openInstalls = new Map<InstallId, Install>();
  /** Those of the open ones that no longer wait for room. */
  readonly underway = new Map<InstallId, Install>();
  /** The newest install of a node, and the one of a run. */
  readonly installOf = new Map<NodeId, InstallId>();
  readonly installOfRun = new Map<RunId, InstallId>();
  readonly claims = new Map<NodeId, readonly ClaimRow[]>();
  readonly sessions = new Map<string, SessionRow>();
  readonly currentSession = new Map<NodeId, string>();
  readonly addresses = new Map<string, GivenAddress>();
  /** Tokens of a node, each with the boot session that it was made for. */
  readonly tokens = new Map<NodeId, readonly { readonly id: string; readonly session: string }[]>();
  readonly settings = new Map<string, number | string>();
  readonly runLog = new Map<RunId, readonly string[]>();
  readonly nodeByMac = new Map<string, NodeId>();
  /** By the UUID that their inventory tells, in small letters. */
  readonly nodesByUuid = new Map<string, readonly NodeId[]>();
  readonly byNode = new Map<NodeId, readonly NodeRoleId[]>();
  readonly events: ToldEvent[] = [];
  private undo: (() => void)[] = [];

  put<Key, Value>(table: Map<Key, Value>, key: Key, value: Value): void {
    this.remember(table, key);
    table.set(key, value);
  }

  drop<Key, Value>(table: Map<Key, Value>, key: Key): void {
    this.remember(table, key);
    table.delete(key);
  }

  putInstall(install: Install): void {
    const isOpen = isOpenPhase(install.phase);
    this.put(this.installs, install.id, install);
    if (isOpen) this.put(this.openInstalls, install.id, install);
    else this.drop(this.openInstalls, install.id);
    if (isOpen && install.phase !== 'planned') this.put(this.underway, install.id, install);
    else this.drop(this.underway, install.id);
  }

  /** See `InstallStore.open`. They are admitted in the order in which they were made. */
  openInstallsBut(plannedMax: number): Install[] {
    const open = [...this.underway.values()];
    const most = open.length + plannedMax;
    for (const install of this.openInstalls.values()) {
      if (open.length >= most) break;
      if (install.phase === 'planned') open.push(install);
    }
    return open;
  }

  putNode(node: NodeView): void {
    const uuidOf = (of: NodeView | undefined): string | undefined =>
      of && textOf(of.inventory, 'system', 'uuid')?.toLowerCase();
    const [was, is] = [uuidOf(this.nodes.get(node.id)), uuidOf(node)];
    this.put(this.nodes, node.id, node);
    if (was === is) return;
    const others = (uuid: string): NodeId[] => (this.nodesByUuid.get(uuid) ?? []).filter((id) => id !== node.id);
    if (was !== undefined) this.put(this.nodesByUuid, was, others(was));
    if (is !== undefined) this.put(this.nodesByUuid, is, [...others(is), node.id]);
  }

  putEdge(edge: Edge): void {
    const without = (edges: readonly Edge[] = []): Edge[] =>
      edges.filter(({ parentId, childId }) => parentId !== edge.parentId || childId !== edge.childId);
    this.put(this.edgesUp, edge.childId, [...without(this.edgesUp.get(edge.childId)), edge]);
    this.put(this.edgesDown, edge.parentId, [...without(this.edgesDown.get(edge.parentId)), edge]);
  }

  tell(event: EventDraft, at: number): void {
    this.undo.push(() => void this.events.pop());
    this.events.push({ ...event, seq: this.events.length + 1, at });
  }

  /** What was written since the last call stays. */
  keep(): void {
    this.undo = [];
  }

  /** What was written since the last call was never there. */
  takeBack(): void {
    for (const step of this.undo.reverse()) step();
    this.undo = [];
  }

  /** The noderoles with all their descendants, and the direct parents of these; see `GraphStore.slice`. */
  slice(roots: Iterable<NodeRoleId>, nodeIds: readonly NodeId[] = []): Graph {
    const kept = new Set(roots);
    for (const id of kept) for (const { childId } of this.edgesDown.get(id) ?? []) kept.add(childId);
    for (const id of [...kept]) for (const { parentId } of this.edgesUp.get(id) ?? []) kept.add(parentId);
    const nodeRoles = [...kept].flatMap((id) => this.nodeRoles.get(id) ?? []);
    const edges = nodeRoles.flatMap(({ id }) =>
      (this.edgesDown.get(id) ?? []).filter(({ childId }) => kept.has(childId)),
    );
    const nodes = new Set([...nodeIds, ...nodeRoles.map(({ nodeId }) => nodeId)]);
    return new Graph({
      nodeRoles,
      edges,
      nodes: [...nodes].flatMap((id) => this.graphNode(id) ?? []),
      roles: this.roles.values(),
      deployments: this.deployments.values(),
    });
  }

  whole(): Graph {
    return this.slice(this.nodeRoles.keys(), [...this.nodes.keys()]);
  }

  addNodeRole(nodeRole: NodeRole): void {
    this.put(this.nodeRoles, nodeRole.id, nodeRole);
    this.put(this.byNode, nodeRole.nodeId, [...(this.byNode.get(nodeRole.nodeId) ?? []), nodeRole.id]);
  }

  nodeRolesOn(nodeIds: readonly NodeId[]): NodeRoleId[] {
    return nodeIds.flatMap((id) => this.byNode.get(id) ?? []);
  }

  private graphNode(id: NodeId): GraphNode | null {
    const node = this.nodes.get(id);
    if (!node) return null;
    const { name, alive, available, system, frozen } = node;
    const session = this.sessions.get(this.currentSession.get(id) ?? '')?.session;
    return { id, name, alive, available, system, frozen, onDisk: session?.system !== 'memory' };
  }

  private remember<Key, Value>(table: Map<Key, Value>, key: Key): void {
    const before = table.get(key);
    const had = table.has(key);
    this.undo.push(() => void (had ? table.set(key, before as Value) : table.delete(key)));
  }
}

import { BrokenInvariant } from '../base/invariant.js';
import { isRefusal, refuse, type Refusal } from '../base/refusal.js';
import type { DeploymentId, NodeId, NodeRoleId, RoleId } from '../base/ids.js';
import {
  CANDIDATES_MAX,
  type AttribLink,
  type BindingPlan,
  type ParentChoice,
  type PlannedEdge,
  type PlannedNodeRole,
} from './binding-plan.js';
import { DEPLOYMENT_DEPTH_MAX, type BindNode, type BindView, type BoundNodeRole } from './bind-view.js';
import { clashOf, type Clash } from './clash.js';
import { COHORT_MAX, descendantsOf, longestPaths } from './cohort.js';
import { findPath } from './cycles.js';
import { standsFor, type BindRole, type RoleCatalog } from './role-catalog.js';

/**
 * Binds a role to a node in a deployment: works out which noderoles must be made and whose children they are, as one plan
 * that a store carries out in one transaction. A binding is refused whole or planned whole.
 *
 * A parent is looked for, in this order: the role on the same node, in any deployment; a role on the same node that
 * provides it; and, unless it is implicit, the role, then a provider, in the deployment, then in the deployment above, up
 * to the root. What is found nowhere is bound along, on the same node (a service role: on the node that stands in for the
 * deployment, if there is one). Among several instances the one on the node with the lowest name is taken, whatever their
 * states: the same wish gives the same graph whenever it is uttered. The others are kept as candidates.
 *
 * All instances of a cluster role in the deployment where one was found are parents, and an instance that joins later
 * becomes a parent of its peers' children. Binding changes no state: where such a child is committed, the edge is
 * pending until the new instance is committed too.
 *
 * `library` roles are bound like others; the flag is a mark for people.
 */

/** How many edges one binding may make; more belongs in several deployments (a cluster of 50 with 1,000 children fits). */
export const EDGES_PER_BINDING_MAX = 50_000;

export interface BindRequest {
  readonly roleId: RoleId;
  readonly nodeId: NodeId;
  readonly deploymentId: DeploymentId;
}

/**
 * What must be written to bind a role. A role that is on the node already, in whatever deployment, is the answer itself:
 * a role is bound to a node once. `newId` gives a fresh id for each noderole to be made.
 */
export const planBinding = (
  catalog: RoleCatalog,
  view: BindView,
  request: BindRequest,
  newId: () => NodeRoleId,
): BindingPlan | Refusal => {
  const missing = missingPart(catalog, view, request);
  if (missing) return missing;
  const bound = view.onNode(request.nodeId).find((nodeRole) => nodeRole.roleId === request.roleId);
  if (bound) return { ...NOTHING, nodeRoleId: bound.id };

  // Each turn may find that a role bound along would better have been one that provides it, and is taken again with that.
  const standIns = new Map<RoleId, RoleId>();
  for (;;) {
    const binding = new Binding(catalog, view, request, newId, standIns);
    const plan = binding.plan();
    const better = binding.betterStandIn;
    if (!isRefusal(plan) || !better || standIns.has(better.insteadOf)) return plan;
    standIns.set(better.insteadOf, better.roleId);
  }
};

const NOTHING: Omit<BindingPlan, 'nodeRoleId'> = {
  existing: true,
  nodeRoles: [],
  edges: [],
  links: [],
  deploymentRoles: [],
  cohorts: new Map(),
  unmet: new Map(),
  events: [],
};

const missingPart = (catalog: RoleCatalog, view: BindView, request: BindRequest): Refusal | null => {
  if (!catalog.find(request.roleId))
    return refuse('not-found', `there is no role ${request.roleId}: import the barclamp that brings it.`);
  if (!view.findNode(request.nodeId)) return refuse('not-found', `there is no node ${request.nodeId}.`);
  if (!view.findDeployment(request.deploymentId))
    return refuse('not-found', `there is no deployment ${request.deploymentId}.`);
  if (view.ancestry(request.deploymentId).length > DEPLOYMENT_DEPTH_MAX)
    return refuse(
      'too-large',
      `deployment ${view.deployment(request.deploymentId).name} stands more than ${DEPLOYMENT_DEPTH_MAX} levels deep: move it higher.`,
    );
  return null;
};

interface FoundParents {
  readonly chosen: BoundNodeRole;
  readonly why: ParentChoice;
  readonly candidates: readonly BoundNodeRole[];
}

/** One binding in the making. Thrown away when it ends in a refusal. */
class Binding {
  /** A role bound along that would do better as this one, found on the way to a refusal. */
  betterStandIn: { insteadOf: RoleId; roleId: RoleId } | null = null;
  private readonly created = new Map<NodeRoleId, BoundNodeRole>();
  private readonly createdOn = new Map<NodeId, BoundNodeRole[]>();
  /** Those whose parents are still being looked for. */
  private readonly open = new Set<NodeRoleId>();
  private readonly edges = new Map<string, PlannedEdge>();
  private readonly createdDown = new Map<NodeRoleId, NodeRoleId[]>();
  private readonly links: AttribLink[] = [];
  private readonly ancestry: readonly DeploymentId[];

  constructor(
    private readonly catalog: RoleCatalog,
    private readonly view: BindView,
    private readonly request: BindRequest,
    private readonly newId: () => NodeRoleId,
    private readonly standIns: ReadonlyMap<RoleId, RoleId>,
  ) {
    this.ancestry = view.ancestry(request.deploymentId);
  }

  plan(): BindingPlan | Refusal {
    const root = this.catalog.role(this.request.roleId);
    const gap = this.catalog.gapBelow(root.id);
    if (gap) return this.refuseGap(gap);
    const asked = this.bind(root, this.view.node(this.request.nodeId), []);
    if (isRefusal(asked)) return asked;
    for (const nodeRole of this.created.values()) {
      this.inheritChildren(nodeRole);
      this.orderOnNode(nodeRole);
      this.orderInDeployment(nodeRole);
    }
    if (this.edges.size > EDGES_PER_BINDING_MAX)
      return this.no(
        'too-large',
        [root.name],
        `it would make ${this.edges.size} edges, more than ${EDGES_PER_BINDING_MAX}: bind the cluster in several deployments.`,
      );
    const cohorts = this.cohorts();
    return isRefusal(cohorts) ? cohorts : this.write(asked, cohorts);
  }

  /** The noderole of `role` on `node`, made with all that it needs unless it is there. `neededBy` are names, from the one asked for. */
  private bind(role: BindRole, node: BindNode, neededBy: readonly string[]): BoundNodeRole | Refusal {
    const path = [...neededBy, role.name];
    const there = this.onNode(node.id).find((nodeRole) => nodeRole.roleId === role.id);
    if (there) return this.open.has(there.id) ? this.refuseCircle(path.slice(path.indexOf(role.name))) : there;
    if (path.length > COHORT_MAX)
      return this.no(
        'too-large',
        path.slice(0, 3),
        `the chain of what it needs is longer than ${COHORT_MAX} roles: shorten it.`,
      );
    const refusal = this.refusePlace(role, node, path);
    if (refusal) return refusal;

    const { deploymentId } = this.request;
    const nodeRole: BoundNodeRole = {
      id: this.newId(),
      roleId: role.id,
      nodeId: node.id,
      deploymentId,
      state: 'proposed',
      cohort: 0,
      unmet: 0,
    };
    this.created.set(nodeRole.id, nodeRole);
    listed(this.createdOn, node.id).push(nodeRole);
    this.open.add(nodeRole.id);
    for (const needed of this.catalog.parentsOf(role.id)) {
      const found = this.findParents(needed, node, path);
      if (isRefusal(found)) return found;
      this.joinParents(nodeRole, role, needed, found);
    }
    this.open.delete(nodeRole.id);
    return nodeRole;
  }

  private findParents(needed: BindRole, node: BindNode, path: readonly string[]): FoundParents | Refusal {
    const onNode = this.onNode(node.id);
    const same = onNode.filter((nodeRole) => nodeRole.roleId === needed.id);
    const providing = onNode.filter((nodeRole) => this.catalog.role(nodeRole.roleId).provides.includes(needed.name));
    const near = same.length > 0 ? same : providing;
    const circle = near.find((nodeRole) => this.open.has(nodeRole.id));
    if (circle) {
      const { name } = this.catalog.role(circle.roleId);
      return this.refuseCircle([...path.slice(path.indexOf(name)), name]);
    }
    const [first] = near;
    if (first) return { chosen: first, why: same.length > 0 ? 'same-node' : 'provider-on-node', candidates: near };
    return this.findInDeployments(needed) ?? this.bindAlong(needed, node, path);
  }

  /** An implicit role is never taken from another node. */
  private findInDeployments(needed: BindRole): FoundParents | null {
    if (needed.flags.has('implicit')) return null;
    for (const deploymentId of this.ancestry) {
      const same = this.instances(needed.id, deploymentId);
      const candidates = same.length > 0 ? same : this.providersIn(needed, deploymentId);
      const [chosen] = candidates;
      if (!chosen) continue;
      const here = deploymentId === this.request.deploymentId;
      const why = !here ? 'ancestor-deployment' : same.length > 0 ? 'deployment' : 'provider-in-deployment';
      return { chosen, why, candidates };
    }
    return null;
  }

  private bindAlong(needed: BindRole, node: BindNode, path: readonly string[]): FoundParents | Refusal {
    const role = this.catalog.role(this.standIns.get(needed.id) ?? needed.id);
    const elsewhere = role.flags.has('service') && !needed.flags.has('implicit');
    const phantom = elsewhere ? this.view.phantomOf(this.request.deploymentId) : undefined;
    const made = this.bind(role, phantom ?? node, path);
    return isRefusal(made) ? made : { chosen: made, why: 'created', candidates: [made] };
  }

  private joinParents(child: BoundNodeRole, childRole: BindRole, needed: BindRole, found: FoundParents): void {
    const attribs = childRole.wants.flatMap(({ attrib, owner }) =>
      owner.kind === 'role' && owner.roleId === needed.id ? [attrib] : [],
    );
    const candidates = found.candidates.slice(0, CANDIDATES_MAX).map(({ id }) => id);
    for (const parent of [found.chosen, ...this.peersOf(found.chosen)]) {
      const why = parent === found.chosen ? found.why : 'cluster-peer';
      this.join({
        parentId: parent.id,
        childId: child.id,
        soft: false,
        pending: false,
        why,
        neededRoleId: needed.id,
        candidates,
      });
      for (const attrib of attribs) this.links.push({ parentId: parent.id, childId: child.id, attrib });
    }
  }

  /** The other instances of a cluster role in its deployment. An implicit role stands for its own node only. */
  private peersOf(nodeRole: BoundNodeRole): BoundNodeRole[] {
    const { flags } = this.catalog.role(nodeRole.roleId);
    if (!flags.has('cluster') || flags.has('implicit')) return [];
    return this.instances(nodeRole.roleId, nodeRole.deploymentId).filter((peer) => peer.id !== nodeRole.id);
  }

  /** A new instance of a cluster role becomes a parent of its peers' children. */
  private inheritChildren(nodeRole: BoundNodeRole): void {
    const role = this.catalog.role(nodeRole.roleId);
    for (const peer of this.peersOf(nodeRole)) {
      for (const { childId, soft } of this.view.edgesDown(peer.id)) {
        if (soft || childId === nodeRole.id || this.edges.has(edgeKey(nodeRole.id, childId))) continue;
        const child = this.view.nodeRole(childId);
        const pending = child.state !== 'proposed';
        this.join({
          parentId: nodeRole.id,
          childId,
          soft: false,
          pending,
          why: 'cluster-peer',
          neededRoleId: role.id,
          candidates: [nodeRole.id],
        });
        for (const { attrib, owner } of this.catalog.role(child.roleId).wants)
          if (owner.kind === 'role' && standsFor(role, this.catalog.role(owner.roleId).name))
            this.links.push({ parentId: nodeRole.id, childId, attrib });
      }
    }
  }

  /** Soft edges between a new noderole and its neighbours on the node. */
  private orderOnNode(nodeRole: BoundNodeRole): void {
    const role = this.catalog.role(nodeRole.roleId);
    for (const other of this.onNode(nodeRole.nodeId)) {
      if (other.id === nodeRole.id) continue;
      const otherRole = this.catalog.role(other.roleId);
      if (role.precedes.some((name) => standsFor(otherRole, name))) this.joinSoft(nodeRole, other);
      if (otherRole.precedes.some((name) => standsFor(role, name))) this.joinSoft(other, nodeRole);
    }
  }

  /** The same for those that finish a deployment, wherever in it both are. */
  private orderInDeployment(nodeRole: BoundNodeRole): void {
    const role = this.catalog.role(nodeRole.roleId);
    for (const last of this.catalog.finishingAfter(role))
      for (const other of this.instances(last.id, nodeRole.deploymentId)) this.joinSoft(nodeRole, other);
    for (const first of this.catalog.finishedBy(role))
      for (const other of this.instances(first.id, nodeRole.deploymentId)) this.joinSoft(other, nodeRole);
  }

  private joinSoft(parent: BoundNodeRole, child: BoundNodeRole): void {
    const pending = child.state !== 'proposed';
    this.join({
      parentId: parent.id,
      childId: child.id,
      soft: true,
      pending,
      why: 'precedes',
      neededRoleId: null,
      candidates: [parent.id],
    });
  }

  /** A pair is joined once; the first reason stands, and a hard edge is never made soft. */
  private join(edge: PlannedEdge): void {
    const key = edgeKey(edge.parentId, edge.childId);
    if (this.edges.has(key)) return;
    this.edges.set(key, edge);
    listed(this.createdDown, edge.parentId).push(edge.childId);
  }

  /**
   * New cohorts, of what is made and of what stands below it; a refusal when the edges close a circle. Every new circle
   * goes through an edge from something made to something that was there, so that nothing else need be looked at.
   */
  private cohorts(): Map<NodeRoleId, number> | Refusal {
    const touched = descendantsOf(this.created.keys(), (id) => this.childrenOf(id));
    const floors = new Map<NodeRoleId, number>();
    for (const { parentId, childId } of this.edges.values())
      if (!touched.has(parentId))
        floors.set(childId, Math.max(floors.get(childId) ?? 0, this.view.nodeRole(parentId).cohort + 1));
    const cohorts = longestPaths(
      touched,
      (id) => this.childrenOf(id),
      (id) => (this.created.has(id) ? (floors.get(id) ?? 0) : this.view.nodeRole(id).cohort),
    );
    if (!cohorts) return this.refuseClosedCircle();
    for (const [id, cohort] of cohorts)
      if (cohort > COHORT_MAX)
        return this.no(
          'too-large',
          [this.catalog.role(this.request.roleId).name],
          `${this.nameOf(id)} would stand ${cohort} steps from the root, more than ${COHORT_MAX}: shorten the chain.`,
        );
    return cohorts;
  }

  private write(asked: BoundNodeRole, cohorts: ReadonlyMap<NodeRoleId, number>): BindingPlan {
    const unmet = new Map<NodeRoleId, number>();
    for (const { parentId, childId, pending } of this.edges.values()) {
      if (pending || this.find(parentId).state === 'active') continue;
      unmet.set(childId, (unmet.get(childId) ?? this.find(childId).unmet) + 1);
    }
    const nodeRoles = [...this.created.values()]
      .map((made): PlannedNodeRole => ({
        ...made,
        state: 'proposed',
        cohort: cohorts.get(made.id) ?? 0,
        unmet: unmet.get(made.id) ?? 0,
      }))
      .sort(
        (a, b) => a.cohort - b.cohort || (this.catalog.role(a.roleId).name < this.catalog.role(b.roleId).name ? -1 : 1),
      );
    const wasThere = ([id]: readonly [NodeRoleId, number]): boolean => !this.created.has(id);
    const grew = ([id, cohort]: readonly [NodeRoleId, number]): boolean => cohort !== this.find(id).cohort;
    return {
      nodeRoleId: asked.id,
      existing: false,
      nodeRoles,
      edges: [...this.edges.values()],
      links: this.links,
      deploymentRoles: nodeRoles.map(({ deploymentId, roleId }) => ({ deploymentId, roleId })).filter(isFirst),
      cohorts: new Map([...cohorts].filter(wasThere).filter(grew)),
      unmet: new Map([...unmet].filter(wasThere)),
      events: nodeRoles.map(({ id, nodeId, deploymentId }) => ({
        kind: 'node_role.proposed',
        nodeRoleId: id,
        nodeId,
        deploymentId,
        data: { from: null, by: id === asked.id ? 'bind' : 'requirement' },
      })),
    };
  }

  /** Why `role` may not be put on `node`, whatever it needs; null when it may. */
  private refusePlace(role: BindRole, node: BindNode, path: readonly string[]): Refusal | null {
    if (role.flags.has('abstract')) {
      const providers = this.catalog.providersOf(role.name).map(({ name }) => name);
      const advice =
        providers.length > 0
          ? `bind one of ${providers.join(', ')} ${path.length > 1 ? 'first' : 'instead'}`
          : 'import a role that provides it';
      return this.no('abstract-role', path, `${role.name} is abstract, a name for what others provide: ${advice}.`, {
        providers,
      });
    }
    if (!role.jigActive)
      return this.no(
        'jig-inactive',
        path,
        `${role.name} is carried out by the jig ${role.jig}, which is not active: activate the jig first.`,
        { jig: role.jig },
      );
    for (const other of this.onNode(node.id)) {
      const clash = clashOf(role, this.catalog.role(other.roleId));
      if (clash) return this.refuseClash(role, clash, other, path);
    }
    return null;
  }

  private refuseClash(role: BindRole, clash: Clash, bound: BoundNodeRole, path: readonly string[]): Refusal {
    const other = this.catalog.role(bound.roleId);
    const node = this.view.node(bound.nodeId).name;
    const made = this.created.has(bound.id);
    const impliedHere = made && bound.roleId !== this.request.roleId && !this.open.has(bound.id);
    if (impliedHere && role.provides.includes(other.name))
      this.betterStandIn = { insteadOf: other.id, roleId: role.id };
    const place = made
      ? `${path[0]} needs both on ${node}: change what the roles need.`
      : `${other.name} is bound to ${node} in deployment ${this.view.deployment(bound.deploymentId).name}: unbind it there, or choose another node.`;
    return this.no(clash.code, path, `${clash.says}, and ${place}`, {
      node,
      other: { id: bound.id, role: other.name },
    });
  }

  private refuseGap(gap: readonly string[]): Refusal {
    const missing = gap.at(-1) as string;
    return this.no(
      'unresolved-requirement',
      gap,
      `nobody has brought ${missing} yet: import the barclamp that declares it.`,
      { missing },
    );
  }

  private refuseCircle(circle: readonly string[]): Refusal {
    return this.no(
      'cycle',
      [this.catalog.role(this.request.roleId).name],
      `the roles wait for each other in a circle: ${circle.join(' → ')}. Take one of these requirements out.`,
      { path: circle },
    );
  }

  /**
   * Names the shortest circle that a new edge closes, from its child down to its parent and back; of several the first by
   * name, so that the answer does not hang on the order in which the parts were read.
   */
  private refuseClosedCircle(): Refusal {
    const circles: string[][] = [];
    for (const { parentId, childId } of this.edges.values()) {
      const way = findPath(childId, parentId, (id) => this.childrenByName(id));
      if (way) circles.push([parentId, ...way].map((id) => this.nameOf(id)).reverse());
    }
    const [shortest] = circles.sort((a, b) => a.length - b.length || (a.join() < b.join() ? -1 : 1));
    if (shortest) return this.refuseCircle(shortest);
    throw new BrokenInvariant(`binding role ${this.request.roleId} closes a circle that none of its edges is part of`);
  }

  private childrenByName(id: NodeRoleId): NodeRoleId[] {
    return [...this.childrenOf(id)].sort((a, b) => (this.nameOf(a) < this.nameOf(b) ? -1 : 1));
  }

  /** `path` leads from the role asked for to the one the sentence is about. */
  private no(
    code: Refusal['code'],
    path: readonly string[],
    sentence: string,
    fields: Record<string, unknown> = {},
  ): Refusal {
    const [asked, ...needed] = path;
    const via = needed.length > 0 ? `it needs ${needed.join(', which needs ')}, and ` : '';
    const node = this.view.node(this.request.nodeId).name;
    return refuse(code, `cannot bind ${asked} to ${node}: ${via}${sentence}`, { needs: path, ...fields });
  }

  private onNode(id: NodeId): BoundNodeRole[] {
    return [...this.view.onNode(id), ...(this.createdOn.get(id) ?? [])];
  }

  /** Instances that may be parents: those whose own parents are known. By name of node, then id. */
  private instances(roleId: RoleId, deploymentId: DeploymentId): BoundNodeRole[] {
    const found = this.view.instances(roleId, deploymentId);
    if (deploymentId !== this.request.deploymentId) return found;
    const made = [...this.created.values()].filter(
      (nodeRole) => nodeRole.roleId === roleId && !this.open.has(nodeRole.id),
    );
    return made.length > 0 ? [...found, ...made].sort((a, b) => this.view.compare(a, b)) : found;
  }

  private providersIn(needed: BindRole, deploymentId: DeploymentId): BoundNodeRole[] {
    return this.catalog
      .providersOf(needed.name)
      .flatMap((provider) => this.instances(provider.id, deploymentId))
      .sort((a, b) => this.view.compare(a, b));
  }

  private childrenOf(id: NodeRoleId): NodeRoleId[] {
    return [...this.view.edgesDown(id).map((edge) => edge.childId), ...(this.createdDown.get(id) ?? [])];
  }

  private find(id: NodeRoleId): BoundNodeRole {
    return this.created.get(id) ?? this.view.nodeRole(id);
  }

  private nameOf(id: NodeRoleId): string {
    const { roleId, nodeId } = this.find(id);
    return `${this.catalog.role(roleId).name} on ${this.view.node(nodeId).name}`;
  }
}

const edgeKey = (parentId: NodeRoleId, childId: NodeRoleId): string => `${parentId} ${childId}`;

const isFirst = (
  one: { deploymentId: DeploymentId; roleId: RoleId },
  at: number,
  all: readonly { deploymentId: DeploymentId; roleId: RoleId }[],
): boolean => all.findIndex((other) => other.deploymentId === one.deploymentId && other.roleId === one.roleId) === at;

const listed = <Key, Value>(map: Map<Key, Value[]>, key: Key): Value[] => {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
};

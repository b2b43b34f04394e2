import {
  Graph,
  GraphDraft,
  isRefusal,
  proposeDeployment,
  sameJson,
  type BindRequest,
  type JsonObject,
  type NodeRoleId,
  type Refusal,
} from '#core';
import { bindWithin } from '../bind/bind-within.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed } from '../named.js';
import type { CurrentData, SnapshotContent } from '../ports/commit-store.js';
import type { DeploymentView } from '../ports/deployment-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { snapshotNamed } from './read-snapshots.js';

export interface ProposeSnapshotResult {
  readonly deployment: DeploymentView;
  /** `role@node` of what was bound again. */
  readonly bound: readonly string[];
  /** Deployment roles and noderoles whose data is another one now, proposed. */
  readonly edited: readonly string[];
  /** What the snapshot had and cannot be had again: its role or its node is gone. */
  readonly missing: readonly string[];
  /** What is there now and was not then; it stays until somebody unbinds it. */
  readonly extra: readonly string[];
}

/** Proposes what an earlier commit wished for; committing it makes it so. */
export class ProposeSnapshot {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'vetoes'>) {}

  execute(
    actor: Actor,
    input: { readonly deployment: string; readonly snapshot: string },
  ): Promise<ProposeSnapshotResult | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.changeShape();
      const deployment = await deploymentNamed(tx, input.deployment, { lock: true });
      if (isRefusal(deployment)) return deployment;
      const snapshot = await snapshotNamed(tx, deployment, input.snapshot);
      if (isRefusal(snapshot)) return snapshot;
      if (!deployment.system) await open(tx, deployment);

      const { requests, missing } = await this.absent(
        tx,
        deployment,
        snapshot.content,
        await tx.commits.current(deployment.id),
      );
      const bound = await bindWithin(tx, this.parts, requests);
      if (isRefusal(bound)) return bound;
      const now = await tx.commits.current(deployment.id);
      const edited = await propose(tx, now, snapshot.content);
      tx.tell({
        kind: 'deployment.snapshot_proposed',
        deploymentId: deployment.id,
        data: { snapshot: snapshot.number },
      });
      const wanted = (role: string, node: string): boolean =>
        Object.hasOwn(snapshot.content.node_roles[role] ?? {}, node);
      const made = new Set(bound.created.map(({ name }) => name));
      return {
        deployment: (await tx.deployments.find(deployment.id)) as DeploymentView,
        bound: [...made].sort(),
        edited,
        missing,
        extra: now.nodeRoles
          .filter(({ role, node }) => !wanted(role, node))
          .map(({ role, node }) => `${role}@${node}`)
          .filter((name) => !made.has(name))
          .sort(),
      };
    });
  }

  /** What the snapshot has and the deployment does not. */
  private async absent(
    tx: Transaction,
    deployment: DeploymentView,
    content: SnapshotContent,
    now: CurrentData,
  ): Promise<{ requests: BindRequest[]; missing: string[] }> {
    const there = new Set(now.nodeRoles.map(({ role, node }) => `${role}@${node}`));
    const wanted = Object.entries(content.node_roles).flatMap(([role, nodes]) =>
      Object.keys(nodes).map((node) => ({ role, node })),
    );
    const absent = wanted.filter(({ role, node }) => !there.has(`${role}@${node}`));
    const nodes = await tx.nodes.idsOf(absent.map(({ node }) => node));
    const roles = new Map(
      (await tx.catalog.facts()).roles.filter(({ retired }) => !retired).map(({ name, id }) => [name, id]),
    );
    const requests: BindRequest[] = [];
    const missing: string[] = [];
    for (const { role, node } of absent) {
      const [roleId, nodeId] = [roles.get(role), nodes.get(node)];
      if (roleId && nodeId) requests.push({ roleId, nodeId, deploymentId: deployment.id });
      else missing.push(`${role}@${node}`);
    }
    return { requests, missing: missing.sort() };
  }
}

const open = async (tx: Transaction, { id, name, parentId, system, wish, priority }: DeploymentView): Promise<void> => {
  const graph = new Graph({
    nodeRoles: [],
    edges: [],
    nodes: [],
    roles: [],
    deployments: [{ id, name, parentId, system, state: wish, priority }],
  });
  const draft = new GraphDraft(graph);
  proposeDeployment(draft, id);
  await tx.graph.save(graph, draft.decision());
};

/** Proposes the data of the snapshot wherever it differs from what is committed, and says where the proposal changed. */
const propose = async (tx: Transaction, now: CurrentData, content: SnapshotContent): Promise<string[]> => {
  const edited: string[] = [];
  for (const { id, role, committedData, proposedData } of now.deploymentRoles) {
    const data = content.deployment_roles[role];
    const wish = data === undefined ? proposedData : proposal(data, committedData);
    if (sameOrNull(wish, proposedData)) continue;
    await tx.deploymentRoles.putData(id, { proposedData: wish });
    edited.push(role);
  }
  const changes = new Map<NodeRoleId, JsonObject | null>();
  for (const { id, role, node, committedData, proposedData } of now.nodeRoles) {
    const data = content.node_roles[role]?.[node];
    const wish = data === undefined ? proposedData : proposal(data, committedData);
    if (sameOrNull(wish, proposedData)) continue;
    changes.set(id, wish);
    edited.push(`${role}@${node}`);
  }
  await tx.commits.proposeData(changes);
  return edited.sort();
};

const proposal = (data: JsonObject, committed: JsonObject): JsonObject | null =>
  sameJson(data, committed) ? null : data;

const sameOrNull = (a: JsonObject | null, b: JsonObject | null): boolean =>
  a === null || b === null ? a === b : sameJson(a, b);

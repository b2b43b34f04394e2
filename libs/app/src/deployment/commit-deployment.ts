import {
  commitDeployment,
  GraphDraft,
  isRefusal,
  planWaves,
  refuse,
  type ChangedNodeRoles,
  type DeploymentId,
  type Graph,
  type NodeId,
  type NodeRoleId,
  type Refusal,
  type RolloutId,
} from '#core';
import { makeMissing } from '../attrib/make-missing.js';
import { freezeSystems } from '../install/freeze-systems.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, missing } from '../named.js';
import type { SnapshotView } from '../ports/commit-store.js';
import type { DeploymentView } from '../ports/deployment-store.js';
import type { RolloutView } from '../ports/rollout-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { askVetoes } from '../veto/ask-vetoes.js';
import { changesOf } from './edits.js';
import { keptBack } from './kept-back.js';
import { refuseCommitOptions, type RolloutOptions } from './commit-options.js';

export interface CommitDeploymentInput {
  readonly deployment: string;
  readonly version?: number;
  /** Kept with the snapshot. */
  readonly note?: string;
  /** Lets the work go in waves of nodes. */
  readonly rollout?: RolloutOptions;
  /** Nodes whose noderoles are committed and kept back until somebody lets them go. */
  readonly held?: readonly string[];
}

export interface CommitDeploymentResult {
  readonly deployment: DeploymentView;
  readonly snapshot: SnapshotView;
  readonly rollout: RolloutView | null;
  /** How many noderoles became committed, and how many run again because an input changed. */
  readonly committed: number;
  readonly rerun: number;
  /** Destructive noderoles whose input changed; they are left alone until somebody retries them. */
  readonly notRerun: readonly NodeRoleId[];
}

/** Makes a deployment the wish of the system: one transaction, whatever its size. */
export class CommitDeployment {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'vetoes' | 'sealed'>) {}

  execute(actor: Actor, input: CommitDeploymentInput): Promise<CommitDeploymentResult | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const wrong = refuseCommitOptions(input);
      if (wrong) return wrong;
      await tx.bindings.keepShape();
      const deployment = await deploymentNamed(tx, input.deployment, { lock: true });
      if (isRefusal(deployment)) return deployment;
      const stale = refuseStale(`deployment ${deployment.name}`, deployment, input.version);
      if (stale) return stale;
      const open = await tx.rollouts.openOf(deployment.id);
      if (open)
        return refuse(
          'wrong-state',
          `a rollout of ${deployment.name} is under way (wave ${open.wave} of ${open.waves}): wait for its end, or stop it first.`,
          { rollout: open.id },
        );
      const heldNodes = await tx.nodes.idsOf(input.held ?? []);
      const unknown = (input.held ?? []).find((key) => !heldNodes.has(key));
      if (unknown !== undefined) return missing('node', unknown, 'only nodes that exist can be held back');
      const graph = await tx.graph.slice({ deploymentIds: [deployment.id] });
      const changes = await changesOf(tx, graph, deployment.id);
      return this.commit(tx, input, deployment, { graph, changes, heldNodes: new Set(heldNodes.values()) });
    });
  }

  private async commit(
    tx: Transaction,
    input: CommitDeploymentInput,
    deployment: DeploymentView,
    facts: { readonly graph: Graph; readonly changes: ChangedNodeRoles; readonly heldNodes: ReadonlySet<NodeId> },
  ): Promise<CommitDeploymentResult | Refusal> {
    const { graph, changes, heldNodes } = facts;
    const proposed = [...graph.nodeRoles.values()]
      .filter((nodeRole) => nodeRole.deploymentId === deployment.id && nodeRole.state === 'proposed')
      .map(({ id }) => id);
    const zones = input.rollout ? await tx.groups.zones(input.rollout.zone) : new Map<NodeId, string>();

    const draft = new GraphDraft(graph);
    const waves = input.rollout
      ? planWaves(graph, deployment.id, {
          size: input.rollout.waveSize,
          changed: changes.changed,
          zones,
          apart: input.rollout.zone !== undefined,
        })
      : [];
    const held = new Set([...waves.slice(1).flat(), ...keptBack(graph, deployment.id, changes.changed, heldNodes)]);
    const refusal =
      commitDeployment(draft, deployment.id, { changed: changes.changed, held }) ??
      askVetoes(this.parts.vetoes, { kind: 'commit', graph, nodeRoleIds: proposed, deploymentId: deployment.id });
    if (refusal) return refusal;
    const decision = draft.decision();

    await tx.graph.save(graph, decision);
    await tx.commits.commitAllData(deployment.id);
    const unmade =
      (await freezeSystems(tx, graph, proposed, waitingIn(graph, deployment.id))) ??
      (await makeMissing(tx, this.parts.sealed, { deploymentId: deployment.id }));
    if (unmade) return unmade;
    const snapshot = await tx.commits.takeSnapshot(this.parts.ids.next(), deployment.id, input.note ?? '');
    const rollout =
      input.rollout && waves.length > 1
        ? await this.beginRollout(tx, deployment.id, snapshot, waves, input.rollout)
        : null;
    const rerun = [...decision.changes.nodeRoles.values()].filter(({ dirty }) => dirty === true).length;
    return {
      deployment: (await tx.deployments.find(deployment.id)) as DeploymentView,
      snapshot,
      rollout,
      committed: proposed.length,
      rerun,
      notRerun: changes.notRerun,
    };
  }

  private async beginRollout(
    tx: Transaction,
    deploymentId: DeploymentId,
    snapshot: SnapshotView,
    waves: readonly (readonly NodeRoleId[])[],
    options: RolloutOptions,
  ): Promise<RolloutView> {
    const id = this.parts.ids.next<RolloutId>();
    await tx.rollouts.insert({
      id,
      deploymentId,
      snapshotId: snapshot.id,
      waveSize: options.waveSize,
      pauseMs: options.pauseMs ?? 0,
      stopFailedPercent: options.stopFailedPercent ?? null,
      waves,
    });
    tx.tell({
      kind: 'rollout.begun',
      deploymentId,
      data: { rollout: id, snapshot: snapshot.number, waves: waves.length },
    });
    return (await tx.rollouts.find(id)) as RolloutView;
  }
}

/** Noderoles that were committed before and have yet to do what they were committed for. */
const waitingIn = (graph: Graph, deploymentId: DeploymentId): NodeRoleId[] =>
  [...graph.nodeRoles.values()]
    .filter(({ deploymentId: of, state }) => of === deploymentId && ['todo', 'blocked', 'error'].includes(state))
    .map(({ id }) => id);

import {
  addedClusters,
  FAILURE_ZONE_CATEGORIES,
  isRefusal,
  previewCommit,
  spreadSentence,
  unevenSpread,
  type DeploymentId,
  type Graph,
  type NodeRoleId,
  type NodeRoleState,
  type Refusal,
} from '#core';
import { previewMissing, type ToBeMade } from '../attrib/make-missing.js';
import { refuseMissingSystems, wantedSystems } from '../install/freeze-systems.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed } from '../named.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { readSetting } from '../setting/settings.js';
import { changesOf } from './edits.js';
import { keptBack } from './kept-back.js';
import { refuseCommitOptions, type RolloutOptions } from './commit-options.js';

export interface PreviewedNodeRole {
  readonly id: NodeRoleId;
  /** `role@node` */
  readonly name: string;
  readonly state: NodeRoleState;
}

/** More of a cluster in one failure zone than has to be: nothing is kept from happening, somebody should know. */
export interface SpreadWarned {
  readonly role: string;
  /** Of the groups that are the zones. */
  readonly category: string;
  readonly zone: string;
  /** Names of the nodes that are in it. */
  readonly nodes: readonly string[];
  /** All of it in one sentence. */
  readonly says: string;
}

export interface PreviewCommitInput {
  readonly deployment: string;
  readonly rollout?: RolloutOptions;
  readonly held?: readonly string[];
  /** Of a wish that somebody still works at: a system that cannot be had is refused when it comes to a commit. */
  readonly unfinished?: boolean;
}

/** What a commit would do, and did not do. */
export interface CommitPreview {
  readonly deployment: string;
  /** Proposed noderoles that become committed. */
  readonly added: readonly PreviewedNodeRole[];
  /** Those that run again, with the names of the attributes that differ. */
  readonly rerun: readonly (PreviewedNodeRole & { readonly because: readonly string[] })[];
  /** Destructive ones whose input differs and that are left alone. */
  readonly notRerun: readonly (PreviewedNodeRole & { readonly because: readonly string[] })[];
  /** Those that become blocked, here or in other deployments, and run again later. */
  readonly blocked: readonly PreviewedNodeRole[];
  /** Those that wait since the deployment was opened for editing, and go on. */
  readonly resumed: readonly PreviewedNodeRole[];
  /** What destroys something when it runs. */
  readonly destructive: readonly PreviewedNodeRole[];
  /** What runs, cohort after cohort. */
  readonly order: readonly (readonly PreviewedNodeRole[])[];
  readonly waves: readonly (readonly PreviewedNodeRole[])[];
  /** What cannot run as things stand. */
  readonly waiting: readonly PreviewedNodeRole[];
  /** Secrets that nobody has given: they are made, and kept for the whole deployment. */
  readonly made: readonly ToBeMade[];
  readonly warnings: readonly SpreadWarned[];
  readonly estimate: { readonly ms: number | null; readonly runs: number; readonly withoutPast: number };
}

/** Says what a commit with the same options would do. Writes and locks nothing. */
export class PreviewCommit {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'clock'>) {}

  execute(input: PreviewCommitInput): Promise<CommitPreview | Refusal> {
    const wrong = refuseCommitOptions(input);
    if (wrong) return Promise.resolve(wrong);
    return this.parts.unitOfWork.read((tx) => this.within(tx, input));
  }

  private async within(tx: Transaction, input: PreviewCommitInput): Promise<CommitPreview | Refusal> {
    const deployment = await deploymentNamed(tx, input.deployment);
    if (isRefusal(deployment)) return deployment;
    const heldNodes = new Set((await tx.nodes.idsOf(input.held ?? [])).values());
    const graph = await tx.graph.picture({ deploymentIds: [deployment.id] });
    const changes = await changesOf(tx, graph, deployment.id);
    const { rollout } = input;
    const preview = previewCommit(graph, deployment.id, {
      changes,
      ...(rollout
        ? {
            rollout: {
              size: rollout.waveSize,
              pauseMs: rollout.pauseMs ?? 0,
              zones: await tx.groups.zones(rollout.zone),
              apart: rollout.zone !== undefined,
            },
          }
        : {}),
      held: keptBack(graph, deployment.id, changes.changed, heldNodes),
      durations: await tx.commits.durations([...graph.roles.keys()]),
      cap: await readSetting(tx, 'runs_at_once_max'),
      now: this.parts.clock.now(),
    });
    if (isRefusal(preview)) return preview;
    const systems = input.unfinished ? new Map() : await wantedSystems(tx, graph, preview.added, 'all');
    const missing = await refuseMissingSystems(tx, graph, systems);
    if (missing) return missing;

    const show = (ids: readonly NodeRoleId[]): PreviewedNodeRole[] => ids.map((id) => shown(graph, id));
    const because = (ids: readonly NodeRoleId[]) =>
      ids.map((id) => ({ ...shown(graph, id), because: changes.because.get(id) ?? [] }));
    return {
      deployment: deployment.name,
      added: show(preview.added),
      rerun: because(preview.rerun),
      notRerun: because(preview.notRerun),
      blocked: show(preview.blocked),
      resumed: show(preview.resumed),
      destructive: show(preview.destructive),
      order: preview.order.map(show),
      waves: preview.waves.map(show),
      waiting: show(preview.waiting),
      made: await previewMissing(tx, deployment.id),
      warnings: await warningsOf(tx, graph, deployment.id, preview.added),
      estimate: preview.estimate,
    };
  }
}

const warningsOf = async (
  tx: Transaction,
  graph: Graph,
  deploymentId: DeploymentId,
  added: readonly NodeRoleId[],
): Promise<SpreadWarned[]> => {
  const clusters = addedClusters(graph, deploymentId, added);
  if (clusters.size === 0) return [];
  const zones = await tx.groups.failureZones([...new Set([...clusters.values()].flat())], FAILURE_ZONE_CATEGORIES);
  return unevenSpread(graph, clusters, zones).map((warning) => {
    const role = graph.role(warning.role).name;
    const nodes = warning.nodes.map((id) => graph.node(id).name);
    const { category, zone } = warning;
    return { role, category, zone, nodes, says: spreadSentence(warning, role, nodes) };
  });
};

const shown = (graph: Graph, id: NodeRoleId): PreviewedNodeRole => {
  const { roleId, nodeId, state } = graph.nodeRole(id);
  return { id, name: `${graph.role(roleId).name}@${graph.node(nodeId).name}`, state };
};

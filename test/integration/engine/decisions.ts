import type { SliceRoots } from '#app';
import {
  commitDeployment,
  commitNodeRole,
  markChanged,
  proposeDeployment,
  proposeNodeRole,
  recallDeployment,
  redeployNode,
  retryNodeRole,
  setAlive,
  setAvailable,
  type Graph,
  type GraphDraft,
  type NodeId,
  type NodeRole,
  type NodeRoleId,
  type Refusal,
} from '#core';
import type { Step } from '../../scenario/history.js';

/** Something that can be decided about: it shows the graph as it is, and carries one decision out. */
export interface Decider {
  readonly graph: Graph;
  decide(step: string, roots: SliceRoots, rule: (draft: GraphDraft) => Refusal | null): Promise<unknown>;
}

type Act = (decider: Decider, step: Step) => Promise<unknown>;

export const oneOf = <Item>(items: readonly Item[], number: number): Item | undefined =>
  items[number % Math.max(1, items.length)];
/** About half of the items; which ones depends on the number. */
export const someOf = <Item>(items: readonly Item[], number: number): Item[] =>
  items.filter((_, index) => (number >> (index % 8)) % 2 === 0);
export const nodeRolesOf = ({ graph }: Decider): NodeRole[] => [...graph.nodeRoles.values()];

/** What operators and machines do to a graph, with weights. Whatever is refused is simply refused. */
export const DECISIONS: readonly (readonly [weight: number, act: Act])[] = [
  [
    8,
    (decider, { which, how }) =>
      onNode(decider, which, 'a node dies or returns', (draft, id) => setAlive(draft, id, how % 3 !== 0, 'told so')),
  ],
  [
    4,
    (decider, { which, how }) =>
      onNode(decider, which, 'availability', (draft, id) => setAvailable(draft, id, how % 4 !== 0)),
  ],
  [2, (decider, { which }) => onNode(decider, which, 'redeploy', redeployNode)],
  [
    6,
    (decider, { which, how }) =>
      onNodeRole(decider, which, 'retry', (draft, id) => retryNodeRole(draft, id, { destroyAgain: how % 4 === 0 })),
  ],
  [3, (decider, { which }) => onNodeRole(decider, which, 'propose', proposeNodeRole)],
  [3, (decider, { which }) => onNodeRole(decider, which, 'commit', commitNodeRole)],
  [
    9,
    (decider, { which }) =>
      onNodeRole(decider, which, 'an input changes', (draft, id) => {
        markChanged(draft, id);
        return null;
      }),
  ],
  [
    3,
    (decider, { which, how }) =>
      onNodeRole(decider, which, 'a switch', (draft, id) => {
        const { nodeId, deploymentId } = draft.patchNodeRole(
          id,
          how % 2 ? { held: how % 4 === 1 } : { available: how % 8 !== 0 },
        );
        draft.tell({ kind: 'node_role.switched', nodeRoleId: id, nodeId, deploymentId });
        return null;
      }),
  ],
  [
    8,
    async (decider, { which, how }) => {
      const id = oneOf([...decider.graph.deployments.keys()], which);
      const changed = new Set(someOf(nodeRolesOf(decider), how).map((nodeRole) => nodeRole.id));
      const held = new Set(how % 3 === 0 ? someOf(nodeRolesOf(decider), which).map((nodeRole) => nodeRole.id) : []);
      if (id)
        await decider.decide('a commit', { deploymentIds: [id], nodeRoleIds: [...changed] }, (draft) =>
          commitDeployment(draft, id, { changed, held }),
        );
    },
  ],
  [
    3,
    async (decider, { which, how }) => {
      const id = oneOf([...decider.graph.deployments.keys()], which);
      if (id)
        await decider.decide('a recall', { deploymentIds: [id] }, (draft) =>
          (how % 2 ? proposeDeployment : recallDeployment)(draft, id),
        );
    },
  ],
];

const onNode = async (
  decider: Decider,
  which: number,
  step: string,
  rule: (draft: GraphDraft, id: NodeId) => Refusal | null,
): Promise<void> => {
  const id = oneOf([...decider.graph.nodes.keys()], which);
  if (id) await decider.decide(step, { nodeIds: [id] }, (draft) => rule(draft, id));
};

const onNodeRole = async (
  decider: Decider,
  which: number,
  step: string,
  rule: (draft: GraphDraft, id: NodeRoleId) => Refusal | null,
): Promise<void> => {
  const nodeRole = oneOf(nodeRolesOf(decider), which);
  if (nodeRole) await decider.decide(step, { nodeRoleIds: [nodeRole.id] }, (draft) => rule(draft, nodeRole.id));
};

/** Chooses by weight. */
export const drawAct = <Chosen>(acts: readonly (readonly [weight: number, act: Chosen])[], verb: number): Chosen => {
  let roll = (verb * acts.reduce((sum, [weight]) => sum + weight, 0)) / 1_000;
  for (const [weight, act] of acts) {
    roll -= weight;
    if (roll < 0) return act;
  }
  return (acts[0] as readonly [number, Chosen])[1];
};

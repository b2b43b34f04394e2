import type { Deployment } from '../api/types';

export interface Leaf {
  readonly deployment: Deployment;
  readonly depth: number;
}

/** Deployments in the order of their tree: each below its parent, those of one parent by name. */
export const treeOf = (deployments: readonly Deployment[]): readonly Leaf[] => {
  const known = new Set(deployments.map(({ id }) => id));
  const below = (parent: string | null, depth: number): Leaf[] =>
    deployments
      .filter(({ parent_id: id }) => (id !== null && known.has(id) ? id : null) === parent)
      .sort((a, b) => a.name.localeCompare(b.name))
      .flatMap((deployment) => [{ deployment, depth }, ...below(deployment.id, depth + 1)]);
  return below(null, 0);
};

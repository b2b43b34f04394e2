import type { Act } from '../act/act';
import type { Node } from '../api/types';
import type { Proposed } from '../node-roles/proposed';
import { commit, propose, setAvailable } from './acts';

/** What is known of a node when it is decided whether there is something to do with it. */
export type BulkNode = Pick<Node, 'id' | 'name' | 'version' | 'available' | 'system'>;

/** One thing that is done with many nodes, and with which of them there is nothing to do. */
export interface Bulk {
  readonly label: string;
  readonly act: (node: BulkNode) => Act;
  /** Why a node is skipped; null when it is not. */
  readonly skip: (node: BulkNode, proposed: Proposed) => string | null;
  /** It begins what is proposed, which is shown before. */
  readonly commits?: boolean;
}

const STANDS_IN = 'stands in for a deployment';

export const BULKS: readonly Bulk[] = [
  {
    label: 'Commit',
    act: commit,
    // The state of a node does not tell: one in error may have something proposed as well.
    skip: ({ id }, { nodeRoles }) => (nodeRoles.some((each) => each.node_id === id) ? null : 'has nothing proposed'),
    commits: true,
  },
  { label: 'Propose', act: propose, skip: ({ system }) => (system ? STANDS_IN : null) },
  {
    label: 'Hold',
    act: (node) => setAvailable(node, false),
    skip: ({ available, system }) => (system ? STANDS_IN : available ? null : 'is held already'),
  },
  {
    label: 'Let work',
    act: (node) => setAvailable(node, true),
    skip: ({ available }) => (available ? 'may be worked on already' : null),
  },
];

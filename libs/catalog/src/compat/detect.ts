/**
 * Tells Anneal's form from the original's by shape: the original puts the barclamp's identity into a `barclamp:` block,
 * ours has `name:` at the top. A file with both would mean two things, and is refused.
 */
import type { ProblemList } from '../problem.js';
import type { MapTree } from '../yaml/tree.js';

export function detectFormat(tree: MapTree, problems: ProblemList): 'anneal' | 'crowbar' | undefined {
  const block = tree.entries.get('barclamp');
  const name = tree.entries.get('name');
  if (block && name) {
    const message = 'the file has both "name:" at the top and a "barclamp:" block';
    problems.error(
      block.keyAt,
      'mixed-shape',
      message,
      'keep "name:" for Anneal\'s form, or the block for the original\'s',
    );
    return undefined;
  }
  return block ? 'crowbar' : 'anneal';
}

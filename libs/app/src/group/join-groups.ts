import { refuse, type NodeId, type Refusal } from '#core';
import type { IdSource } from '../ports/id-source.js';
import type { GroupId } from '../ports/model-ids.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** Groups of one node; racks, classes and tags of a machine are a handful. */
const GROUPS_PER_NODE_MAX = 100;

const CATEGORY = /^[a-z][-a-z0-9]{0,30}$/;
const NAME = /^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$/;

/** What is wrong with a group's category and name, if anything. */
export const refuseGroupName = (category: string, name: string): Refusal | null => {
  if (!CATEGORY.test(category))
    return refuse(
      'invalid',
      `"${category.slice(0, 40)}" cannot be a category: use a word in lower case such as rack, zone, class or tag.`,
      { field: 'category' },
    );
  if (!NAME.test(name))
    return refuse(
      'invalid',
      `"${name.slice(0, 80)}" cannot be the name of a group: use letters, digits, dots, hyphens and underscores.`,
      { field: 'name' },
    );
  return null;
};

/** Puts a node into groups, `category/name`, which are made when missing; with `exactly` it leaves all others. */
export const joinGroups = async (
  tx: Transaction,
  ids: IdSource,
  nodeId: NodeId,
  keys: readonly string[],
  options: { readonly exactly?: boolean } = {},
): Promise<Refusal | null> => {
  if (keys.length > GROUPS_PER_NODE_MAX)
    return refuse('invalid', `a node is in at most ${GROUPS_PER_NODE_MAX} groups.`, { field: 'groups' });
  const joined: GroupId[] = [];
  for (const key of new Set(keys)) {
    const [category, name, ...rest] = key.split('/');
    if (!category || !name || rest.length > 0)
      return refuse('invalid', `"${key.slice(0, 80)}" names no group: write category/name, such as rack/r1.`, {
        field: 'groups',
      });
    const refusal = refuseGroupName(category, name);
    if (refusal) return refusal;
    const id = ids.next<GroupId>();
    const isNew = await tx.groups.insertMissing({ id, category, name, description: '' });
    const groupId = isNew ? id : (await tx.groups.find(key))?.id;
    if (!groupId) continue;
    await tx.groups.join(groupId, [nodeId]);
    joined.push(groupId);
  }
  if (options.exactly) await tx.groups.keepOnly(nodeId, joined);
  return null;
};

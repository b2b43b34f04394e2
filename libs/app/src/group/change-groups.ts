import { isRefusal, refuse, type NodeId, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { missing, nodeNamed } from '../named.js';
import { DESCRIPTION_LENGTH_MAX } from '../node/check-fields.js';
import type { GroupView } from '../ports/group-store.js';
import type { GroupId } from '../ports/model-ids.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { refuseGroupName } from './join-groups.js';

type Parts = Pick<ModelParts, 'unitOfWork' | 'ids'>;

const groupNamed = async (
  tx: Transaction,
  key: string,
  options?: { readonly lock?: boolean },
): Promise<GroupView | Refusal> =>
  (key.includes('\0') ? null : await tx.groups.find(key, options)) ??
  missing('group', key, 'give its id, or category/name');

const refuseDescription = (description: string | undefined): Refusal | null =>
  description === undefined || description.length <= DESCRIPTION_LENGTH_MAX
    ? null
    : refuse(
        'invalid',
        `the description has ${description.length} characters: use at most ${DESCRIPTION_LENGTH_MAX}.`,
        { field: 'description' },
      );

export class ShowGroup {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: {
    readonly group: string;
  }): Promise<(GroupView & { readonly members: readonly { readonly id: NodeId; readonly name: string }[] }) | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const group = await groupNamed(tx, input.group);
      return isRefusal(group) ? group : { ...group, members: await tx.groups.members(group.id) };
    });
  }
}

export class ListGroups {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(query: ListQuery): Promise<Page<GroupView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.groups.list(query));
  }
}

export class CreateGroup {
  constructor(private readonly parts: Parts) {}

  execute(
    actor: Actor,
    input: { readonly name: string; readonly category?: string; readonly description?: string },
  ): Promise<GroupView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const { name, category = 'ui', description } = input;
      const wrong = refuseGroupName(category, name) ?? refuseDescription(description);
      if (wrong) return wrong;
      const id = this.parts.ids.next<GroupId>();
      if (!(await tx.groups.insertMissing({ id, category, name, description: description ?? '' })))
        return refuse('already-exists', `there is a group ${category}/${name} already.`, { field: 'name' });
      tx.tell({ kind: 'group.created', data: { group: `${category}/${name}` } });
      return (await tx.groups.find(id)) as GroupView;
    });
  }
}

export class UpdateGroup {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly group: string; readonly version?: number; readonly name?: string; readonly description?: string },
  ): Promise<GroupView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const group = await groupNamed(tx, input.group, { lock: true });
      if (isRefusal(group)) return group;
      const { name, description } = input;
      const wrong =
        refuseStale(`group ${group.name}`, group, input.version) ??
        (name === undefined ? null : refuseGroupName(group.category, name)) ??
        refuseDescription(description);
      if (wrong) return wrong;
      if (name !== undefined && name !== group.name && (await tx.groups.find(`${group.category}/${name}`)))
        return refuse('already-exists', `there is a group ${group.category}/${name} already.`, { field: 'name' });
      await tx.groups.update(group.id, {
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
      });
      tx.tell({ kind: 'group.changed', data: { group: `${group.category}/${name ?? group.name}` } });
      return (await tx.groups.find(group.id)) as GroupView;
    });
  }
}

export class DeleteGroup {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly group: string; readonly version?: number },
  ): Promise<{ readonly deleted: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const group = await groupNamed(tx, input.group, { lock: true });
      if (isRefusal(group)) return group;
      const stale = refuseStale(`group ${group.name}`, group, input.version);
      if (stale) return stale;
      await tx.groups.delete(group.id);
      const deleted = `${group.category}/${group.name}`;
      tx.tell({ kind: 'group.deleted', data: { group: deleted } });
      return { deleted };
    });
  }
}

/** Puts a node into a group, or takes it out. Doing it twice is doing it once. */
export class ChangeMembership {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly group: string; readonly node: string; readonly member: boolean },
  ): Promise<GroupView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const group = await groupNamed(tx, input.group, { lock: true });
      if (isRefusal(group)) return group;
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      if (input.member) await tx.groups.join(group.id, [node.id]);
      else await tx.groups.leave(group.id, [node.id]);
      tx.tell({
        kind: input.member ? 'group.joined' : 'group.left',
        nodeId: node.id,
        data: { group: `${group.category}/${group.name}` },
      });
      return (await tx.groups.find(group.id)) as GroupView;
    });
  }
}

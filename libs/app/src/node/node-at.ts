import { isRefusal, nodeAt, type NodeThen, type Refusal } from '#core';
import { nodeNamed } from '../named.js';
import type { History } from '../ports/history.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Noderoles that a node has at the most. */
const NODE_ROLES_MAX = 1_000;

/** What a node was at a moment of the past. */
export class NodeAt {
  constructor(private readonly parts: { readonly unitOfWork: UnitOfWork; readonly history: History }) {}

  async execute(input: { readonly node: string; readonly at: Date }): Promise<NodeThen | Refusal> {
    const now = await this.parts.unitOfWork.read(async (tx) => {
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const page = await tx.nodeRoles.list({ limit: NODE_ROLES_MAX }, { nodeId: node.id });
      return isRefusal(page) ? page : { node, nodeRoles: page.items };
    });
    if (isRefusal(now)) return now;
    const { node, nodeRoles } = now;
    const events = await this.parts.history.around(node.id, input.at);
    return nodeAt(
      {
        createdAt: node.createdAt.getTime(),
        alive: node.alive,
        available: node.available,
        nodeRoles: nodeRoles.map(({ id, name, state, createdAt }) => ({
          id,
          name,
          state,
          createdAt: createdAt.getTime(),
        })),
      },
      events.map((event) => ({ ...event, at: event.at.getTime() })),
      input.at.getTime(),
    );
  }
}

import type { Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import type { NodeView } from '../ports/node-store.js';
import type { ListQuery, Page } from '../ports/page.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

export class ShowNode {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly node: string }): Promise<NodeView | Refusal> {
    return this.parts.unitOfWork.read((tx) => nodeNamed(tx, input.node));
  }
}

export class ListNodes {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<NodeView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.nodes.list(query));
  }
}

import type { Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { barclampNamed } from '../named.js';
import type { BarclampView } from '../ports/barclamp-store.js';
import type { ListQuery, Page } from '../ports/page.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

export class ShowBarclamp {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly barclamp: string }): Promise<BarclampView | Refusal> {
    return this.parts.unitOfWork.read((tx) => barclampNamed(tx, input.barclamp));
  }
}

export class ListBarclamps {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<BarclampView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.barclamps.list(query));
  }
}

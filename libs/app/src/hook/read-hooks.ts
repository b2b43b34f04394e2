import type { Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { HookView } from '../ports/hook-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import { noHook } from './change-hooks.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

export class ShowHook {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly hook: string }): Promise<HookView | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => (await tx.hooks.find(input.hook)) ?? noHook(input.hook));
  }
}

export class ListHooks {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<HookView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.hooks.list(query));
  }
}

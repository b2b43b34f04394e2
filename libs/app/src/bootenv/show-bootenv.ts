import { isRefusal, type Refusal } from '#core';
import { lookUp } from '../named.js';
import type { ModelParts } from '../model-parts.js';
import type { BootenvView } from '../ports/bootenv-store.js';
import { bootenvDocument } from './document.js';

/** A boot environment, with why it cannot be used; `errors` is empty when it can. */
export class ShowBootenv {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: { readonly key: string }): Promise<(BootenvView & { readonly errors: readonly string[] }) | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const bootenv = await lookUp(
        input.key,
        (k) => tx.bootenvs.find(k),
        'boot environment',
        'see `anneal bootenvs list`',
      );
      if (isRefusal(bootenv)) return bootenv;
      const templates = new Map((await tx.templates.all()).map((template) => [template.name, template]));
      return { ...bootenv, errors: bootenvDocument(bootenv, templates).errors };
    });
  }
}

import type { Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { missing } from '../named.js';
import type { AttribView } from '../ports/attrib-store.js';
import type { ListQuery, Page } from '../ports/page.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

/** The declaration of an attribute; its values belong to nodes, roles, deployment roles and noderoles. */
export class ShowAttrib {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly attrib: string }): Promise<AttribView | Refusal> {
    return this.parts.unitOfWork.read(
      async (tx) =>
        (await tx.attribs.find(input.attrib)) ??
        missing('attribute', input.attrib, 'use the name of one that a barclamp declares'),
    );
  }
}

export class ListAttribs {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<AttribView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.attribs.list(query));
  }
}

import type { Guideline, Refusal } from '#core';
import type { GuidelineView } from '../ports/guideline-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { noGuideline } from './import-guideline.js';
import { parsed } from './parsed-guidelines.js';

interface Parts {
  readonly unitOfWork: UnitOfWork;
}

export class ListGuidelines {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<GuidelineView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.guidelines.list(query));
  }
}

export class ShowGuideline {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly guideline: string }): Promise<GuidelineView | Refusal> {
    return this.parts.unitOfWork.read(
      async (tx) => (await tx.guidelines.find(input.guideline)) ?? noGuideline(input.guideline),
    );
  }
}

/** The file, byte for byte as it came. */
export class ReadRawGuideline {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly guideline: string }): Promise<string | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const guideline = await tx.guidelines.find(input.guideline);
      return guideline ? tx.guidelines.raw(guideline.id) : noGuideline(input.guideline);
    });
  }
}

/** What is in it: capabilities of its programs with their tests. */
export class ReadGuideline {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly guideline: string }): Promise<{ view: GuidelineView; guideline: Guideline } | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const view = await tx.guidelines.find(input.guideline);
      return view ? { view, guideline: await parsed(tx, view) } : noGuideline(input.guideline);
    });
  }
}

import type { Refusal } from '#core';
import { missing } from '../named.js';
import type { InstallView } from '../ports/install-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

interface Parts {
  readonly unitOfWork: UnitOfWork;
}

export class ListInstalls {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<InstallView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.installs.list(query));
  }
}

export class ShowInstall {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly install: string }): Promise<InstallView | Refusal> {
    return this.parts.unitOfWork.read(
      async (tx) =>
        (await tx.installs.find(input.install)) ??
        missing('install', input.install, 'use the id of one that `anneal installs list` shows'),
    );
  }
}

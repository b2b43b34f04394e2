import { isRefusal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { roleNamed } from '../named.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { RoleView } from '../ports/role-store.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

export class ShowRole {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly role: string }): Promise<RoleView | Refusal> {
    return this.parts.unitOfWork.read((tx) => roleNamed(tx, input.role));
  }
}

export class ListRoles {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<RoleView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.roles.list(query));
  }
}

/** The scripts and playbooks of a role, with their contents. */
export class ReadRoleFiles {
  constructor(private readonly parts: Parts) {}

  execute(input: {
    readonly role: string;
  }): Promise<readonly { readonly path: string; readonly content: string }[] | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const role = await roleNamed(tx, input.role);
      return isRefusal(role) ? role : tx.roles.files(role.id);
    });
  }
}

import { idOf, refuse, type Refusal } from '#core';
import type { AccessRole, PersonRole, Principal, TokenId, TokenView, UserId } from '../ports/access-store.js';
import type { IdSource } from '../ports/id-source.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { Secrets } from '../ports/secrets.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { noUser } from './change-users.js';

/**
 * Tokens, by which automation speaks. People make and revoke their own, never with more rights than they have;
 * administrators see all, and make the tokens of nodes.
 */

export interface NewToken {
  readonly name: string;
  /** The caller's own role when absent. */
  readonly role?: PersonRole | undefined;
  readonly expiresInS?: number | undefined;
  /** Name of the user it shall belong to. */
  readonly user?: string | undefined;
  /** Id or name of the node that it shall speak for. */
  readonly node?: string | undefined;
}

export interface MadeToken extends TokenView {
  /** Shown once. */
  readonly secret: string;
}

const RANK: Record<AccessRole, number> = { node: 0, viewer: 1, operator: 2, admin: 3 };

/** Whose tokens a principal may see; null for all. A token that belongs to nobody sees none but through its role. */
const realm = (principal: Principal): UserId | null =>
  principal.role === 'admin' ? null : (principal.userId ?? NOBODY);
const NOBODY = idOf<UserId>('00000000-0000-0000-0000-000000000000');

export class ListTokens {
  constructor(private readonly unitOfWork: UnitOfWork) {}
  execute(principal: Principal, query: ListQuery): Promise<Page<TokenView> | Refusal> {
    return this.unitOfWork.read((tx) => tx.access.tokens(query, realm(principal)));
  }
}

export class ShowToken {
  constructor(private readonly unitOfWork: UnitOfWork) {}
  execute(principal: Principal, key: string): Promise<TokenView | Refusal> {
    return this.unitOfWork.read(async (tx) => (await tx.access.token(key, realm(principal))) ?? noToken(key));
  }
}

export class CreateToken {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdSource,
    private readonly secrets: Secrets,
  ) {}

  execute(principal: Principal, input: NewToken): Promise<MadeToken | Refusal> {
    return this.unitOfWork.write(principal.actor, async (tx) => {
      const forOthers = input.user !== undefined || input.node !== undefined;
      if (forOthers && principal.role !== 'admin')
        return refuse('forbidden', 'only an administrator may make tokens for others.');
      if (input.node !== undefined && (input.user !== undefined || input.role !== undefined))
        return refuse(
          'invalid',
          'a token of a node belongs to no user and has no other role: leave "user" and "role" out.',
          { field: 'node' },
        );
      const owner = input.user === undefined ? null : await tx.access.user(input.user);
      if (input.user !== undefined && !owner) return noUser(input.user);
      const node = input.node === undefined ? null : await tx.nodes.find(input.node);
      if (input.node !== undefined && !node)
        return refuse('not-found', `there is no node "${input.node}".`, { key: input.node });
      const role: AccessRole = node ? 'node' : (input.role ?? owner?.role ?? principal.role);
      const bound = RANK[owner?.role ?? principal.role];
      if (RANK[role] > bound)
        return refuse('forbidden', `a token cannot be ${role} when its owner is ${owner?.role ?? principal.role}.`, {
          field: 'role',
        });
      const { secret, hash, prefix } = this.secrets.make();
      const id = this.ids.next<TokenId>();
      await tx.access.insertToken({
        id,
        name: input.name,
        hash,
        prefix,
        role,
        userId: node ? null : (owner?.id ?? principal.userId),
        nodeId: node?.id ?? null,
        runId: null,
        expiresInS: input.expiresInS ?? null,
      });
      return { ...(await tx.access.token(id, null))!, secret };
    });
  }
}

export class RevokeToken {
  constructor(private readonly unitOfWork: UnitOfWork) {}
  execute(principal: Principal, key: string): Promise<void | Refusal> {
    return this.unitOfWork.write(principal.actor, async (tx) => {
      const token = await tx.access.token(key, realm(principal));
      if (!token) return noToken(key);
      await tx.access.deleteToken(token.id);
    });
  }
}

const noToken = (key: string): Refusal =>
  refuse('not-found', `there is no token "${key}" of yours, or several have that name: use its id.`, { key });

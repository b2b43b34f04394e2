import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call';
import { sentenceOf } from '../../api/problem';
import { reading } from '../../api/query';
import type { Deployment, Role } from '../../api/types';

/** What would come of letting nodes go on a role, before they are: asked of the server, which writes nothing. */

/** Something that would come along, and for whose sake. */
export interface Ghost {
  /** `role@node`. */
  readonly name: string;
  readonly because: string;
}

export interface Foresight {
  readonly ghosts: readonly Ghost[];
  /** Why it cannot be. */
  readonly refusal: string | null;
  readonly isPending: boolean;
}

const NOTHING: Foresight = { ghosts: [], refusal: null, isPending: false };

export const useForesight = (
  deployment: Pick<Deployment, 'id'>,
  roles: readonly Role[],
  wanted: { readonly role: string; readonly nodes: readonly string[] } | null,
): Foresight => {
  const bind = wanted?.nodes.map((node) => ({ role: wanted.role, node })) ?? [];
  const preview = useQuery({
    ...reading(
      call('post', '/api/v2/deployments/{key}/wish/preview', { path: { key: deployment.id }, body: { bind } }),
    ),
    queryKey: ['deployments', deployment.id, 'foresight', wanted?.role ?? '', wanted?.nodes.join(' ') ?? ''],
    enabled: wanted !== null && bind.length > 0,
    retry: false,
  });
  if (wanted === null || bind.length === 0) return NOTHING;
  if (preview.isError) return { ghosts: [], refusal: sentenceOf(preview.error), isPending: false };
  if (!preview.data) return { ...NOTHING, isPending: true };
  const asked = new Set(bind.map(({ role, node }) => `${role}@${node}`));
  return { ghosts: ghostsOf(preview.data.bound, asked, roles), refusal: null, isPending: false };
};

/** What of all that was or would be bound nobody asked for, each with the roles that need it. */
export const ghostsOf = (bound: readonly string[], asked: ReadonlySet<string>, roles: readonly Role[]): Ghost[] => {
  const there = new Set(bound.map(roleOf));
  return bound
    .filter((name) => !asked.has(name))
    .map((name) => ({ name, because: becauseOf(roleOf(name), there, roles) }));
};

/** Who needs a role, among those that are there; in words. */
export const becauseOf = (role: string, there: ReadonlySet<string>, roles: readonly Role[]): string => {
  const own = roles.find(({ name }) => name === role);
  const names = new Set([role, ...(own?.provides ?? [])]);
  const needing = roles.filter(
    (each) => each.name !== role && there.has(each.name) && each.requires.some(({ name }) => names.has(name)),
  );
  return needing.length > 0 ? `${needing.map(({ name }) => name).join(', ')} needs it` : 'it comes with the node';
};

const roleOf = (name: string): string => name.split('@')[0] ?? name;

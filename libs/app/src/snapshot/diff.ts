import { isSealed, sameJson, type Json, type JsonObject } from '#core';
import type { SnapshotContent } from '../ports/commit-store.js';
import { HIDDEN } from '../attrib/hide-secrets.js';

/** One value that differs, by its path (`a/b/c`) in the data. Absent where there is none on that side. */
export interface ValueChange {
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

export interface ChangedData {
  readonly name: string;
  readonly values: readonly ValueChange[];
}

/** What differs between two commits. Noderoles are named `role@node`. */
export interface SnapshotDiff {
  readonly deploymentRoles: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly ChangedData[];
  };
  readonly nodeRoles: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly ChangedData[];
  };
}

/** Compares two snapshots. `secrets` are the paths of secret attributes by role: that they differ is shown, and not how. */
export const diffSnapshots = (
  before: SnapshotContent,
  after: SnapshotContent,
  secrets: ReadonlyMap<string, readonly string[]>,
): SnapshotDiff => ({
  deploymentRoles: diffTables(
    new Map(Object.entries(before.deployment_roles)),
    new Map(Object.entries(after.deployment_roles)),
    (role) => secrets.get(role) ?? [],
  ),
  nodeRoles: diffTables(flat(before), flat(after), (name) => secrets.get(name.slice(0, name.indexOf('@'))) ?? []),
});

const flat = (content: SnapshotContent): Map<string, JsonObject> =>
  new Map(
    Object.entries(content.node_roles).flatMap(([role, nodes]) =>
      Object.entries(nodes).map(([node, data]) => [`${role}@${node}`, data] as const),
    ),
  );

const diffTables = (
  before: ReadonlyMap<string, JsonObject>,
  after: ReadonlyMap<string, JsonObject>,
  secretsOf: (name: string) => readonly string[],
): SnapshotDiff['nodeRoles'] => {
  const changed: ChangedData[] = [];
  for (const [name, data] of after) {
    const was = before.get(name);
    if (was && !sameJson(was, data))
      changed.push({ name, values: diffValues(was, data, '').map((change) => hide(change, secretsOf(name))) });
  }
  return {
    added: [...after.keys()].filter((name) => !before.has(name)).sort(),
    removed: [...before.keys()].filter((name) => !after.has(name)).sort(),
    changed: changed.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
};

const diffValues = (before: JsonObject, after: JsonObject, prefix: string): ValueChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((key): ValueChange[] => {
    const [was, is] = [own(before, key), own(after, key)];
    const path = prefix === '' ? key : `${prefix}/${key}`;
    if (sameJson(was, is)) return [];
    if (isMap(was) && isMap(is)) return diffValues(was, is, path);
    return [{ path, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
  });

const own = (data: JsonObject, key: string): Json | undefined => (Object.hasOwn(data, key) ? data[key] : undefined);

/** A sealed value is one value: what it looks like inside is nobody's business. */
const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isSealed(value);

/** A difference at, in or around a secret is shown without its values. */
const hide = (change: ValueChange, secrets: readonly string[]): ValueChange => {
  const near = secrets.some(
    (secret) => change.path === secret || change.path.startsWith(`${secret}/`) || secret.startsWith(`${change.path}/`),
  );
  if (!near) return change;
  return {
    path: change.path,
    ...('before' in change ? { before: HIDDEN } : {}),
    ...('after' in change ? { after: HIDDEN } : {}),
  };
};

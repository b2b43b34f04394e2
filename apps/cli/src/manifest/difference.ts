import { isDeepStrictEqual } from 'node:util';
import { EXIT, Stop } from '../exit.js';
import type { Json, Live, LiveNodeRole } from './live.js';
import type { Manifest } from './manifest.js';

/** How a secret is shown, whoever says it: what the server has cannot be compared. */
const HIDDEN_VALUE = '(hidden)';

/** One value that is to become another. */
export interface ValueChange {
  /** `role@deployment`, `role@node`, or the name of a node. */
  readonly of: string;
  /** Path of the value, with dots. */
  readonly attrib: string;
  /** Undefined: there is none. */
  readonly before: unknown;
  /** Null takes the value away. */
  readonly after: unknown;
}

/** What has to be done for a deployment to be what its manifest says. Nothing where it is so. */
export interface Difference {
  readonly create: boolean;
  readonly as: { readonly parent?: string; readonly description?: string; readonly priority?: number };
  /** Nodes that become members, and the deployment that they leave. */
  readonly move: readonly { readonly node: string; readonly from: string }[];
  readonly bind: readonly { readonly role: string; readonly node: string }[];
  readonly unbind: readonly string[];
  readonly roles: readonly { readonly role: string; readonly data: Json }[];
  readonly nodeRoles: readonly { readonly nodeRole: string; readonly data: Json }[];
  /** These count at once, the others with the commit. */
  readonly nodes: readonly { readonly node: string; readonly attrib: string; readonly value: unknown }[];
  /** The values of the three above, one by one, to be shown. */
  readonly changes: readonly ValueChange[];
  /** It is open for editing, and a commit closes it. */
  readonly open: boolean;
}

/** Compares. Refuses a role that is bound to its node in another deployment: there can be only one. */
export const differenceOf = (manifest: Manifest, live: Live): Difference => {
  const { deployment } = live;
  const bound = new Map(live.nodeRoles.map((nodeRole) => [nodeRole.name, nodeRole]));
  const wanted = manifest.nodes.flatMap((node) =>
    node.roles.map((role) => ({ role: role.name, node: node.name.toLowerCase(), data: role.data })),
  );
  const move = manifest.nodes.flatMap(({ name, member }) => {
    const from = live.homes.get(name);
    // One that is not there is moved as well: the server then says so.
    return member && from !== manifest.name ? [{ node: name.toLowerCase(), from: from ?? '' }] : [];
  });
  const moving = new Set(move.map(({ node }) => node));
  const isElsewhere = ({ deployment: home }: LiveNodeRole): boolean => home !== manifest.name;
  const elsewhere = wanted
    .flatMap(({ role, node }) => bound.get(`${role}@${node}`) ?? [])
    .filter((nodeRole) => isElsewhere(nodeRole) && !(moving.has(nodeRole.node) && follows(nodeRole)));
  if (elsewhere.length > 0) {
    const names = elsewhere.map((nodeRole) => `${nodeRole.name} in ${nodeRole.deployment}`);
    throw new Stop(
      EXIT.conflict,
      `Already bound elsewhere: ${names.join(', ')}.`,
      'Unbind it there, or leave it out here: a role is on a node only once.',
    );
  }

  const changes: ValueChange[] = [];
  const note = noteIn(changes, live.secrets);
  const roles = manifest.roles.flatMap(({ name, data }) => {
    const patch = patchOf(live.roleData.get(name) ?? {}, data, note(`${name}@${manifest.name}`));
    return patch ? [{ role: name, data: patch }] : [];
  });
  const nodeRoles = wanted.flatMap(({ role, node, data }) => {
    const name = `${role}@${node}`;
    const patch = patchOf(live.nodeRoleData.get(name) ?? {}, data, note(name));
    return patch ? [{ nodeRole: name, data: patch }] : [];
  });
  const nodes = manifest.nodes.flatMap(({ name, attribs }) =>
    Object.entries(attribs).flatMap(([attrib, value]) => {
      const before = live.nodeAttribs.get(name)?.get(attrib);
      if (isDeepStrictEqual(before, value) || (value === null && before === undefined)) return [];
      changes.push({ of: name, attrib, before, after: value });
      return [{ node: name, attrib, value }];
    }),
  );
  return {
    create: deployment === null,
    as: changedFields(manifest, live),
    move,
    bind: wanted.filter(({ role, node }) => !bound.has(`${role}@${node}`)).map(({ role, node }) => ({ role, node })),
    unbind: live.superfluous,
    roles,
    nodeRoles,
    nodes,
    changes,
    open: deployment?.wish !== 'committed',
  };
};

/** Whether it goes along when its node moves: what was committed, or has run, stays where it is. */
const follows = ({ state, run_count }: LiveNodeRole): boolean => state === 'proposed' && run_count === 0;

/** True when something is to be sent: the file asks for what is neither so nor proposed, or for a secret. */
export const asksForEdits = (difference: Difference): boolean =>
  difference.create ||
  Object.keys(difference.as).length > 0 ||
  difference.move.length > 0 ||
  difference.bind.length > 0 ||
  difference.unbind.length > 0 ||
  difference.roles.length > 0 ||
  difference.nodeRoles.length > 0;

/** True when the file asks for something that can be seen not to be so. */
export const differsVisibly = ({ create, as, move, bind, unbind, changes, open }: Difference): boolean =>
  create || open || Object.keys(as).length + move.length + bind.length + unbind.length + changes.length > 0;

const changedFields = ({ parent, description, priority }: Manifest, { deployment }: Live): Difference['as'] => ({
  ...(parent === undefined || parent === deployment?.parent ? {} : { parent }),
  ...(description === undefined || description === deployment?.description ? {} : { description }),
  ...(priority === undefined || priority === deployment?.priority ? {} : { priority }),
});

type Note = (path: readonly string[], before: unknown, after: unknown) => void;

/** Notes changes of a thing in words that may be shown: where a secret changes, only that it does. */
const noteIn =
  (changes: ValueChange[], secrets: ReadonlySet<string>) =>
  (of: string): Note =>
  (path, before, after) => {
    if (before === HIDDEN_VALUE) return;
    const hidden = path.some((_, at) => secrets.has(path.slice(0, at + 1).join('/')));
    changes.push({ of, attrib: path.join('.'), before, after: hidden && after !== null ? HIDDEN_VALUE : after });
  };

/**
 * The part of a merge patch (RFC 7396) that changes something; null when nothing does. A secret that is there is sent each
 * time and not called a change: the server's preview says what runs again because it is another.
 */
const patchOf = (before: Json, wanted: Json, note: Note, path: readonly string[] = []): Json | null => {
  const patch: Record<string, unknown> = {};
  for (const [name, after] of Object.entries(wanted)) {
    const is = Object.hasOwn(before, name) ? before[name] : undefined;
    if (isMap(after)) {
      const inner = patchOf(isMap(is) ? is : {}, after, note, [...path, name]);
      if (inner) patch[name] = inner;
      else if (!isMap(is)) patch[name] = after;
    } else if (after === null ? is !== undefined : !isDeepStrictEqual(is, after)) {
      patch[name] = after;
      note([...path, name], is, after);
    }
  }
  return Object.keys(patch).length === 0 ? null : patch;
};

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Works out what importing a barclamp changes, beside everything that was imported before. Pure: the use case loads the
 * facts and writes the plan. It refuses what would leave the catalog in a state that nobody could put in order, and never
 * takes away what a noderole stands on: a role that vanished while it is in use is retired instead of deleted.
 */
import { refuse, refuseRoleCycle, roleCohorts, type Json, type JsonObject, type Refusal, type RoleId } from '#core';
import type { IdSource } from '../ports/id-source.js';
import type {
  AttribFacts,
  AttribRecord,
  CatalogFacts,
  ImportPlan,
  JigFacts,
  RoleFacts,
  RoleHookRecord,
  RoleRecord,
} from '../ports/catalog-store.js';
import type { BarclampId } from '../ports/model-ids.js';
import type { AttribDocument, BarclampDocument, EventHookDocument, RoleDocument } from './document.js';
import { roleOrders } from './role-catalog.js';

export interface ImportFacts {
  readonly catalog: CatalogFacts;
  /** Jigs that this installation can carry out. */
  readonly knownJigs: ReadonlySet<string>;
  /** Roles that a noderole or a deployment role uses. */
  readonly used: ReadonlySet<RoleId>;
  /** Role-level data as stored and as the last import wrote it, by name of role. */
  readonly templates: ReadonlyMap<string, { readonly stored: JsonObject; readonly imported: JsonObject }>;
}

/** Names of what an import does, for people. */
export interface ImportOutline {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly deleted: readonly string[];
  readonly retired: readonly string[];
  readonly attribsCreated: readonly string[];
  readonly attribsDeleted: readonly string[];
  readonly attribsRetired: readonly string[];
  /** Roles whose role-level data an operator had changed: their version was kept. */
  readonly templatesKept: readonly string[];
  /** Names that roles of this barclamp require and nobody has imported yet. */
  readonly unresolved: readonly { readonly role: string; readonly requires: string }[];
}

export const planImport = (
  facts: ImportFacts,
  document: BarclampDocument,
  ids: IdSource,
): { plan: ImportPlan; outline: ImportOutline } | Refusal => {
  const { catalog } = facts;
  const known = catalog.barclamps.find(({ name }) => sameName(name, document.name));
  const barclampId = known?.id ?? ids.next<BarclampId>();
  const refusal =
    refuseMissingBarclamps(catalog, document) ??
    refuseForeignNames(catalog, document, barclampId) ??
    refuseUnknownJigs(catalog, document);
  if (refusal) return refusal;

  const jigs = document.jigs.map((jig): JigFacts => {
    const before = catalog.jigs.find(({ name }) => name === jig.name);
    const active = before?.active ?? facts.knownJigs.has(jig.name);
    return { name: jig.name, description: jig.description, clientRole: jig.clientRole ?? null, active };
  });
  const roles = splitRoles(facts, document, barclampId, ids);
  const roleIds = new Map(roles.records.map((role) => [role.name, role.id]));
  const attribs = splitAttribs(facts, document, barclampId, roleIds, roles, ids);
  const after = catalogAfter(catalog, { jigs, roles, attribs });
  const cycle = refuseRoleCycle(roleOrders(after));
  if (cycle) return cycle;

  const cohortOf = roleCohorts(roleOrders(after));
  const cohorts = new Map(
    after.roles
      .filter(({ name, cohort }) => (cohortOf.get(name) ?? 0) !== cohort)
      .map(({ id, name }) => [id, cohortOf.get(name) ?? 0]),
  );
  const nameOf = new Map([...catalog.roles, ...roles.records].map((role) => [role.id, role.name]));
  const namesOf = (some: readonly RoleId[]): string[] => some.map((id) => nameOf.get(id) as string).sort();
  return {
    plan: {
      barclamp: {
        id: barclampId,
        isNew: !known,
        name: document.name,
        display: document.display,
        description: document.description,
        release: document.version,
        parent: document.parent ?? null,
        digest: document.digest,
        document: withoutFileContents(document),
      },
      jigs,
      newRoles: roles.created,
      changedRoles: roles.changed,
      deletedRoles: roles.deleted,
      retiredRoles: roles.retired,
      newAttribs: attribs.created,
      changedAttribs: attribs.changed,
      deletedAttribs: attribs.deleted.map(({ id }) => id),
      retiredAttribs: attribs.retired.map(({ id }) => id),
      hooks: document.roles.flatMap((role) => hooksOf(role, roleIds.get(role.name) as RoleId, ids)),
      cohorts,
    },
    outline: {
      created: roles.created.map(({ name }) => name).sort(),
      updated: roles.changed.map(({ name }) => name).sort(),
      deleted: namesOf(roles.deleted),
      retired: namesOf(roles.retired),
      attribsCreated: attribs.created.map(({ name }) => name).sort(),
      attribsDeleted: attribs.deleted.map(({ name }) => name).sort(),
      attribsRetired: attribs.retired.map(({ name }) => name).sort(),
      templatesKept: roles.templatesKept,
      unresolved: unresolvedIn(after, document),
    },
  };
};

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const refuseMissingBarclamps = (catalog: CatalogFacts, document: BarclampDocument): Refusal | null => {
  const needed = [...(document.parent ? [document.parent] : []), ...document.requires];
  const missing = needed.filter(
    (name) => !sameName(name, document.name) && !catalog.barclamps.some((one) => sameName(one.name, name)),
  );
  if (missing.length === 0) return null;
  return refuse(
    'unresolved-requirement',
    `barclamp ${document.name} needs ${missing.join(', ')}, which nobody has imported: import these first.`,
    { missing },
  );
};

const refuseForeignNames = (
  catalog: CatalogFacts,
  document: BarclampDocument,
  barclampId: BarclampId,
): Refusal | null => {
  const barclampName = (id: BarclampId | null): string =>
    catalog.barclamps.find((one) => one.id === id)?.name ?? 'Anneal itself';
  for (const { name } of document.roles) {
    const owner = catalog.roles.find((role) => role.name === name && role.barclampId !== barclampId);
    if (owner)
      return refuse(
        'conflict',
        `the role ${name} belongs to ${barclampName(owner.barclampId)}: give the role of ${document.name} another name.`,
        { role: name },
      );
  }
  for (const { name } of attribsOf(document).map(({ attrib }) => attrib)) {
    const owner = catalog.attribs.find((attrib) => attrib.name === name && attrib.barclampId !== barclampId);
    if (owner)
      return refuse(
        'conflict',
        `the attribute ${name} belongs to ${barclampName(owner.barclampId)}: names of attributes are unique, so give the one of ${document.name} another.`,
        { attrib: name },
      );
  }
  return null;
};

const refuseUnknownJigs = (catalog: CatalogFacts, document: BarclampDocument): Refusal | null => {
  const names = new Set([...catalog.jigs, ...document.jigs].map(({ name }) => name));
  const role = document.roles.find(({ jig }) => !names.has(jig));
  if (!role) return null;
  return refuse(
    'invalid',
    `role ${role.name} uses the jig ${role.jig}, which nobody has registered: use one of ${[...names].sort().join(', ')}, or list it under "jigs".`,
    {
      role: role.name,
      jig: role.jig,
    },
  );
};

interface RoleSplit {
  readonly records: readonly RoleRecord[];
  readonly created: readonly RoleRecord[];
  readonly changed: readonly RoleRecord[];
  readonly deleted: readonly RoleId[];
  readonly retired: readonly RoleId[];
  readonly templatesKept: readonly string[];
}

const splitRoles = (
  facts: ImportFacts,
  document: BarclampDocument,
  barclampId: BarclampId,
  ids: IdSource,
): RoleSplit => {
  const mine = facts.catalog.roles.filter((role) => role.barclampId === barclampId);
  const before = new Map(mine.map((role) => [role.name, role]));
  const templatesKept: string[] = [];
  const records = document.roles.map((role) => {
    const template = facts.templates.get(role.name);
    const edited = template !== undefined && !sameJson(template.stored, template.imported);
    if (edited && !sameJson(template.stored, role.template)) templatesKept.push(role.name);
    return recordOf(
      role,
      before.get(role.name)?.id ?? ids.next<RoleId>(),
      barclampId,
      edited ? template.stored : role.template,
    );
  });
  const written = new Set(document.roles.map(({ name }) => name));
  const vanished = mine.filter((role) => !written.has(role.name));
  return {
    records,
    created: records.filter(({ name }) => !before.has(name)),
    changed: records.filter(({ name }) => before.has(name)),
    deleted: vanished.filter(({ id }) => !facts.used.has(id)).map(({ id }) => id),
    retired: vanished.filter(({ id, retired }) => facts.used.has(id) && !retired).map(({ id }) => id),
    templatesKept: templatesKept.sort(),
  };
};

const recordOf = (role: RoleDocument, id: RoleId, barclampId: BarclampId, template: JsonObject): RoleRecord => ({
  id,
  name: role.name,
  barclampId,
  description: role.description,
  jig: role.jig,
  flags: role.flags,
  provides: role.provides,
  conflicts: role.conflicts,
  requires: role.requires,
  attaches: role.attaches,
  precedes: role.preceeds,
  wants: role.wants.map(({ attrib, at }) => ({ attrib, at: at ?? null })),
  onError: role.onError,
  onRerunFailure: role.onRerunFailure,
  scope: role.scope ?? 'boot',
  retry: role.retry
    ? {
        max: role.retry.max,
        backoff_ms: Math.round(role.retry.backoffSeconds * 1_000),
        exit_codes: role.retry.exitCodes ?? [],
      }
    : null,
  timeoutMs: role.timeoutSeconds === undefined ? null : Math.round(role.timeoutSeconds * 1_000),
  priority: role.priority,
  template,
  files: role.files,
  notes: role.notes === '' ? {} : { text: role.notes },
  documentation: role.documentation,
});

interface AttribSplit {
  readonly created: readonly AttribRecord[];
  readonly changed: readonly AttribRecord[];
  readonly deleted: readonly AttribFacts[];
  readonly retired: readonly AttribFacts[];
}

/** An attribute that vanished stays, retired, while its role does so or a role of another barclamp wants it. */
const splitAttribs = (
  facts: ImportFacts,
  document: BarclampDocument,
  barclampId: BarclampId,
  roleIds: ReadonlyMap<string, RoleId>,
  roles: RoleSplit,
  ids: IdSource,
): AttribSplit => {
  const mine = facts.catalog.attribs.filter((attrib) => attrib.barclampId === barclampId);
  const before = new Map(mine.map((attrib) => [attrib.name, attrib]));
  const records = attribsOf(document).map(({ attrib, role }): AttribRecord => ({
    id: before.get(attrib.name)?.id ?? ids.next(),
    name: attrib.name,
    description: attrib.description,
    roleId: role === null ? null : (roleIds.get(role) as RoleId),
    barclampId,
    map: attrib.map,
    schema: attrib.schema,
    defaultValue: attrib.default,
    kind: attrib.kind,
    writable: attrib.writable,
    secret: attrib.secret ?? false,
    generate: attrib.generate ?? null,
    uiRenderer: attrib.uiRenderer ?? null,
    sortOrder: attrib.order,
  }));
  const gone = new Set(roles.deleted);
  const rewritten = new Set(roles.records.map(({ id }) => id));
  const wanted = new Set([
    ...document.roles.flatMap(({ wants }) => wants.map(({ attrib }) => attrib)),
    ...facts.catalog.roles
      .filter(({ id }) => !gone.has(id) && !rewritten.has(id))
      .flatMap(({ wants }) => wants.map(({ attrib }) => attrib)),
  ]);
  const retiring = new Set(
    facts.catalog.roles.filter(({ id, retired }) => retired || roles.retired.includes(id)).map(({ id }) => id),
  );
  const written = new Set(records.map(({ name }) => name));
  const vanished = mine.filter(({ name, roleId }) => !written.has(name) && !(roleId && gone.has(roleId)));
  const kept = ({ name, roleId }: AttribFacts): boolean =>
    wanted.has(name) || (roleId !== null && retiring.has(roleId));
  return {
    created: records.filter(({ name }) => !before.has(name)),
    changed: records.filter(({ name }) => before.has(name)),
    deleted: vanished.filter((attrib) => !kept(attrib)),
    retired: vanished.filter((attrib) => kept(attrib) && !attrib.retired),
  };
};

const attribsOf = (document: BarclampDocument): { attrib: AttribDocument; role: string | null }[] => [
  ...document.attribs.map((attrib) => ({ attrib, role: null })),
  ...document.roles.flatMap((role) =>
    [...role.attribs, ...role.outputs].map((attrib) => ({ attrib, role: role.name })),
  ),
];

/** The catalog as it will be, for what follows from all of it: circles and cohorts. */
const catalogAfter = (
  catalog: CatalogFacts,
  change: { jigs: readonly JigFacts[]; roles: RoleSplit; attribs: AttribSplit },
): CatalogFacts => {
  const { roles, attribs } = change;
  const cohortOf = new Map(catalog.roles.map(({ id, cohort }) => [id, cohort]));
  const written = new Map(roles.records.map((role) => [role.id, role]));
  const gone = new Set(roles.deleted);
  const goneAttribs = new Set(attribs.deleted.map(({ id }) => id));
  const rewritten = new Set(attribs.changed.map(({ id }) => id));
  return {
    barclamps: catalog.barclamps,
    jigs: [...catalog.jigs.filter(({ name }) => !change.jigs.some((jig) => jig.name === name)), ...change.jigs],
    roles: [
      ...catalog.roles
        .filter(({ id }) => !written.has(id) && !gone.has(id))
        .map((role): RoleFacts => (roles.retired.includes(role.id) ? { ...role, retired: true } : role)),
      ...roles.records.map((role): RoleFacts => ({ ...role, cohort: cohortOf.get(role.id) ?? 0, retired: false })),
    ],
    attribs: [
      ...catalog.attribs.filter(
        ({ id, roleId }) => !rewritten.has(id) && !goneAttribs.has(id) && !(roleId && gone.has(roleId)),
      ),
      ...[...attribs.created, ...attribs.changed].map((attrib) => ({ ...attrib, retired: false })),
    ],
  };
};

const unresolvedIn = (after: CatalogFacts, document: BarclampDocument): { role: string; requires: string }[] => {
  const names = new Set(after.roles.filter(({ retired }) => !retired).map(({ name }) => name));
  const attribs = new Set(after.attribs.map(({ name }) => name));
  return document.roles.flatMap((role) => [
    ...role.requires.filter((name) => !names.has(name)).map((requires) => ({ role: role.name, requires })),
    ...role.wants
      .filter(({ attrib }) => !attribs.has(attrib))
      .map(({ attrib }) => ({ role: role.name, requires: `attribute ${attrib}` })),
  ]);
};

const hooksOf = (role: RoleDocument, roleId: RoleId, ids: IdSource): RoleHookRecord[] =>
  role.events.map((hook, index) => ({
    id: ids.next(),
    roleId,
    name: `role ${role.name} ${index + 1}: ${hook.do} on ${hook.on}`,
    selector: { kind: hook.on },
    sink: sinkOf(hook),
    deadlineMs: Math.round(hook.deadlineSeconds * 1_000),
  }));

const sinkOf = (hook: EventHookDocument): JsonObject =>
  hook.do === 'webhook' ? { kind: 'webhook', url: hook.url ?? '' } : { kind: 'rerun' };

const withoutFileContents = (document: BarclampDocument): JsonObject =>
  JSON.parse(
    JSON.stringify({
      ...document,
      roles: document.roles.map((role) => ({ ...role, files: role.files.map(({ path }) => ({ path })) })),
    }),
  ) as JsonObject;

/** Whether two JSON values say the same, whatever the order of their keys. */
const sameJson = (a: Json, b: Json): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted((value as JsonObject)[key] as Json)]),
  );
};

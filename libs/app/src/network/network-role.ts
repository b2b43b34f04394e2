import {
  hintName,
  networkOutputs,
  refuse,
  roleCohorts,
  type Json,
  type JsonObject,
  type NetworkId,
  type Refusal,
  type RoleId,
} from '#core';
import { roleOrders } from '../barclamp/role-catalog.js';
import type { ModelParts } from '../model-parts.js';
import type { AttribRecord, CatalogFacts, RoleFacts, RoleRecord } from '../ports/catalog-store.js';
import type { NetworkView, RangeView, RouterView } from '../ports/network-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

/**
 * The role `network-<name>` that a network brings along: a node that has it is on the network. It comes with attributes
 * for whoever configures nodes, and with two hints by which an operator wishes for an address. The network named `admin`
 * takes the role that the barclamp `network` has for it.
 */

/** The network that nodes boot and are reached on. */
export const ADMIN_NETWORK = 'admin';

export const roleOfNetwork = (network: string): string => `network-${network}`;

const JIG = { name: 'network', description: 'Configures the networks of a node.' };
const SERVER_ROLE = 'network-server';
/** Access to the node, where the catalog has such a role. */
const CLIENT_ROLE = 'deployer-client';
/** What a site says of all its nodes to whoever configures them, where the catalog has it. */
const SITE_ATTRIBS = ['network-interface-maps', 'network-confirm-seconds'];

/** Adds role, attributes and hints of a new network to the catalog. The catalog is locked. */
export const addNetworkRole = async (
  tx: Transaction,
  { ids, jigs }: Pick<ModelParts, 'ids' | 'jigs'>,
  network: { readonly id: NetworkId; readonly name: string },
): Promise<RoleId | Refusal> => {
  const facts = await tx.catalog.facts();
  const living = new Map(facts.roles.filter(({ retired }) => !retired).map((role) => [role.name, role]));
  if (!living.has(SERVER_ROLE))
    return refuse(
      'unresolved-requirement',
      `the role ${SERVER_ROLE}, which keeps networks, is not known: import the barclamp network first.`,
      { role: SERVER_ROLE },
    );
  const name = roleOfNetwork(network.name);
  const there = living.get(name);
  if (there && network.name !== ADMIN_NETWORK)
    return refuse('conflict', `a barclamp has the role ${name} already: give the network another name.`, {
      field: 'name',
      role: name,
    });
  const wants = SITE_ATTRIBS.filter((attrib) => facts.attribs.some((one) => one.name === attrib && !one.retired));
  const role = there ? undefined : newRole(ids.next<RoleId>(), name, network.name, living, wants);
  const roleId = there?.id ?? (role as RoleRecord).id;
  const attribs = [...inputsOf(network.name), ...outputsOf(network.name), ...hintsOf(network.name)].map(
    (attrib): AttribRecord => ({
      ...attrib,
      id: ids.next(),
      roleId: attrib.kind === 'hint' ? null : roleId,
      kind: attrib.kind === 'output' ? 'output' : 'input',
      writable: attrib.kind === 'hint',
      barclampId: null,
      secret: false,
      generate: null,
      uiRenderer: null,
    }),
  );
  const foreign = facts.attribs.find((attrib) => attribs.some(({ name: mine }) => mine === attrib.name));
  if (foreign)
    return refuse(
      'conflict',
      `the attribute ${foreign.name} belongs to a barclamp already: give the network another name.`,
      { field: 'name', attrib: foreign.name },
    );
  const jig = facts.jigs.some((one) => one.name === JIG.name)
    ? undefined
    : { ...JIG, active: jigs.some((one) => one.name === JIG.name), clientRole: null };
  await tx.catalog.add({
    ...(jig ? { jig } : {}),
    ...(role ? { role } : {}),
    attribs,
    cohorts: cohortsWith(facts, role),
  });
  return roleId;
};

const newRole = (
  id: RoleId,
  name: string,
  network: string,
  living: ReadonlyMap<string, RoleFacts>,
  wants: readonly string[],
): RoleRecord => ({
  id,
  name,
  barclampId: null,
  description: `The node is on the network ${network} under addresses of its own, and its interfaces are configured for it.`,
  jig: JIG.name,
  flags: ['implicit', 'milestone'],
  provides: [],
  conflicts: [],
  requires: [SERVER_ROLE, ...(living.has(CLIENT_ROLE) ? [CLIENT_ROLE] : [])],
  attaches: [],
  precedes: [],
  wants: wants.map((attrib) => ({ attrib, at: null })),
  onError: 'node',
  onRerunFailure: 'warn',
  scope: 'boot',
  retry: null,
  timeoutMs: null,
  priority: 0,
  template: {},
  files: [],
  notes: {},
  documentation: '',
});

/** Cohorts of roles that are others once the new role is there. */
const cohortsWith = (facts: CatalogFacts, role: RoleRecord | undefined): ReadonlyMap<RoleId, number> => {
  if (!role) return new Map();
  const roles: RoleFacts[] = [...facts.roles, { ...role, cohort: 0, retired: false }];
  const cohortOf = roleCohorts(roleOrders({ ...facts, roles }));
  return new Map(
    roles
      .filter(({ name, cohort }) => (cohortOf.get(name) ?? 0) !== cohort)
      .map(({ id, name }) => [id, cohortOf.get(name) ?? 0]),
  );
};

interface NetworkAttrib {
  readonly name: string;
  readonly description: string;
  readonly map: string;
  readonly schema: JsonObject;
  readonly defaultValue: Json | undefined;
  readonly kind: 'input' | 'output' | 'hint';
  readonly sortOrder: number;
}

/** Where a network's documents stand in the layers of its role. */
export const documentPath = (network: string): readonly string[] => ['crowbar', 'network', network];

const TEXTS: JsonObject = { type: 'array', items: { type: 'string' } };

const INPUTS: readonly (readonly [key: string, description: string, schema: JsonObject, fallback?: Json])[] = [
  ['addresses', 'Addresses of the node, in CIDR.', TEXTS, []],
  ['targets', 'Addresses of other nodes that must be reachable over it.', TEXTS, []],
  ['conduit', 'Network cards it goes over.', { type: 'string' }],
  ['vlan', 'VLAN tag.', { type: 'integer', minimum: 0, maximum: 4094 }],
  ['team_mode', 'Mode of the bond.', { type: 'integer', minimum: 0, maximum: 6 }],
  ['use_vlan', 'Whether its frames are tagged.', { type: 'boolean' }],
  ['use_team', 'Whether its cards are bonded.', { type: 'boolean' }],
  ['use_bridge', 'Whether it is bridged.', { type: 'boolean' }],
  ['mtu', 'Largest packet; null: the default.', { type: ['integer', 'null'] }],
  ['configure', 'Whether Anneal configures it on nodes.', { type: 'boolean' }],
  ['pbr', 'Routing table for policy routing; null: none.', { type: ['string', 'null'] }],
  ['routers', 'Routers by subnet.', { type: 'array', items: { type: 'object' } }, []],
  ['routes', 'Further ways out.', { type: 'array', items: { type: 'object' } }, []],
  ['name_servers', 'Name servers.', TEXTS, []],
  ['domain', 'Where names without a dot are looked for.', { type: 'string' }, ''],
  ['ranges', 'Its ranges, with what they say differently.', { type: 'object' }, {}],
];

const inputsOf = (network: string): NetworkAttrib[] =>
  INPUTS.map(([key, description, schema, fallback], index) => ({
    name: `${roleOfNetwork(network)}_${key}`,
    description: `Network ${network}: ${description}`,
    map: [...documentPath(network), key].join('/'),
    schema,
    defaultValue: fallback,
    kind: 'input',
    sortOrder: index,
  }));

/** What the jig tells of a node, and the interfaces that the conduit turned out to be. */
const outputsOf = (network: string): NetworkAttrib[] =>
  [
    ...networkOutputs(network),
    {
      name: `${roleOfNetwork(network)}_resolved_conduit`,
      description: `Network ${network}: interfaces of the node that its conduit means.`,
      schema: TEXTS,
    },
  ].map(({ name, description, schema }, index) => ({
    name,
    description,
    map: [...documentPath(network), 'found', name.slice(roleOfNetwork(network).length + 1)].join('/'),
    schema,
    defaultValue: undefined,
    kind: 'output',
    sortOrder: INPUTS.length + index,
  }));

const hintsOf = (network: string): NetworkAttrib[] =>
  ([4, 6] as const).map((family, index) => ({
    name: hintName(network, family),
    description: `The IPv${family} address that a node shall have on the network ${network}. It counts when an address is given.`,
    map: hintName(network, family),
    schema: {
      type: 'string',
      pattern:
        family === 4 ? '^[0-9]{1,3}(\\.[0-9]{1,3}){3}(/[0-9]{1,2})?$' : '^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/[0-9]{1,3})?$',
    },
    defaultValue: undefined,
    kind: 'hint',
    sortOrder: index,
  }));

/** Names of the attributes that a network has beside its role's: all of them, for deleting. */
export const attribsOfNetwork = (network: string): string[] =>
  [...inputsOf(network), ...outputsOf(network), ...hintsOf(network)].map(({ name }) => name);

/** What holds for all nodes of a network, as the role's template has it. */
export const networkDocument = (
  network: NetworkView,
  ranges: readonly RangeView[],
  routers: readonly RouterView[],
): JsonObject => ({
  conduit: network.conduit,
  vlan: network.vlan,
  team_mode: network.teamMode,
  use_vlan: network.useVlan,
  use_team: network.useTeam,
  use_bridge: network.useBridge,
  mtu: network.mtu,
  configure: network.configure,
  pbr: network.pbr,
  domain: network.domain,
  name_servers: network.nameServers,
  routes: network.routes.map(({ destination, via }) => ({ destination, via })),
  routers: routers.map(({ address, subnet, pref }) => ({ address, subnet, pref })),
  ranges: Object.fromEntries(
    ranges.map(({ name, first, last, prefixLength, attachment }) => [
      name,
      {
        first: `${first}/${prefixLength}`,
        last: `${last}/${prefixLength}`,
        conduit: attachment.conduit ?? network.conduit,
        vlan: attachment.vlan ?? network.vlan,
        use_vlan: attachment.useVlan ?? network.useVlan,
        use_bridge: attachment.useBridge ?? network.useBridge,
        use_team: attachment.useTeam ?? network.useTeam,
        team_mode: attachment.teamMode ?? network.teamMode,
      },
    ]),
  ),
});

export const isAdminNetwork = (network: { readonly name: string }): boolean => network.name === ADMIN_NETWORK;

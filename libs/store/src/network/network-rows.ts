import type { DhcpMode, NetworkFields, NetworkRoute, NetworkView } from '#app';
import { idOf, linkOf } from '#core';
import type { ListShape } from '../page/list-shape.js';

/** Addresses without their prefix length, as PostgreSQL writes them. */
const hosts = (column: string): string =>
  `ARRAY(SELECT host(one) FROM unnest(${column}) WITH ORDINALITY AS u(one, at) ORDER BY at)`;

export const NETWORK_SELECT = `w.id, w.name, w.description, w.sort_order, w.deployment_id, d.name AS deployment, w.role_id, r.name AS role,
  w.category, w.group_name, w.conduit, w.vlan, w.use_vlan, w.use_bridge, w.use_team, w.team_mode, w.configure, w.pbr,
  w.v6_prefix::text AS v6_prefix, w.v6_subnet_id, w.link, w.mtu, w.domain, ${hosts('w.name_servers')} AS name_servers,
  ${hosts('w.time_servers')} AS time_servers, w.routes, w.dhcp, w.by_circuit, w.pool_lease_seconds, w.reserved_lease_seconds,
  (SELECT coalesce(sum(g.allocated), 0)::int FROM network_range g WHERE g.network_id = w.id) AS allocated,
  w.version, w.created_at, w.updated_at`;

export const NETWORK_FROM = `FROM network w JOIN deployments d ON d.id = w.deployment_id JOIN roles r ON r.id = w.role_id`;

export const NETWORK_SHAPE: ListShape = {
  things: 'networks',
  select: NETWORK_SELECT,
  from: NETWORK_FROM,
  id: 'w.id',
  fields: {
    id: { sql: 'w.id', type: 'uuid' },
    name: { sql: 'w.name', type: 'text' },
    description: { sql: 'w.description', type: 'text' },
    order: { sql: 'w.sort_order', type: 'number' },
    deployment: { sql: 'd.name', type: 'text' },
    deployment_id: { sql: 'w.deployment_id', type: 'uuid' },
    category: { sql: 'w.category', type: 'text' },
    group: { sql: 'w.group_name', type: 'text' },
    conduit: { sql: 'w.conduit', type: 'text' },
    vlan: { sql: 'w.vlan', type: 'number' },
    configure: { sql: 'w.configure', type: 'boolean' },
    dhcp: { sql: 'w.dhcp', type: 'text' },
    created_at: { sql: 'w.created_at', type: 'time' },
    updated_at: { sql: 'w.updated_at', type: 'time' },
  },
  sort: [{ field: 'order' }, { field: 'name' }],
};

export interface NetworkRow {
  id: string;
  name: string;
  description: string;
  sort_order: number;
  deployment_id: string;
  deployment: string;
  role_id: string;
  role: string;
  category: string;
  group_name: string;
  conduit: string;
  vlan: number;
  use_vlan: boolean;
  use_bridge: boolean;
  use_team: boolean;
  team_mode: number;
  configure: boolean;
  pbr: string | null;
  v6_prefix: string | null;
  v6_subnet_id: number | null;
  link: string | null;
  mtu: number | null;
  domain: string;
  name_servers: string[];
  time_servers: string[];
  routes: NetworkRoute[];
  dhcp: DhcpMode;
  by_circuit: boolean;
  pool_lease_seconds: number;
  reserved_lease_seconds: number;
  allocated: number;
  version: string;
  created_at: Date;
  updated_at: Date;
}

export const toNetwork = (row: NetworkRow): NetworkView => ({
  id: idOf(row.id),
  name: row.name,
  description: row.description,
  order: row.sort_order,
  deploymentId: idOf(row.deployment_id),
  deployment: row.deployment,
  roleId: idOf(row.role_id),
  role: row.role,
  category: row.category,
  group: row.group_name,
  conduit: row.conduit,
  vlan: row.vlan,
  useVlan: row.use_vlan,
  useBridge: row.use_bridge,
  useTeam: row.use_team,
  teamMode: row.team_mode,
  configure: row.configure,
  pbr: row.pbr,
  v6prefix: row.v6_prefix,
  v6SubnetId: row.v6_subnet_id,
  link: row.link ?? linkOf({ conduit: row.conduit, vlan: row.vlan, useVlan: row.use_vlan }),
  ownLink: row.link,
  mtu: row.mtu,
  domain: row.domain,
  nameServers: row.name_servers,
  timeServers: row.time_servers,
  routes: row.routes,
  dhcp: row.dhcp,
  byCircuit: row.by_circuit,
  poolLeaseSeconds: row.pool_lease_seconds,
  reservedLeaseSeconds: row.reserved_lease_seconds,
  allocated: row.allocated,
  version: Number(row.version),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Column, and how its value is written, by field. */
const NETWORK_COLUMNS: Readonly<Record<keyof NetworkFields, { readonly column: string; readonly type: string }>> = {
  description: { column: 'description', type: 'text' },
  order: { column: 'sort_order', type: 'integer' },
  category: { column: 'category', type: 'text' },
  group: { column: 'group_name', type: 'text' },
  conduit: { column: 'conduit', type: 'text' },
  vlan: { column: 'vlan', type: 'integer' },
  useVlan: { column: 'use_vlan', type: 'boolean' },
  useBridge: { column: 'use_bridge', type: 'boolean' },
  useTeam: { column: 'use_team', type: 'boolean' },
  teamMode: { column: 'team_mode', type: 'integer' },
  configure: { column: 'configure', type: 'boolean' },
  pbr: { column: 'pbr', type: 'text' },
  v6prefix: { column: 'v6_prefix', type: 'cidr' },
  v6SubnetId: { column: 'v6_subnet_id', type: 'integer' },
  ownLink: { column: 'link', type: 'text' },
  mtu: { column: 'mtu', type: 'integer' },
  domain: { column: 'domain', type: 'text' },
  nameServers: { column: 'name_servers', type: 'inet[]' },
  timeServers: { column: 'time_servers', type: 'inet[]' },
  routes: { column: 'routes', type: 'jsonb' },
  dhcp: { column: 'dhcp', type: 'text' },
  byCircuit: { column: 'by_circuit', type: 'boolean' },
  poolLeaseSeconds: { column: 'pool_lease_seconds', type: 'integer' },
  reservedLeaseSeconds: { column: 'reserved_lease_seconds', type: 'integer' },
};

/** The fields that a change names, as columns, types and values. */
export const columnsOf = (fields: Partial<NetworkFields>): { column: string; type: string; value: unknown }[] =>
  (Object.keys(NETWORK_COLUMNS) as (keyof NetworkFields)[])
    .filter((key) => fields[key] !== undefined)
    .map((key) => ({
      ...NETWORK_COLUMNS[key],
      value: NETWORK_COLUMNS[key].type === 'jsonb' ? JSON.stringify(fields[key]) : fields[key],
    }));

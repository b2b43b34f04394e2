import type { RangeView, RouterView } from '#app';
import { idOf, type IpFamily } from '#core';
import type { ListShape } from '../page/list-shape.js';

/** An address as text that sorts as addresses do: the family, then its bits. */
export const inOrder = (address: string): string => `encode(inet_send(${address}), 'hex')`;

export const RANGE_SELECT = `g.id, g.network_id, w.name AS network, w.category, w.group_name, g.name, host(g.first_address) AS first,
  host(g.last_address) AS last, g.prefix_length, family(g.first_address) AS family, g.subnet::text AS subnet, g.overlap, g.conduit, g.vlan,
  g.use_vlan, g.use_bridge, g.use_team, g.team_mode, g.allocated, g.version`;

export const RANGE_FROM = `FROM network_range g JOIN network w ON w.id = g.network_id`;

export const RANGE_SHAPE: ListShape = {
  things: 'network ranges',
  select: RANGE_SELECT,
  from: RANGE_FROM,
  id: 'g.id',
  fields: {
    id: { sql: 'g.id', type: 'uuid' },
    name: { sql: 'g.name', type: 'text' },
    network: { sql: 'w.name', type: 'text' },
    network_id: { sql: 'g.network_id', type: 'uuid' },
    category: { sql: 'w.category', type: 'text' },
    family: { sql: 'family(g.first_address)', type: 'number' },
    subnet: { sql: 'g.subnet::text', type: 'text' },
    overlap: { sql: 'g.overlap', type: 'boolean' },
    place: { sql: inOrder('g.first_address'), type: 'text' },
  },
  sort: [{ field: 'network' }, { field: 'place' }],
};

export interface RangeRow {
  id: string;
  network_id: string;
  network: string;
  category: string;
  group_name: string;
  name: string;
  first: string;
  last: string;
  prefix_length: number;
  family: IpFamily;
  subnet: string;
  overlap: boolean;
  conduit: string | null;
  vlan: number | null;
  use_vlan: boolean | null;
  use_bridge: boolean | null;
  use_team: boolean | null;
  team_mode: number | null;
  version: string;
  allocated: number;
}

export const toRange = (row: RangeRow): RangeView => ({
  id: idOf(row.id),
  networkId: idOf(row.network_id),
  network: row.network,
  category: row.category,
  group: row.group_name,
  name: row.name,
  first: row.first,
  last: row.last,
  prefixLength: row.prefix_length,
  family: row.family,
  subnet: row.subnet,
  overlap: row.overlap,
  attachment: {
    conduit: row.conduit,
    vlan: row.vlan,
    useVlan: row.use_vlan,
    useBridge: row.use_bridge,
    useTeam: row.use_team,
    teamMode: row.team_mode,
  },
  allocated: row.allocated,
  version: Number(row.version),
});

export const ROUTER_SELECT = `o.id, o.network_id, w.name AS network, text(o.address) AS address, family(o.address) AS family,
  o.subnet::text AS subnet, o.pref, o.version`;

export const ROUTER_FROM = `FROM network_router o JOIN network w ON w.id = o.network_id`;

export const ROUTER_SHAPE: ListShape = {
  things: 'network routers',
  select: ROUTER_SELECT,
  from: ROUTER_FROM,
  id: 'o.id',
  fields: {
    id: { sql: 'o.id', type: 'uuid' },
    network: { sql: 'w.name', type: 'text' },
    network_id: { sql: 'o.network_id', type: 'uuid' },
    address: { sql: 'host(o.address)', type: 'text' },
    family: { sql: 'family(o.address)', type: 'number' },
    pref: { sql: 'o.pref', type: 'number' },
    place: { sql: inOrder('o.address'), type: 'text' },
  },
  sort: [{ field: 'network' }, { field: 'place' }],
};

export interface RouterRow {
  id: string;
  network_id: string;
  network: string;
  address: string;
  family: IpFamily;
  subnet: string;
  pref: number;
  version: string;
}

export const toRouter = (row: RouterRow): RouterView => ({
  id: idOf(row.id),
  networkId: idOf(row.network_id),
  network: row.network,
  address: row.address,
  family: row.family,
  subnet: row.subnet,
  pref: row.pref,
  version: Number(row.version),
});

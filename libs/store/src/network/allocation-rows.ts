import type { AllocationView } from '#app';
import { idOf, type AddressChoice, type IpFamily } from '#core';
import type { ListShape } from '../page/list-shape.js';
import { inOrder } from './range-rows.js';

export const ALLOCATION_SELECT = `a.id, a.network_id, w.name AS network, w.category, w.group_name, a.range_id, g.name AS range,
  g.prefix_length, family(a.address) AS family, a.node_id, n.name AS node, host(a.address) AS address, a.overlap, a.chosen, a.created_at`;

export const ALLOCATION_FROM = `FROM network_allocation a JOIN network w ON w.id = a.network_id JOIN network_range g ON g.id = a.range_id
  JOIN nodes n ON n.id = a.node_id`;

export const ALLOCATION_SHAPE: ListShape = {
  things: 'network allocations',
  select: ALLOCATION_SELECT,
  from: ALLOCATION_FROM,
  id: 'a.id',
  fields: {
    id: { sql: 'a.id', type: 'uuid' },
    address: { sql: 'host(a.address)', type: 'text' },
    family: { sql: 'family(a.address)', type: 'number' },
    network: { sql: 'w.name', type: 'text' },
    network_id: { sql: 'a.network_id', type: 'uuid' },
    category: { sql: 'w.category', type: 'text' },
    group: { sql: 'w.group_name', type: 'text' },
    range: { sql: 'g.name', type: 'text' },
    node: { sql: 'n.name', type: 'text' },
    node_id: { sql: 'a.node_id', type: 'uuid' },
    chosen: { sql: 'a.chosen', type: 'text' },
    created_at: { sql: 'a.created_at', type: 'time' },
    place: { sql: inOrder('a.address'), type: 'text' },
  },
  sort: [{ field: 'network' }, { field: 'place' }],
};

export interface AllocationRow {
  id: string;
  network_id: string;
  network: string;
  category: string;
  group_name: string;
  range_id: string;
  range: string;
  prefix_length: number;
  family: IpFamily;
  node_id: string;
  node: string;
  address: string;
  overlap: boolean;
  chosen: AddressChoice;
  created_at: Date;
}

export const toAllocation = (row: AllocationRow): AllocationView => ({
  id: idOf(row.id),
  networkId: idOf(row.network_id),
  network: row.network,
  category: row.category,
  group: row.group_name,
  rangeId: idOf(row.range_id),
  range: row.range,
  prefixLength: row.prefix_length,
  family: row.family,
  nodeId: idOf(row.node_id),
  node: row.node,
  address: row.address,
  overlap: row.overlap,
  chosen: row.chosen,
  createdAt: row.created_at,
});

import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { id, key, keyParams, noQuery, timestamp } from './base/scalars.js';
import { word } from './network-scalars.js';

/** Allocations: which node has which address, and how one is asked for. */

export const networkAllocation = z
  .object({
    id,
    address: z.string().meta({ description: 'In CIDR.' }),
    family: z.int(),
    network: z.string(),
    network_id: id,
    category: z.string(),
    group: z.string(),
    range: z.string(),
    range_id: id,
    node: z.string(),
    node_id: id,
    chosen: z.enum(['asked', 'hint', 'interface-id', 'like-admin', 'first-free']),
    created_at: timestamp,
  })
  .meta({ id: 'NetworkAllocation' });

export const addressWish = z
  .strictObject({
    node: key,
    address: z
      .string()
      .min(2)
      .max(64)
      .optional()
      .meta({ description: 'This one or none. With or without prefix length.' }),
    range: word
      .optional()
      .meta({ description: 'One of this range. Absent like `address`: what the node gets by itself.' }),
  })
  .meta({ id: 'AddressWish' });

export const networkAllocations = listed({
  fields: {
    id: 'id',
    address: 'text',
    family: 'number',
    network: 'text',
    network_id: 'id',
    category: 'text',
    group: 'text',
    range: 'text',
    node: 'text',
    node_id: 'id',
    chosen: 'text',
    created_at: 'time',
  },
  sorts: ['network', 'node', 'created_at'],
});

const ALLOCATIONS = `${API_BASE}/network_allocations`;

export const networkAllocationRoutes = routes('network_allocations', {
  list: {
    method: 'GET',
    path: ALLOCATIONS,
    summary: 'List addresses that nodes have',
    allows: VIEWERS,
    query: listQuery(networkAllocations),
    success: 200,
    answer: pageOf(networkAllocation),
  },
  show: {
    method: 'GET',
    path: `${ALLOCATIONS}/:key`,
    summary: 'Show who has an address',
    says: 'An allocation is named by its address.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: networkAllocation,
  },
  delete: {
    method: 'DELETE',
    path: `${ALLOCATIONS}/:key`,
    summary: 'Release an address',
    says: 'The node stays on the network and is configured without it.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ released: z.string() }),
  },
});

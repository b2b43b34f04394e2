import { z } from 'zod';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, id, key, keyParams, noQuery, version } from './base/scalars.js';
import { cidr, conduit, teamMode, vlan, word } from './network-scalars.js';

/** Ranges: slices of networks from which nodes get addresses, or machines that nobody knows. */

export const networkRange = z
  .object({
    id,
    name: z.string(),
    network: z.string(),
    network_id: id,
    category: z.string(),
    family: z.int(),
    first: z.string(),
    last: z.string(),
    subnet: z.string(),
    overlap: z.boolean(),
    conduit: z.string().nullable().meta({ description: 'Null here and below: as the network says.' }),
    vlan: z.int().nullable(),
    use_vlan: z.boolean().nullable(),
    use_bridge: z.boolean().nullable(),
    use_team: z.boolean().nullable(),
    team_mode: z.int().nullable(),
    allocated: count,
    version,
  })
  .meta({ id: 'NetworkRange' });

const rangeFields = {
  name: word.meta({
    description:
      '`admin` is for admin nodes, `host` and `host-v6` for the others, `dhcp` and `dhcp-v6` for machines that nobody knows.',
  }),
  first: cidr,
  last: cidr,
  overlap: z.boolean().optional().meta({ description: 'It may share addresses; only where `configure` is false.' }),
  conduit: conduit.nullable().optional(),
  vlan: vlan.nullable().optional(),
  use_vlan: z.boolean().nullable().optional(),
  use_bridge: z.boolean().nullable().optional(),
  use_team: z.boolean().nullable().optional(),
  team_mode: teamMode.nullable().optional(),
};

/** A range that is made with its network. */
export const rangeOfNetwork = z.strictObject(rangeFields);
export const newNetworkRange = z.strictObject({ network: key, ...rangeFields }).meta({ id: 'NewNetworkRange' });
export const networkRangePatch = z
  .strictObject({
    ...rangeFields,
    name: rangeFields.name.optional(),
    first: cidr.optional(),
    last: cidr.optional(),
  })
  .meta({ id: 'NetworkRangePatch' });

export const networkRanges = listed({
  fields: {
    id: 'id',
    name: 'text',
    network: 'text',
    network_id: 'id',
    category: 'text',
    family: 'number',
    subnet: 'text',
    overlap: 'boolean',
  },
  sorts: ['network', 'name'],
});

const RANGES = `${API_BASE}/network_ranges`;

export const networkRangeRoutes = routes('network_ranges', {
  list: {
    method: 'GET',
    path: RANGES,
    summary: 'List ranges of networks',
    allows: VIEWERS,
    query: listQuery(networkRanges),
    success: 200,
    answer: pageOf(networkRange),
  },
  create: {
    method: 'POST',
    path: RANGES,
    summary: 'Add a range to a network',
    allows: OPERATORS,
    query: noQuery,
    body: newNetworkRange,
    success: 201,
    answer: networkRange,
    etag: true,
    problems: [404],
  },
  show: {
    method: 'GET',
    path: `${RANGES}/:key`,
    summary: 'Show a range',
    says: 'A range is named `network/range`, with `%2F` in the path.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: networkRange,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${RANGES}/:key`,
    summary: 'Change a range',
    says: 'Every address that a node has of it must still be in it.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: networkRangePatch,
    success: 200,
    answer: networkRange,
    etag: true,
    ifMatch: true,
  },
  delete: {
    method: 'DELETE',
    path: `${RANGES}/:key`,
    summary: 'Delete a range of which no node has an address',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
    ifMatch: true,
  },
});

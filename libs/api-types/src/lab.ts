import { z } from 'zod';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { keyParams, noQuery } from './base/scalars.js';

/** The virtual machines of a lab on the host of the server, where `npm run lab` has made some. */

export const labMachine = z
  .object({
    name: z.string(),
    firmware: z.string().meta({ description: '`bios`, `uefi`, or `secure`, which is UEFI with secure boot.' }),
    mac: z.string().meta({ description: 'Of its first card, by which it asks for an address.' }),
    on: z.boolean(),
  })
  .meta({ id: 'LabMachine' });

const BASE = `${API_BASE}/lab/machines`;

export const labRoutes = routes('lab', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List the machines of the lab on the host of the server',
    says: 'Of those that are nodes already `nodes` tells more. Where `npm run lab` has made none the list is empty, and `reason` says why.',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(labMachine), reason: z.string().nullable() }),
  },
  start: {
    method: 'POST',
    path: `${BASE}/:key/start`,
    summary: 'Switch a machine of the lab on',
    says: 'As its power button does: it boots from its network, and becomes a node. Answers when its firmware runs; a machine that is on stays as it is. 503 where there is no lab; 502 says what the machine answered.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: labMachine,
    problems: [502],
  },
});

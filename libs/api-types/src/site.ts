import { z } from 'zod';
import { ADMINS, API_BASE, routes, VIEWERS } from './base/route.js';
import { count, jsonObject, noQuery, timestamp } from './base/scalars.js';
import { newDnsZone } from './dns.js';
import { newExternalService } from './external-services.js';
import { newNetwork } from './networks.js';
import { SETTING_LENGTH_MAX } from './settings.js';

/**
 * A site in one piece: the networks, names and services that everything else stands on, and the admin node. It is what the
 * install wizard makes, what `anneal apply` takes as a file, and what can be read back as one. What is so already stays.
 */

const PARTS_MAX = 64;
/** Longest draft of the wizard, in characters of JSON: many times what its forms can hold. */
export const DRAFT_LENGTH_MAX = 262_144;

export const site = z
  .strictObject({
    admin_node: z
      .strictObject({ name: z.string().min(1).max(253) })
      .optional()
      .meta({ description: 'This host by its FQDN. It gets the bootstrap roles, which are committed at once.' }),
    networks: z.array(newNetwork).max(PARTS_MAX).optional().meta({
      description: 'By name. One that is there gets the fields that are said here; its other ranges and routers stay.',
    }),
    dns_zones: z.array(newDnsZone).max(PARTS_MAX).optional(),
    external_services: z.array(newExternalService).max(PARTS_MAX).optional(),
    settings: z
      .record(z.string(), z.union([z.int(), z.string().max(SETTING_LENGTH_MAX)]))
      .optional()
      .meta({ description: 'By key.' }),
    attribs: z.record(z.string(), jsonObject).optional().meta({
      description:
        'Values for all nodes: by role, then by attribute. They are what `anneal attribs set role/NAME` sets; secrets are left out when a site is shown.',
    }),
  })
  .meta({ id: 'Site' });

export const siteChange = z
  .object({
    what: z.string().meta({ description: 'For example `network admin`.' }),
    change: z.enum(['made', 'changed', 'same']),
    fields: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
  })
  .meta({ id: 'SiteChange' });

export const siteMade = z.object({ changes: z.array(siteChange) }).meta({ id: 'SiteMade' });

const BASE = `${API_BASE}/site`;

export const siteRoutes = routes('site', {
  show: {
    method: 'GET',
    path: BASE,
    summary: 'Show the site as one document',
    says: 'In the form in which it is applied: with `anneal apply -f` elsewhere it makes the same.',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    answer: site,
  },
  apply: {
    method: 'PUT',
    path: BASE,
    summary: 'Make the site what the document says',
    says: 'Whole or not at all. What the document does not name stays as it is, so it may be sent again and again.',
    allows: ADMINS,
    query: noQuery,
    body: site,
    success: 200,
    answer: siteMade,
    problems: [404, 409],
  },
  preview: {
    method: 'POST',
    path: `${BASE}/preview`,
    summary: 'Say what applying a site would change',
    says: 'It is applied in a transaction that is always rolled back: what would be refused is refused.',
    allows: ADMINS,
    query: noQuery,
    body: site,
    success: 200,
    answer: siteMade,
    problems: [404, 409],
    changesNothing: true,
  },
});

export const wizardDraft = z
  .object({
    draft: jsonObject.meta({ description: 'What was filled in so far; empty before somebody began.' }),
    step: z.string(),
    finished_at: timestamp.nullable(),
    version: count.meta({ description: '0 before anything was kept.' }),
  })
  .meta({ id: 'WizardDraft' });

export const wizardDraftPut = z
  .strictObject({
    draft: jsonObject,
    step: z.string().min(1).max(63),
    finished: z.boolean().optional().meta({ description: 'The wizard has come to its end.' }),
  })
  .meta({ id: 'WizardDraftPut' });

const hostInterface = z.object({
  name: z.string(),
  mac: z.string().nullable(),
  up: z.boolean(),
  addresses: z.array(z.string()).meta({ description: 'With prefix length.' }),
});

export const hostCheck = z.object({
  name: z.string(),
  verdict: z.enum(['good', 'warning', 'bad', 'unknown']),
  says: z.string().meta({ description: 'What was found, and what to do where it is not good.' }),
});

export const host = z
  .object({
    fqdn: z.string().nullable(),
    hostname: z.string(),
    interfaces: z.array(hostInterface),
    memory_bytes: count,
    disk_free_bytes: count,
    checks: z.array(hostCheck),
  })
  .meta({ id: 'Host' });

const WIZARD = `${API_BASE}/wizard`;

export const wizardRoutes = routes('wizard', {
  show: {
    method: 'GET',
    path: WIZARD,
    summary: 'Show how far the install wizard has come',
    allows: ADMINS,
    query: noQuery,
    success: 200,
    answer: wizardDraft,
    etag: true,
  },
  save: {
    method: 'PUT',
    path: WIZARD,
    summary: 'Keep what was filled in, to go on later',
    allows: ADMINS,
    query: noQuery,
    body: wizardDraftPut,
    success: 200,
    answer: wizardDraft,
    etag: true,
    ifMatch: 'optional',
    problems: [409],
  },
  host: {
    method: 'GET',
    path: `${WIZARD}/host`,
    summary: 'Look whether the host of the server is fit for its work',
    allows: ADMINS,
    query: noQuery,
    success: 200,
    answer: host,
  },
});

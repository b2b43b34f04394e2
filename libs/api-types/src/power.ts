import { z } from 'zod';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { id, keyParams, NAME_LENGTH_MAX, noQuery, timestamp, version } from './base/scalars.js';

/** The power of machines, and the BMCs by which it is switched. */

/** Longest word that is looked at as an action. */
const ACTION_LENGTH_MAX = 64;
/** Longest time that a lamp is lit for, in seconds: what IPMI can count to. */
const IDENTIFY_SECONDS_MAX = 255;
/** Of one login: firmware takes no more. */
const LOGIN_LENGTH_MAX = 128;

const method = z
  .enum(['redfish', 'ipmi', 'ssh', 'manual'])
  .meta({ description: 'By which way; `manual` is a person.' });
const protocol = z.enum(['redfish', 'ipmi']);
const address = z.string().min(2).max(64).meta({ description: 'IPv4 or IPv6 address of the BMC.' });
const port = z.int().min(1).max(65_535);
const cipherSuite = z
  .int()
  .min(0)
  .max(255)
  .meta({ description: 'IPMI cipher suite: 3 is what every BMC of version 2.0 has, 17 what newer ones prefer.' });
const user = z
  .string()
  .min(1)
  .max(LOGIN_LENGTH_MAX)
  .regex(/^[\x21-\x7e]+$/);
const password = z
  .string()
  .min(1)
  .max(LOGIN_LENGTH_MAX)
  .regex(/^[\x20-\x7e]+$/)
  .meta({
    writeOnly: true,
    description: 'Goes in and never comes out. Needed again when it would be sent elsewhere than before.',
  });
const certificate = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'SHA-256 of its TLS certificate, hex.' });
const system = z
  .string()
  .max(400)
  .regex(/^\/redfish\/v1\/[\x21-\x7e]+$/)
  .meta({ description: 'Path of the machine’s ComputerSystem, for a service that has several.' });

export const power = z
  .object({
    node: z.string(),
    state: z.enum(['on', 'off', 'unknown']),
    method,
    reason: z.string().nullable().meta({ description: 'Why the state is unknown.' }),
    actions: z
      .array(z.object({ action: z.string(), method }))
      .meta({ description: 'What can be done now, each with the way it would be done by.' }),
  })
  .meta({ id: 'Power' });

export const powerWish = z
  .strictObject({
    action: z.string().min(1).max(ACTION_LENGTH_MAX).meta({
      description:
        '`on`, `off` (cut), `cycle` (off and on), `reset` (the reset line), `identify`, `boot-network`, `boot-disk` (for the next boot alone).',
    }),
    seconds: z
      .int()
      .min(0)
      .max(IDENTIFY_SECONDS_MAX)
      .optional()
      .meta({ description: 'For `identify`: how long the lamp lights; 0 puts it out.' }),
  })
  .meta({ id: 'PowerWish' });

export const powerDone = z
  .object({
    node: z.string(),
    action: z.string(),
    outcome: z
      .enum(['done', 'asked'])
      .meta({ description: '`asked`: no program can do it; `says` is what a person has to do.' }),
    method,
    says: z.string(),
  })
  .meta({ id: 'PowerDone' });

export const bmc = z
  .object({
    node_id: id,
    address: z.string(),
    protocols: z.array(protocol),
    redfish_port: z.int(),
    ipmi_port: z.int(),
    cipher_suite: z.int(),
    user: z.string(),
    certificate: z.string().nullable().meta({ description: 'SHA-256, hex; null until the first contact pins it.' }),
    system: z.string().nullable(),
    origin: z
      .enum(['operator', 'configured'])
      .meta({ description: 'Who wrote it: a person, or the role bmc-configure.' }),
    verified_at: timestamp.nullable().meta({ description: 'When a login with just this first succeeded.' }),
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Bmc' });

export const bmcWish = z
  .strictObject({
    address,
    user,
    password: password.optional(),
    protocols: z
      .array(protocol)
      .min(1)
      .max(2)
      .optional()
      .meta({ description: 'Best first does not matter; both when absent.' }),
    redfish_port: port.optional(),
    ipmi_port: port.optional(),
    cipher_suite: cipherSuite.optional(),
    certificate: certificate
      .nullable()
      .optional()
      .meta({ description: 'Null has the next contact pin what it finds.' }),
    system: system.nullable().optional(),
  })
  .meta({ id: 'BmcWish' });

const BASE = `${API_BASE}/nodes/:key`;

export const powerRoutes = routes('power', {
  show: {
    method: 'GET',
    path: `${BASE}/power`,
    summary: 'Whether a node is on, and what can be done about it',
    says: 'Asks the machine, which may take some seconds.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: power,
    staysOpen: true,
  },
  switch: {
    method: 'PUT',
    path: `${BASE}/power`,
    summary: 'Switch a node',
    says: 'Answers when it is seen to be done, at most 75 s later. What makes it boot waits, for 10 s of that at most, until netboot has taken in what the node is to boot, and is else refused with 503. 501 names what this node can do; 502 says what the machine answered. What runs on the node is not asked.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: powerWish,
    success: 200,
    answer: powerDone,
    staysOpen: true,
    problems: [501, 502],
  },
  bmc: {
    method: 'GET',
    path: `${BASE}/bmc`,
    summary: 'How the BMC of a node is reached',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: bmc,
    etag: true,
  },
  setBmc: {
    method: 'PUT',
    path: `${BASE}/bmc`,
    summary: 'Say how the BMC of a node is reached',
    says: 'The BMC itself is not changed. Whether the login is right is seen by asking for the power.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: bmcWish,
    success: 200,
    answer: bmc,
    etag: true,
    ifMatch: 'optional',
  },
  forgetBmc: {
    method: 'DELETE',
    path: `${BASE}/bmc`,
    summary: 'Forget how the BMC of a node is reached',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ deleted: z.string().max(NAME_LENGTH_MAX) }),
    ifMatch: 'optional',
  },
});

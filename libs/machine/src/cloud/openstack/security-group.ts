import type { ProviderWish } from '#core';
import { listAt, objectAt, textAt } from './fields.js';
import type { Trouble } from './http.js';
import type { OpenStackSession } from './session.js';

/** The group that lets SSH in; clouds shut everything else out of a new server, and this too. */
const NAME = 'anneal';
const SSH_PORT = 22;

/**
 * The security groups of a new server: those that are wished for, else one of our own that lets SSH and ping in, made when
 * it is missing. A cloud without security groups needs none.
 */
export const groupsFor = async (
  session: OpenStackSession,
  wish: ProviderWish,
  signal: AbortSignal,
): Promise<{ readonly kind: 'groups'; readonly names: readonly string[] } | Trouble> => {
  if (wish.security_groups !== undefined) return { kind: 'groups', names: wish.security_groups };
  const project = await session.project(signal);
  if (project.kind !== 'is') return project;
  const looked = await session.ask('network', {
    path: `/security-groups?name=${NAME}`,
    what: 'looking for the security group',
    also: [404],
    signal,
  });
  if (looked.kind !== 'told') return looked;
  if (looked.status === 404) return { kind: 'groups', names: [] };
  const ours = listAt(looked.body, 'security_groups').find(
    (group) => (textAt(group, 'project_id') ?? textAt(group, 'tenant_id')) === project.id,
  );
  const known = ours && textAt(ours, 'id');
  const id = known ?? (await make(session, signal));
  if (typeof id !== 'string') return id;
  const rules = await addRules(session, id, wish.ssh_port ?? SSH_PORT, signal);
  return rules ?? { kind: 'groups', names: [id] };
};

const make = async (session: OpenStackSession, signal: AbortSignal): Promise<string | Trouble> => {
  const told = await session.ask('network', {
    method: 'POST',
    path: '/security-groups',
    body: { security_group: { name: NAME, description: 'lets Anneal log in to its nodes' } },
    what: 'making a security group',
    signal,
  });
  if (told.kind !== 'told') return told;
  return (
    textAt(objectAt(told.body, 'security_group'), 'id') ?? { kind: 'failed', says: 'Neutron names no security group' }
  );
};

/** Repeated harmlessly: a rule that is there is answered with 409. */
const addRules = async (
  session: OpenStackSession,
  group: string,
  port: number,
  signal: AbortSignal,
): Promise<Trouble | null> => {
  const ssh = { protocol: 'tcp', port_range_min: port, port_range_max: port };
  for (const ethertype of ['IPv4', 'IPv6'])
    for (const rule of [ssh, { protocol: ethertype === 'IPv4' ? 'icmp' : 'ipv6-icmp' }]) {
      const told = await session.ask('network', {
        method: 'POST',
        path: '/security-group-rules',
        body: { security_group_rule: { security_group_id: group, direction: 'ingress', ethertype, ...rule } },
        what: 'letting SSH in',
        also: [409],
        signal,
      });
      if (told.kind !== 'told') return told;
    }
  return null;
};

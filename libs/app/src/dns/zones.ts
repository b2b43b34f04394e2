import { domainName, refuse } from '#core';
import type { DnsZoneView, NewDnsZone } from '../ports/dns-store.js';
import { firstRefusal, refuseForwarder, refuseLength, refuseTtl } from './check-fields.js';
import type { EditedNoun } from './edit-rows.js';

/** Zones that somebody declares; reverse zones, and those of networks' domains, follow without. */
export const DNS_ZONES: EditedNoun<DnsZoneView, NewDnsZone> = {
  what: 'DNS zone',
  advice: 'use the domain or id of one that `anneal dns zones list` shows (the root is found by its id)',
  subject: 'dns_zone',
  store: (tx) => tx.dnsZones,
  nameOf: (row) => (row as NewDnsZone).domain,
  fields: ['ttl', 'forwarders', 'clients', 'forwardFor'],
  refuse: (_tx, row, before) =>
    firstRefusal([
      before ? null : refuseDomain(row.domain),
      refuseTtl(row.ttl),
      refuseLength('forwarders', row.forwarders),
      ...row.forwarders.map(refuseForwarder),
      refuseLength('clients', row.clients),
      refuseLength('forward_for', row.forwardFor),
      row.domain === '.' && row.forwarders.length === 0
        ? refuse('invalid', 'the root zone is there to forward what belongs to no other zone: give it forwarders.', {
            field: 'forwarders',
          })
        : null,
    ]),
};

const refuseDomain = (domain: string) => {
  const name = domainName(domain);
  return name !== null && (name === '' ? '.' : name) === domain
    ? null
    : refuse(
        'invalid',
        `"${domain.slice(0, 80)}" is no domain: use labels of lower-case letters, digits and hyphens, joined by dots and without one at the end; the root is ".".`,
        { field: 'domain' },
      );
};

import { domainName, refuse, type Refusal } from '#core';
import type { DnsServerView, NewDnsServer } from '../ports/dns-store.js';
import { firstRefusal, refuseAddress, refuseLength, refuseRowName } from './check-fields.js';
import type { EditedNoun } from './edit-rows.js';

/** Fewest octets of a key (RFC 8945 §8: at least as long as half the digest). */
const SECRET_OCTETS_MIN = 16;

/** Servers elsewhere, BIND for example, that are kept the same by signed updates. */
export const DNS_SERVERS: EditedNoun<DnsServerView, NewDnsServer> = {
  what: 'DNS server',
  advice: 'use the name or id of one that `anneal dns servers list` shows',
  subject: 'dns_server',
  store: (tx) => tx.dnsServers,
  nameOf: (row) => (row as NewDnsServer).name,
  key: { field: 'keySecret', place: 'dns_servers' },
  fields: ['name', 'address', 'port', 'zones', 'keyName', 'keyAlgorithm', 'keySecret', 'active'],
  refuse: (_tx, row) =>
    firstRefusal([
      refuseRowName('DNS server', row.name),
      refuseAddress('address', row.address),
      row.port >= 1 && row.port <= 65_535
        ? null
        : refuse('invalid', 'a port is a number from 1 to 65535.', { field: 'port' }),
      refuseLength('zones', row.zones),
      ...row.zones.map((zone) =>
        domainName(zone) === zone && zone !== ''
          ? null
          : refuse('invalid', `"${zone.slice(0, 80)}" is no domain: lower case, without a dot at the end.`, {
              field: 'zones',
            }),
      ),
      domainName(row.keyName)
        ? null
        : refuse('invalid', `"${row.keyName.slice(0, 80)}" is no name for a key: it is written like a domain name.`, {
            field: 'key_name',
          }),
      // When something else is changed the secret is not at hand, and stays as it was checked.
      row.keySecret === undefined ? null : refuseSecret(row.keySecret),
    ]),
};

const refuseSecret = (secret: string): Refusal | null => {
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(secret);
  const octets = Math.floor((secret.replace(/=+$/, '').length * 3) / 4);
  return isBase64 && octets >= SECRET_OCTETS_MIN
    ? null
    : refuse(
        'invalid',
        `the secret of the key is base64 of at least ${SECRET_OCTETS_MIN} octets, as \`tsig-keygen\` prints it.`,
        { field: 'key_secret' },
      );
};

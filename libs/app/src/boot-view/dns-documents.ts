import type { ViewDocument, ViewRecord } from '#core';
import type { Transaction } from '../ports/unit-of-work.js';

/** Name filters and zones as documents of the boot view. */
export async function readDns(tx: Transaction): Promise<ViewDocument[]> {
  const [filters, zones, records] = [await tx.dnsFilters.all(), await tx.dnsZones.all(), await tx.dnsRecords.all()];
  const written = new Map<string, ViewRecord[]>();
  const ttls = new Map(zones.map(({ id, ttl }) => [id, ttl]));
  for (const { zoneId, name, type, ttl, value } of records) {
    const record: ViewRecord = { name, type, ttl: ttl ?? ttls.get(zoneId)!, value };
    const there = written.get(zoneId);
    if (there) there.push(record);
    else written.set(zoneId, [record]);
  }
  return [
    ...filters.map(({ id, name, priority, matcher, template, clients }): ViewDocument => ({
      kind: 'name-filter',
      id,
      body: { name, priority, matcher, template, clients },
    })),
    ...zones.map(({ id, domain, ttl, forwarders, clients, forwardFor }): ViewDocument => ({
      kind: 'zone',
      id,
      body: { domain, ttl, records: written.get(id) ?? [], forwarders, clients, forwardFor },
    })),
  ];
}

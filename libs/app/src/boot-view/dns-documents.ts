import type { ViewDocument, ViewRecord } from '#core';
import type { Transaction } from '../ports/unit-of-work.js';

/** Name filters and zones, with the records that somebody wrote, as documents of the boot view. */
export async function readDns(tx: Transaction): Promise<ViewDocument[]> {
  const filters = (await tx.dnsFilters.all()).map(
    ({ id, name, priority, matcher, template, clients }): ViewDocument => ({
      kind: 'name-filter',
      id,
      body: { name, priority, matcher, template, clients },
    }),
  );
  const zones = await tx.dnsZones.all();
  const ttlOf = new Map<string, number>(zones.map(({ id, ttl }) => [id, ttl]));
  const recordsOf = new Map<string, ViewRecord[]>();
  for (const { zoneId, name, type, ttl, value } of await tx.dnsRecords.all()) {
    const records = recordsOf.get(zoneId) ?? [];
    records.push({ name, type, ttl: ttl ?? ttlOf.get(zoneId) ?? 0, value });
    recordsOf.set(zoneId, records);
  }
  return [
    ...filters,
    ...zones.map(({ id, domain, ttl, forwarders, clients, forwardFor }): ViewDocument => ({
      kind: 'zone',
      id,
      body: { domain, ttl, records: recordsOf.get(id) ?? [], forwarders, clients, forwardFor },
    })),
  ];
}

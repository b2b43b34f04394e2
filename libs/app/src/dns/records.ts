import { isRefusal, isWithin, nameInZone, parseRecordData, refuse, type Refusal, type WrittenType } from '#core';
import type { ModelParts } from '../model-parts.js';
import { lookUp } from '../named.js';
import type { DnsRecordId, DnsRecordView, DnsZoneView } from '../ports/dns-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseTtl } from './check-fields.js';
import { DNS_ZONES } from './zones.js';

/** Records that somebody writes into one zone: its document holds them all. */
export const RECORDS_PER_ZONE_MAX = 10_000;

type Parts = Pick<ModelParts, 'unitOfWork' | 'ids'>;

const zoneNamed = (
  tx: Transaction,
  key: string,
  options?: { readonly lock?: boolean },
): Promise<DnsZoneView | Refusal> => lookUp(key, (k) => tx.dnsZones.find(k, options), DNS_ZONES.what, DNS_ZONES.advice);

export class ListDnsRecords {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(zone: string, query: ListQuery): Promise<Page<DnsRecordView> | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const found = await zoneNamed(tx, zone);
      return isRefusal(found) ? found : tx.dnsRecords.list(found.id, query);
    });
  }
}

export interface NewRecordInput {
  readonly zone: string;
  readonly name: string;
  readonly type: WrittenType;
  readonly ttl?: number | null;
  readonly value: string;
}

/** Writes a record into a zone, beside those that follow from machines. */
export class CreateDnsRecord {
  constructor(private readonly parts: Parts) {}

  execute(actor: Actor, input: NewRecordInput): Promise<DnsRecordView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const zone = await zoneNamed(tx, input.zone, { lock: true });
      if (isRefusal(zone)) return zone;
      const name = input.name.toLowerCase();
      const record = { name, type: input.type, ttl: input.ttl ?? null, value: input.value.trim() };
      const wrong = refuseRecord(zone, record) ?? refuseBeside(await tx.dnsRecords.named(zone.id, name), record);
      if (wrong) return wrong;
      if ((await tx.dnsRecords.count(zone.id)) >= RECORDS_PER_ZONE_MAX)
        return refuse(
          'too-large',
          `zone ${zone.domain} has ${RECORDS_PER_ZONE_MAX} written records, which is the most.`,
        );
      const id = this.parts.ids.next<DnsRecordId>();
      if (!(await tx.dnsRecords.insert({ ...record, id, zoneId: zone.id })))
        return refuse('already-exists', `zone ${zone.domain} has this record of ${name} already.`);
      tx.tell({ kind: 'dns_record.created', data: { zone: zone.domain, name, type: record.type } });
      return (await tx.dnsRecords.find(zone.id, id)) as DnsRecordView;
    });
  }
}

export class DeleteDnsRecord {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly zone: string; readonly record: string },
  ): Promise<{ readonly deleted: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const zone = await zoneNamed(tx, input.zone, { lock: true });
      if (isRefusal(zone)) return zone;
      const record = await lookUp(
        input.record,
        (key) => tx.dnsRecords.find(zone.id, key),
        'record',
        `use the id of one that \`anneal dns zones records ${zone.domain}\` shows`,
      );
      if (isRefusal(record)) return record;
      await tx.dnsRecords.delete(record.id);
      tx.tell({ kind: 'dns_record.deleted', data: { zone: zone.domain, name: record.name, type: record.type } });
      return { deleted: `${record.type} ${record.name}` };
    });
  }
}

type Written = Pick<DnsRecordView, 'name' | 'type' | 'ttl' | 'value'>;

const refuseRecord = (zone: DnsZoneView, record: Written): Refusal | null => {
  const domain = zone.domain === '.' ? '' : zone.domain;
  const name = nameInZone(record.name, domain);
  if (name === null || !isWithin(name, domain))
    return refuse(
      'invalid',
      `"${record.name.slice(0, 80)}" is no name in zone ${zone.domain}: use @ for the zone itself, else labels of letters, digits, - and _; with a dot at the end the zone is not appended.`,
      { field: 'name' },
    );
  if (record.type === 'CNAME' && name === domain)
    return refuse('invalid', `a zone cannot be an alias itself (RFC 1034 §3.6.2): write A and AAAA records at @.`, {
      field: 'type',
    });
  const data = parseRecordData(record.type, record.value, domain);
  return isRefusal(data) ? data : refuseTtl(record.ttl);
};

/** An alias stands alone at its name. */
const refuseBeside = (there: readonly DnsRecordView[], record: Written): Refusal | null => {
  const other = there.find(({ type }) => (type === 'CNAME') !== (record.type === 'CNAME') || type === 'CNAME');
  return other
    ? refuse(
        'conflict',
        `${record.name} has a ${other.type} record already, and an alias (CNAME) stands alone at its name: delete that one first, or choose another name.`,
        { record: other.id },
      )
    : null;
};

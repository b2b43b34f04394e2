import type { ModelParts } from '../model-parts.js';
import { editRows } from './edit-rows.js';
import { EXTERNAL_SERVICES } from './external-services.js';
import { DNS_FILTERS } from './filters.js';
import { ListDnsProblems } from './list-problems.js';
import { ListServedRecords } from './list-served.js';
import { NamesNow } from './names-now.js';
import { CreateDnsRecord, DeleteDnsRecord, ListDnsRecords } from './records.js';
import { DNS_SERVERS } from './servers.js';
import { DNS_ZONES } from './zones.js';

/** What may be done about names and about services that stand outside. */
export const dnsUseCases = (parts: ModelParts) => {
  const names = new NamesNow(parts.unitOfWork);
  return {
    dnsFilters: editRows(parts, DNS_FILTERS),
    dnsZones: editRows(parts, DNS_ZONES),
    dnsServers: editRows(parts, DNS_SERVERS),
    externalServices: editRows(parts, EXTERNAL_SERVICES),
    listDnsRecords: new ListDnsRecords(parts),
    createDnsRecord: new CreateDnsRecord(parts),
    deleteDnsRecord: new DeleteDnsRecord(parts),
    listServedRecords: new ListServedRecords(names),
    listDnsProblems: new ListDnsProblems(names),
  };
};

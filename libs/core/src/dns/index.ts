/** DNS: names that follow from machines, zones, and the answer to a question. Packets are the affair of netio. */
export { answer as answerQuestion, CNAME_CHAIN_MAX, type DnsOutcome, type DnsQuestion } from './answer.js';
export { MATCHER_LENGTH_MAX, parseMatcher } from './matcher.js';
export { domainName, isWithin, nameInZone, reverseName, reverseZones } from './name.js';
export type { RecordSource } from './name-table.js';
export {
  canonicalAddress,
  CLASS_IN,
  parseRecordData,
  QUERY_TYPES,
  RCODE,
  RECORD_TYPES,
  recordText,
  WRITTEN_TYPES,
  type DnsRecord,
  type RecordData,
  type RecordType,
  type SoaData,
  type WrittenType,
} from './record.js';
export { differenceOf, zoneRecordKey, type ZoneRecord, type ZoneRecordWithTtl } from './reconcile.js';
export { parseTemplate, TEMPLATE_LENGTH_MAX, TEMPLATE_TOKENS } from './template.js';
export { LOCAL_SCOPE, mayForward, OUTSIDE_SCOPE, type ClientScope, type Revisioned, type Zone } from './zone.js';
export { ZoneIndex, type ServedRecord } from './zone-index.js';

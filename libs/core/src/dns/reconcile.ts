/**
 * What has to be done to a zone on a server elsewhere so that it holds what is wanted. The server's other records belong
 * to somebody else: what we did not put there is neither changed nor taken away, even where it is the same as ours.
 */

/** Name, type and data as text, all in one spelling; two records that agree in these are one. */
export interface ZoneRecord {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}
export interface ZoneRecordWithTtl extends ZoneRecord {
  readonly ttl: number;
}

export interface ZoneDifference {
  readonly add: readonly ZoneRecordWithTtl[];
  readonly remove: readonly ZoneRecord[];
  /** Ours in the book, but neither wanted nor there any more: the book forgets them. */
  readonly forget: readonly ZoneRecord[];
  /** Wanted, but an alias of somebody else stands in the way, or something of somebody else where we want an alias. */
  readonly blocked: readonly ZoneRecordWithTtl[];
}

export const zoneRecordKey = ({ name, type, value }: ZoneRecord): string => `${name} ${type} ${value}`;

/** `placed` is what we have put there at any time and not taken away since. */
export const differenceOf = (
  wanted: readonly ZoneRecordWithTtl[],
  actual: readonly ZoneRecordWithTtl[],
  placed: readonly ZoneRecord[],
): ZoneDifference => {
  const wantedKeys = new Set(wanted.map(zoneRecordKey));
  const there = new Map(actual.map((record) => [zoneRecordKey(record), record]));
  const ours = new Set(placed.map(zoneRecordKey));
  const foreign = foreignNames(actual, ours);

  const add: ZoneRecordWithTtl[] = [];
  const blocked: ZoneRecordWithTtl[] = [];
  for (const record of wanted) {
    const found = there.get(zoneRecordKey(record));
    const isRight = found !== undefined && (found.ttl === record.ttl || !ours.has(zoneRecordKey(record)));
    if (isRight) continue;
    const others = foreign.get(record.name);
    const isBlocked = found === undefined && (record.type === 'CNAME' ? others !== undefined : others === 'alias');
    (isBlocked ? blocked : add).push(record);
  }
  const unwanted = placed.filter((record) => !wantedKeys.has(zoneRecordKey(record)));
  return {
    add,
    remove: unwanted.filter((record) => there.has(zoneRecordKey(record))),
    forget: unwanted.filter((record) => !there.has(zoneRecordKey(record))),
    blocked,
  };
};

/** Names at which somebody else has something: an alias stands alone (RFC 1034 §3.6.2), so it matters which. */
const foreignNames = (
  actual: readonly ZoneRecordWithTtl[],
  ours: ReadonlySet<string>,
): ReadonlyMap<string, 'alias' | 'other'> => {
  const names = new Map<string, 'alias' | 'other'>();
  for (const record of actual)
    if (!ours.has(zoneRecordKey(record))) names.set(record.name, record.type === 'CNAME' ? 'alias' : 'other');
  return names;
};

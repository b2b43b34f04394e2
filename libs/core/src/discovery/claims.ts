import type { Json, JsonObject } from '../base/json.js';

/**
 * What a machine claims to be, taken out of the inventory that it reports: what tells it from all others, and what rules
 * of enrolment ask about. It reads the document as it came and believes nothing that has not the right shape; what is
 * missing is null or empty. An IP address is no part of it: addresses are given, they do not belong to a machine.
 */
export interface MachineClaims {
  /** SMBIOS UUID in lower case; null where there is none, or one that tells nothing. */
  readonly uuid: string | null;
  /** Hardware addresses of cards on a bus, lower case. Those of bridges, bonds and VLANs are nobody's. */
  readonly macs: readonly string[];
  readonly serial: string | null;
}

/** Hardware addresses that one machine may claim. */
const MACS_MAX = 64;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** UUIDs that vendors left in thousands of machines; those of one repeated digit are known without a list. */
const SHARED_UUIDS: ReadonlySet<string> = new Set([
  '03000200-0400-0500-0006-000700080009',
  '00020003-0004-0005-0006-000700080009',
  '12345678-1234-5678-90ab-cddeefaabbcc',
  '12345678-1234-1234-1234-123456789abc',
  '01234567-89ab-cdef-0123-456789abcdef',
  'fefefefe-fefe-fefe-fefe-fefefefefefe',
  '4c4c4544-0000-2010-8020-80c04f202020',
]);

/** Serial numbers that are the words of a form which nobody filled in. */
const NO_SERIAL =
  /^(|0+|x+|none|n\/?a|unknown|not (specified|available|applicable)|to be filled.*|default string|system serial number|123456789|empty|oem)$/i;

/** The UUID as it is compared; null for what is none, or is shared by machines that have nothing in common. */
export const distinctUuid = (text: string | null): string | null => {
  const uuid = text?.trim().toLowerCase() ?? '';
  if (!UUID.test(uuid) || SHARED_UUIDS.has(uuid)) return null;
  return new Set(uuid.replaceAll('-', '')).size < 3 ? null : uuid;
};

/**
 * The same UUID with its first three fields read in the other byte order: SMBIOS 2.6 (§7.2.1) changed it, and firmware,
 * iPXE and kernels do not all agree on which version they look at.
 */
export const turnedUuid = (uuid: string): string => {
  const turn = (hex: string): string => (hex.match(/../g) ?? []).reverse().join('');
  const [low = '', mid = '', high = '', ...rest] = uuid.split('-');
  return [turn(low), turn(mid), turn(high), ...rest].join('-');
};

export const isSameUuid = (a: string, b: string): boolean => a === b || a === turnedUuid(b);

/** What an inventory claims. Cards that are on no bus count only where no card is on one, as in a container. */
export const claimsOf = (inventory: JsonObject): MachineClaims => {
  const cards = listAt(inventory, 'network', 'interfaces').flatMap((card) => {
    const mac = textAt(card, 'mac')?.toLowerCase() ?? '';
    return MAC.test(mac) && isStationAddress(mac) ? [{ mac, onBus: textAt(card, 'bus_path') !== null }] : [];
  });
  const real = cards.some(({ onBus }) => onBus) ? cards.filter(({ onBus }) => onBus) : cards;
  return {
    uuid: distinctUuid(textAt(inventory, 'system', 'uuid')),
    macs: [...new Set(real.map(({ mac }) => mac))].slice(0, MACS_MAX),
    serial: distinctSerial(textAt(inventory, 'system', 'serial')),
  };
};

export const distinctSerial = (text: string | null): string | null => {
  const serial = text?.trim() ?? '';
  return NO_SERIAL.test(serial) ? null : serial;
};

/** Of one card, and not the address that means nobody. */
const isStationAddress = (mac: string): boolean =>
  (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0 && mac !== '00:00:00:00:00:00';

/** What stands at a path; undefined where there is nothing. */
export const valueAt = (document: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (at, key) =>
      typeof at === 'object' && at !== null && !Array.isArray(at) && Object.hasOwn(at, key)
        ? (at as JsonObject)[key]
        : undefined,
    document,
  );

export const textAt = (document: Json | undefined, ...path: readonly string[]): string | null => {
  const value = valueAt(document, ...path);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
};

export const numberAt = (document: Json | undefined, ...path: readonly string[]): number | null => {
  const value = valueAt(document, ...path);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};

export const listAt = (document: Json | undefined, ...path: readonly string[]): readonly Json[] => {
  const value = valueAt(document, ...path);
  return Array.isArray(value) ? (value as readonly Json[]) : [];
};

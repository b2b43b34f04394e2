import { formatMac, hexOf } from './address.js';

/**
 * What a DUID (RFC 8415 §11) tells of a machine beside being its name. The lease of a client is kept under the whole
 * DUID; which machine it is follows from what is read here.
 */

const LINK_LAYER_AND_TIME = 1;
const LINK_LAYER = 3;
const UUID = 4;
const ETHERNET = 1;

export interface DuidReading {
  readonly mac: string | null;
  /**
   * The machine's SMBIOS UUID as it may have been meant, the likelier first. RFC 6355 has network byte order, and iPXE
   * keeps to it; EDK2 copies the table of the firmware, where the first three fields have their least byte first.
   */
  readonly uuids: readonly string[];
}

const NOTHING: DuidReading = { mac: null, uuids: [] };

export const readDuid = (duid: Uint8Array): DuidReading => {
  const type = ((duid[0] as number) << 8) | (duid[1] as number);
  const hardware = ((duid[2] as number) << 8) | (duid[3] as number);
  if (type === LINK_LAYER_AND_TIME && duid.length === 14 && hardware === ETHERNET)
    return { mac: formatMac(duid, 8), uuids: [] };
  if (type === LINK_LAYER && duid.length === 10 && hardware === ETHERNET) return { mac: formatMac(duid, 4), uuids: [] };
  if (type === UUID && duid.length === 18) {
    const bytes = duid.subarray(2);
    return { mac: null, uuids: [formatUuid(bytes), formatUuid(swapFields(bytes))] };
  }
  return NOTHING;
};

/** The DUID of a server that has none yet, from sixteen random bytes (RFC 6355). It must be kept from then on. */
export const makeUuidDuid = (random: Uint8Array): Uint8Array => {
  const duid = new Uint8Array(18);
  duid[1] = UUID;
  duid.set(random.subarray(0, 16), 2);
  // RFC 9562 §5.4: version 4, variant 10.
  duid[8] = ((duid[8] as number) & 0x0f) | 0x40;
  duid[10] = ((duid[10] as number) & 0x3f) | 0x80;
  return duid;
};

/** The name a lease is kept under: one client may have several associations, one for each interface. */
export const holderOf6 = (duid: Uint8Array, iaid: number): string => `duid:${hexOf(duid)}/${iaid}`;

const formatUuid = (bytes: Uint8Array): string => {
  const hex = hexOf(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

const swapFields = (bytes: Uint8Array): Uint8Array => {
  const swapped = Uint8Array.from(bytes);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return swapped;
};

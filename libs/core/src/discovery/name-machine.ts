import type { JsonObject } from '../base/json.js';
import { distinctSerial, textAt, type MachineClaims } from './claims.js';

/**
 * What a new machine is called. By default the letter d and its hardware address, `d52-54-00-12-34-56`; a rule may say
 * something else with a few words of the inventory. This is no template language: a word in double braces stands for a
 * value, and everything else for itself.
 */

/** Words that a pattern may use, and what each stands for. */
export const NAME_WORDS = {
  mac: 'the hardware address that it booted from, with dashes',
  serial: 'its serial number',
  asset_tag: 'its asset tag',
  uuid: 'its SMBIOS UUID',
  vendor: 'who made it',
  product: 'its model',
  switch: 'the switch that it is plugged into, as LLDP told',
  port: 'the port of that switch',
} as const;
export type NameWord = keyof typeof NAME_WORDS;

export const NAME_PATTERN_LENGTH_MAX = 200;
/** Longest label of a host name (RFC 1035 §2.3.4). */
const LABEL_LENGTH_MAX = 63;
const WORD = /\{\{\s*([a-z_]+)\s*\}\}/g;

/** What is wrong with a pattern, if anything. */
export const namePatternFault = (pattern: string): string | null => {
  if (pattern.length > NAME_PATTERN_LENGTH_MAX) return `a name has at most ${NAME_PATTERN_LENGTH_MAX} characters`;
  const unknown = [...pattern.matchAll(WORD)].find(([, word]) => !Object.hasOwn(NAME_WORDS, word as string));
  if (unknown) return `there is no word "${unknown[1]}": use ${Object.keys(NAME_WORDS).join(', ')}`;
  const rest = pattern.replaceAll(WORD, '');
  if (!/^[-.A-Za-z0-9]*$/.test(rest))
    return 'a name has letters, digits, hyphens and dots, and words such as {{serial}}';
  return rest === pattern ? 'every machine would get the same name: use a word such as {{serial}} or {{mac}}' : null;
};

/** The values that words stand for, of one machine; those that it does not know are absent. */
export const nameWords = (inventory: JsonObject, bootMac: string): Readonly<Partial<Record<NameWord, string>>> => {
  const neighbour = neighbourOf(inventory, bootMac);
  const said: Record<NameWord, string | null> = {
    mac: bootMac.replaceAll(':', '-'),
    serial: distinctSerial(textAt(inventory, 'system', 'serial')),
    asset_tag: distinctSerial(textAt(inventory, 'system', 'asset_tag')),
    uuid: textAt(inventory, 'system', 'uuid'),
    vendor: textAt(inventory, 'system', 'vendor'),
    product: textAt(inventory, 'system', 'product'),
    switch: neighbour && textAt(neighbour, 'switch'),
    port: neighbour && textAt(neighbour, 'port'),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null));
};

/** Who is at the other end of the card that the machine booted from. */
const neighbourOf = (inventory: JsonObject, bootMac: string): JsonObject | null => {
  const interfaces = (inventory['network'] as JsonObject | undefined)?.['interfaces'];
  const links = inventory['links'];
  if (!Array.isArray(interfaces) || !Array.isArray(links)) return null;
  const card = interfaces.find((each) => textAt(each, 'mac')?.toLowerCase() === bootMac);
  const link = links.find((each) => textAt(each, 'name') !== null && textAt(each, 'name') === textAt(card, 'name'));
  const neighbour = (link as JsonObject | undefined)?.['neighbour'];
  return typeof neighbour === 'object' && neighbour !== null ? (neighbour as JsonObject) : null;
};

/**
 * The name that a pattern gives, without domain unless the pattern has dots; null when a word of it stands for nothing
 * that this machine knows, or nothing is left of it that a host may be called.
 */
export const patternName = (
  pattern: string,
  words: Readonly<Partial<Record<NameWord, string>>>,
): { readonly name: string } | { readonly missing: string } => {
  const missing = [...pattern.matchAll(WORD)].find(([, word]) => words[word as NameWord] === undefined);
  if (missing) return { missing: missing[1] as string };
  const text = pattern.replaceAll(WORD, (_, word: NameWord) => asLabel(words[word] as string));
  const name = text.toLowerCase().split('.').map(asLabel).join('.');
  return name === '' || name.split('.').includes('') ? { missing: 'anything that a host may be called' } : { name };
};

/** What of a text may stand in a label of a host name (RFC 1123 §2.1). */
const asLabel = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LABEL_LENGTH_MAX)
    .replaceAll(/^-+|-+$/g, '');

/** The name of a machine that no rule gives one. */
export const defaultName = (bootMac: string): string => `d${bootMac.toLowerCase().replaceAll(':', '-')}`;

/** The card that a machine goes by: the one that it booted from, else the first of its own. */
export const nameMac = (bootMac: string | null, claims: MachineClaims): string | null =>
  bootMac ?? claims.macs[0] ?? null;

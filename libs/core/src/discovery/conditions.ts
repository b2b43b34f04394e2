import type { Json, JsonObject } from '../base/json.js';
import { prefixOf, prefixValue, addressValue } from '../boot-view/address-value.js';
import { listAt, numberAt, textAt } from './claims.js';

/**
 * What a rule of enrolment asks of a machine. A text is asked with patterns, in which `*` stands for anything; a number
 * with what it must be, or at least or at most. All that a rule asks must hold. What a machine did not say holds for no
 * question, so that a rule never takes a machine for something that it has not claimed to be.
 */
export type TextTest = string | readonly string[];
export type NumberTest = number | { readonly at_least?: number; readonly at_most?: number };

export interface MachineMatch {
  readonly vendor?: TextTest;
  readonly product?: TextTest;
  readonly serial?: TextTest;
  readonly asset_tag?: TextTest;
  readonly uuid?: TextTest;
  /** Any of its cards. */
  readonly mac?: TextTest;
  readonly architecture?: TextTest;
  /** `bios`, `uefi`. */
  readonly firmware?: TextTest;
  /** `physical`, `virtual`, `container`. */
  readonly kind?: TextTest;
  readonly cpu?: TextTest;
  /** Any switch that a card of it is plugged into. */
  readonly switch?: TextTest;
  /** Any disk of this model. */
  readonly disk_model?: TextTest;
  /** Any device with this id, `vvvv:dddd`. */
  readonly pci?: TextTest;
  /** The subnet that it speaks from, in CIDR. */
  readonly subnet?: TextTest;
  readonly memory_gib?: NumberTest;
  readonly threads?: NumberTest;
  /** Disks that stay in the machine. */
  readonly disks?: NumberTest;
  /** Of these together. */
  readonly disk_gib?: NumberTest;
  readonly nics?: NumberTest;
}

const TEXTS = [
  'vendor',
  'product',
  'serial',
  'asset_tag',
  'uuid',
  'mac',
  'architecture',
  'firmware',
  'kind',
  'cpu',
  'switch',
  'disk_model',
  'pci',
  'subnet',
] as const satisfies readonly (keyof MachineMatch)[];
const NUMBERS = [
  'memory_gib',
  'threads',
  'disks',
  'disk_gib',
  'nics',
] as const satisfies readonly (keyof MachineMatch)[];

/** What rules can ask about, for help and documentation. */
export const MATCH_TEXTS: readonly string[] = TEXTS;
export const MATCH_NUMBERS: readonly string[] = NUMBERS;

/** Patterns for one field, and characters of each. */
const PATTERNS_MAX = 100;
const PATTERN_LENGTH_MAX = 200;

/** What is wrong with what a rule asks, if anything. */
export const matchFault = (match: JsonObject): string | null => {
  for (const [field, test] of Object.entries(match)) {
    const says = (TEXTS as readonly string[]).includes(field)
      ? textFault(field, test)
      : (NUMBERS as readonly string[]).includes(field)
        ? numberFault(test)
        : `nobody knows it: ask about ${[...TEXTS, ...NUMBERS].join(', ')}`;
    if (says) return `${field}: ${says}`;
  }
  return null;
};

const textFault = (field: string, test: Json): string | null => {
  const patterns: readonly Json[] = Array.isArray(test) ? (test as readonly Json[]) : [test];
  if (patterns.length === 0 || patterns.length > PATTERNS_MAX) return `give 1 to ${PATTERNS_MAX} patterns`;
  for (const pattern of patterns) {
    if (typeof pattern !== 'string' || pattern === '' || pattern.length > PATTERN_LENGTH_MAX)
      return `a pattern is a text of 1 to ${PATTERN_LENGTH_MAX} characters, with * for anything`;
    if (field === 'subnet' && !prefixValue(pattern)) return `"${pattern}" is no subnet: write it like 10.0.0.0/24`;
  }
  return null;
};

const numberFault = (test: Json): string | null => {
  if (typeof test === 'number') return null;
  if (typeof test !== 'object' || test === null || Array.isArray(test)) return NUMBER_SAYS;
  const entries = Object.entries(test as JsonObject);
  const isOdd = ([key, value]: readonly [string, Json]): boolean =>
    (key !== 'at_least' && key !== 'at_most') || typeof value !== 'number';
  return entries.length === 0 || entries.some(isOdd) ? NUMBER_SAYS : null;
};
const NUMBER_SAYS = 'give a number, or {"at_least": …, "at_most": …}';

/** What a machine has for each question; several where it has several of a thing. */
export interface MachineFacts {
  readonly texts: Readonly<Record<string, readonly string[]>>;
  readonly numbers: Readonly<Record<string, number | null>>;
  /** The address that it speaks from. */
  readonly address: string | null;
}

const GIB = 2 ** 30;

/** The facts that rules ask about. `address` is where it speaks from. */
export const machineFacts = (inventory: JsonObject, address: string | null): MachineFacts => {
  const one = (...path: readonly string[]): readonly string[] => texts([textAt(inventory, ...path)]);
  const cards = listAt(inventory, 'network', 'interfaces');
  const disks = listAt(inventory, 'disks').filter(
    (disk) => (disk as JsonObject | null)?.['removable'] !== true && numberAt(disk, 'bytes') !== null,
  );
  const memory = numberAt(inventory, 'memory', 'bytes');
  return {
    texts: {
      vendor: one('system', 'vendor'),
      product: one('system', 'product'),
      serial: one('system', 'serial'),
      asset_tag: one('system', 'asset_tag'),
      uuid: one('system', 'uuid'),
      mac: texts(cards.map((card) => textAt(card, 'mac'))),
      architecture: one('architecture'),
      firmware: one('firmware', 'mode'),
      kind: one('system', 'kind'),
      cpu: one('cpu', 'model'),
      switch: texts(listAt(inventory, 'links').map((link) => textAt(link, 'neighbour', 'switch'))),
      disk_model: texts(disks.map((disk) => textAt(disk, 'model'))),
      pci: texts(listAt(inventory, 'pci').map((device) => textAt(device, 'id'))),
    },
    numbers: {
      // Firmware keeps some for itself: 63.8 GiB are what was sold as 64.
      memory_gib: memory === null ? null : Math.round(memory / GIB),
      threads: numberAt(inventory, 'cpu', 'threads'),
      disks: Array.isArray(inventory['disks']) ? disks.length : null,
      disk_gib: Array.isArray(inventory['disks'])
        ? Math.floor(disks.reduce<number>((sum, disk) => sum + (numberAt(disk, 'bytes') ?? 0), 0) / GIB)
        : null,
      nics: inventory['network'] === undefined ? null : cards.length,
    },
    address,
  };
};

const texts = (found: readonly (string | null)[]): readonly string[] => found.filter((text) => text !== null);

/** Whether all that is asked holds; if not, the field that does not. */
export const unmetField = (match: MachineMatch, facts: MachineFacts): string | null => {
  for (const field of TEXTS) {
    const test = match[field];
    if (test === undefined) continue;
    const patterns = typeof test === 'string' ? [test] : test;
    const met =
      field === 'subnet'
        ? patterns.some((cidr) => liesIn(facts.address, cidr))
        : (facts.texts[field] ?? []).some((text) => patterns.some((pattern) => isLike(text, pattern)));
    if (!met) return field;
  }
  for (const field of NUMBERS) {
    const test = match[field];
    const value = facts.numbers[field] ?? null;
    if (test !== undefined && (value === null || !fits(value, test))) return field;
  }
  return null;
};

const fits = (value: number, test: NumberTest): boolean =>
  typeof test === 'number'
    ? value === test
    : value >= (test.at_least ?? Number.NEGATIVE_INFINITY) && value <= (test.at_most ?? Number.POSITIVE_INFINITY);

/** Case does not matter. Each piece is looked for after the one before, so that no pattern takes long. */
export const isLike = (text: string, pattern: string): boolean => {
  const [first = '', ...pieces] = pattern.toLowerCase().split('*');
  const lower = text.toLowerCase();
  const last = pieces.pop();
  if (last === undefined) return lower === first;
  if (!lower.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = lower.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return lower.length - last.length >= at && lower.endsWith(last);
};

const liesIn = (address: string | null, cidr: string): boolean => {
  const subnet = prefixValue(cidr);
  const value = address === null ? null : addressValue(address);
  if (!subnet || value === null || (typeof value === 'number' ? 4 : 6) !== subnet.family) return false;
  return prefixOf(value, subnet.length) === subnet.prefix;
};

import type { NetworkCard, NetworkInventory } from './inventory.js';

/** Which cards come first on machines of one kind. */
export interface InterfaceMap {
  /** Regular expression on the product name of the machine; the first map that matches counts. */
  readonly pattern: string;
  /** Prefixes of bus paths. Cards below the first come first, then those below the second, and so on. */
  readonly busOrder: readonly string[];
}

/**
 * The cards of a machine in the order in which conduits count them: those that the machine's interface map names, in its
 * order, then the others by bus path. Cards on a bus are what counts; a machine without any (a container) has its other
 * interfaces, by name.
 */
export function orderCards(inventory: NetworkInventory, maps: readonly InterfaceMap[] = []): readonly NetworkCard[] {
  const onBus = inventory.interfaces.filter((card) => card.busPath !== null);
  if (onBus.length === 0) return inventory.interfaces.toSorted((a, b) => compareNames(a.name, b.name));
  const order = mapFor(inventory.product, maps)?.busOrder ?? [];
  const rank = (card: NetworkCard): number => {
    const at = order.findIndex((prefix) => isBelow(card.busPath!, prefix));
    return at < 0 ? order.length : at;
  };
  return onBus.toSorted(
    (a, b) =>
      rank(a) - rank(b) || comparePaths(a.busPath!, b.busPath!) || a.port - b.port || compareNames(a.name, b.name),
  );
}

/** Names by their letters, and by the number at their end: eth2 before eth10. */
export function compareNames(a: string, b: string): number {
  const [, wordA = '', numberA = ''] = /^(.*?)(\d*)$/.exec(a) ?? [];
  const [, wordB = '', numberB = ''] = /^(.*?)(\d*)$/.exec(b) ?? [];
  if (wordA !== wordB) return wordA < wordB ? -1 : 1;
  return Number(numberA) - Number(numberB);
}

function mapFor(product: string | null, maps: readonly InterfaceMap[]): InterfaceMap | undefined {
  if (product === null) return undefined;
  return maps.find(({ pattern }) => {
    try {
      return new RegExp(pattern).test(product);
    } catch {
      // A pattern that is no expression is meant as it stands.
      return product.includes(pattern);
    }
  });
}

/** A prefix ends where a step of the path may end, or within a step: `0000:00/0000:00:1c` means every function of 1c. */
const isBelow = (path: string, prefix: string): boolean => bare(path).startsWith(bare(prefix));

/** Some write the first step as the kernel's folder is called, `pci0000:00`. */
const bare = (path: string): string => path.replace(/^pci/, '').toLowerCase();

/** Step by step; within a step the numbers are hexadecimal and of fixed width but for the domain. */
function comparePaths(a: string, b: string): number {
  const stepsA = bare(a).split('/');
  const stepsB = bare(b).split('/');
  for (let at = 0; at < Math.min(stepsA.length, stepsB.length); at += 1) {
    const difference = compareSteps(stepsA[at]!, stepsB[at]!);
    if (difference !== 0) return difference;
  }
  return stepsA.length - stepsB.length;
}

function compareSteps(a: string, b: string): number {
  const numbersA = a.split(/[:.]/).map((text) => Number.parseInt(text, 16));
  const numbersB = b.split(/[:.]/).map((text) => Number.parseInt(text, 16));
  for (let at = 0; at < Math.min(numbersA.length, numbersB.length); at += 1) {
    const difference = numbersA[at]! - numbersB[at]!;
    if (Number.isNaN(difference)) return a < b ? -1 : a > b ? 1 : 0;
    if (difference !== 0) return difference;
  }
  return numbersA.length - numbersB.length;
}

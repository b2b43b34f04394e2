/** IPv4 addresses as numbers, for pictures and proposals; the server decides what may be. */

const BITS = 32;

/** Null for what is no address; a prefix length behind it is left away. */
export const numberOf = (address: string): number | null => {
  const parts = (address.split('/')[0] ?? '').split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return null;
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
};

export const addressText = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

export interface Subnet {
  readonly first: number;
  readonly size: number;
  readonly bits: number;
}

/** The subnet of an address with prefix length. */
export const subnetOf = (address: string): Subnet | null => {
  const number = numberOf(address);
  const bits = Number(address.split('/')[1] ?? Number.NaN);
  if (number === null || !Number.isInteger(bits) || bits < 1 || bits > BITS) return null;
  const size = 2 ** (BITS - bits);
  return { first: Math.floor(number / size) * size, size, bits };
};

export interface Piece {
  readonly label: string;
  readonly color: string;
  /** Distance from the beginning of the subnet, and length, in addresses. */
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

export interface Divided {
  readonly subnet: Subnet | null;
  readonly pieces: readonly Piece[];
  readonly problems: readonly string[];
}

interface Ends {
  readonly address: string;
  readonly router: string;
  readonly nodesFirst: string;
  readonly nodesLast: string;
  readonly poolFirst: string;
  readonly poolLast: string;
}

/** How the subnet of the host is divided, and what does not fit. */
export const dividedOf = ({ address, router, nodesFirst, nodesLast, poolFirst, poolLast }: Ends): Divided => {
  const subnet = subnetOf(address);
  if (!subnet)
    return { subnet: null, pieces: [], problems: address ? [`${address} is no address with a prefix length.`] : [] };
  const problems: string[] = [];
  const pieces = (
    [
      ['this host', address, address, 'gray'],
      ['router', router, router, 'violet'],
      ['nodes', nodesFirst, nodesLast, 'ember'],
      ['new machines', poolFirst, poolLast, 'blue'],
    ] as const
  ).flatMap(([label, from, to, color]): Piece[] => {
    if (from === '' && to === '') return [];
    const [first, last] = [numberOf(from), numberOf(to)];
    if (first === null || last === null) {
      problems.push(`The range “${label}” needs two addresses.`);
      return [];
    }
    if (first > last) problems.push(`The range “${label}” ends before it begins.`);
    if (first < subnet.first || last >= subnet.first + subnet.size)
      problems.push(`“${label}” lies outside of ${addressText(subnet.first)}/${subnet.bits}.`);
    const shown = first === last ? addressText(first) : `${addressText(first)} – ${addressText(last)}`;
    return [{ label, color, at: first - subnet.first, length: Math.max(1, last - first + 1), text: shown }];
  });
  const sorted = [...pieces].sort((a, b) => a.at - b.at);
  for (const [index, piece] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next && piece.at + piece.length > next.at) problems.push(`“${piece.label}” and “${next.label}” overlap.`);
  }
  return { subnet, pieces: sorted, problems };
};

/** A node with its addresses, by network. */
export interface MapRow {
  readonly node: string;
  readonly addresses: ReadonlyMap<string, readonly string[]>;
}

/** Addresses that were given, one by one, as rows of nodes; in the order in which the nodes come first. */
export const mapOf = (
  allocations: readonly { readonly node: string; readonly network: string; readonly address: string }[],
): MapRow[] => {
  const rows = new Map<string, Map<string, string[]>>();
  for (const { node, network, address } of allocations) {
    const row = rows.get(node) ?? new Map<string, string[]>();
    row.set(network, [...(row.get(network) ?? []), address]);
    rows.set(node, row);
  }
  return [...rows].map(([node, addresses]) => ({ node, addresses }));
};

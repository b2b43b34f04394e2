/** How a map is called in messages: by its name when it has one, else by its place in the list. */
import type { MapTree } from './tree.js';

export const labelled =
  (kind: string) =>
  (map: MapTree, index: number): string => {
    const name = map.entries.get('name')?.value;
    const known = name?.kind === 'scalar' && typeof name.value === 'string' && name.value !== '';
    return known ? `${kind} "${name.value}"` : `${kind} ${index + 1} of the list`;
  };

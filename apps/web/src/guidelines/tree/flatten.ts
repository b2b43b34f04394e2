/** Something in a tree that is shown, with what is below it. */
export interface Branch {
  /** The same as long as it is the same thing. */
  readonly id: string;
  /** What it is called, for those who hear it and for typing ahead. */
  readonly label: string;
  readonly below?: readonly Branch[];
}

/** A branch as a line on the screen. */
export interface Line<Item extends Branch = Branch> {
  readonly branch: Item;
  /** 1 at the root. */
  readonly level: number;
  readonly isOpen: boolean;
  /** How many there are beside it, itself counted, and which of them it is, from 1. */
  readonly size: number;
  readonly position: number;
  /** Line of what it is below; -1 at the root. */
  readonly parent: number;
}

/** The lines of a tree from top to bottom: what is below something that is shut is left out. */
export const flatten = <Item extends Branch>(
  branches: readonly Item[],
  isOpen: (id: string) => boolean,
): readonly Line<Item>[] => {
  const lines: Line<Item>[] = [];
  const walk = (beside: readonly Item[], level: number, parent: number): void => {
    for (const [at, branch] of beside.entries()) {
      const below = (branch.below ?? []) as readonly Item[];
      const opened = below.length > 0 && isOpen(branch.id);
      lines.push({ branch, level, isOpen: opened, size: beside.length, position: at + 1, parent });
      if (opened) walk(below, level + 1, lines.length - 1);
    }
  };
  walk(branches, 1, -1);
  return lines;
};

import { IconChevronRight } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { flatten, type Branch } from './flatten';
import classes from './tree.module.css';

export interface TreeProps<Item extends Branch> {
  readonly branches: readonly Item[];
  readonly label: string;
  /** All is open, as where somebody looks for a word. */
  readonly isAllOpen?: boolean;
  /** What is open to begin with. */
  readonly opened?: readonly string[];
  readonly draw: (item: Item) => ReactNode;
  /** A leaf was pressed. */
  readonly onLeaf?: (item: Item) => void;
  readonly height?: number;
}

const LINE_PX = 36;
const INDENT_PX = 20;
const SPARE_LINES = 12;
const HEIGHT_PX = 600;

/**
 * A tree of any size, by the keys that trees have: lines that are not in sight are not drawn, so that hundreds of tests
 * cost what some dozens cost. The one stop of the keyboard is the tree; which line it is at is told by
 * `aria-activedescendant`.
 */
export function Tree<Item extends Branch>(props: TreeProps<Item>) {
  const { branches, label, isAllOpen = false, opened = [], draw, onLeaf, height = HEIGHT_PX } = props;
  const box = useRef<HTMLDivElement>(null);
  const tree = useId();
  const [turned, setTurned] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [current, setCurrent] = useState<string | null>(null);
  const lines = flatten(branches, (id) => turned.get(id) ?? (isAllOpen || opened.includes(id)));
  const found = lines.findIndex(({ branch }) => branch.id === current);
  const at = found === -1 ? 0 : found;
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: SPARE_LINES,
  });
  // Who looks for a word wants to see it, whatever was shut before.
  useEffect(() => setTurned(new Map()), [isAllOpen]);

  const turn = (id: string, to: boolean): void => setTurned((before) => new Map(before).set(id, to));
  const go = (to: number): void => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, to))];
    if (!line) return;
    setCurrent(line.branch.id);
    virtual.scrollToIndex(lines.indexOf(line));
  };
  const press = (index: number): void => {
    const line = lines[index];
    if (!line) return;
    setCurrent(line.branch.id);
    if (line.branch.below?.length) turn(line.branch.id, !line.isOpen);
    else onLeaf?.(line.branch);
  };
  const page = Math.floor(height / LINE_PX) - 1;
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => go(at + 1),
    ArrowUp: () => go(at - 1),
    PageDown: () => go(at + page),
    PageUp: () => go(at - page),
    Home: () => go(0),
    End: () => go(lines.length - 1),
    Enter: () => press(at),
    ' ': () => press(at),
    ArrowRight: () => {
      const line = lines[at];
      if (!line?.branch.below?.length) return;
      if (line.isOpen) go(at + 1);
      else turn(line.branch.id, true);
    },
    ArrowLeft: () => {
      const line = lines[at];
      if (line?.isOpen) turn(line.branch.id, false);
      else if (line && line.parent >= 0) go(line.parent);
    },
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const key = keys[event.key];
    if (!key || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    key();
  };
  const idOf = (index: number): string => `${tree}-${index}`;
  return (
    <div
      ref={box}
      className={classes['box']}
      style={{ maxHeight: height }}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={lines.length > 0 ? idOf(at) : undefined}
      onKeyDown={onKeyDown}
    >
      <div className={classes['sheet']} role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const line = lines[index];
          if (!line) return null;
          const { branch, level, isOpen, size, position } = line;
          const hasBelow = (branch.below?.length ?? 0) > 0;
          return (
            <div
              key={branch.id}
              id={idOf(index)}
              role="treeitem"
              aria-level={level}
              aria-setsize={size}
              aria-posinset={position}
              aria-selected={index === at}
              {...(hasBelow ? { 'aria-expanded': isOpen } : {})}
              className={`${classes['line']} ${index === at ? classes['current'] : ''}`}
              style={{
                height: LINE_PX,
                transform: `translateY(${start}px)`,
                paddingInlineStart: 8 + (level - 1) * INDENT_PX,
              }}
              onClick={() => press(index)}
            >
              {hasBelow ? (
                <IconChevronRight
                  size={16}
                  aria-hidden
                  className={`${classes['chevron']} ${isOpen ? classes['open'] : ''}`}
                />
              ) : (
                <span style={{ width: 16, flex: 'none' }} />
              )}
              {draw(branch)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The name of a line, cut off where there is no room. */
export const LineName = ({ children, title }: { readonly children: ReactNode; readonly title?: string }) => (
  <span className={classes['name']} title={title}>
    {children}
  </span>
);

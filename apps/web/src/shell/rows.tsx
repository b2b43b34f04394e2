import { Loader, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { Pages } from '../api/pages';
import { memo, useEffect, useRef, type ReactNode } from 'react';
import classes from './rows.module.css';

export interface Column<Item> {
  readonly id: string;
  readonly label: string;
  readonly cell: (item: Item) => ReactNode;
  /** Share of the width; 1 when absent. */
  readonly width?: number;
  /** Sorted by this field of the API when its heading is pressed. */
  readonly sort?: string;
}

export interface RowsProps<Item> {
  readonly of: Pages<Item>;
  readonly columns: readonly Column<Item>[];
  readonly idOf: (item: Item) => string;
  /** What the table is a list of, for those who hear it. */
  readonly label: string;
  readonly empty: ReactNode;
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
  /** Rows on the screen, by their ids, whenever others come into sight. */
  readonly onVisible?: (ids: readonly string[]) => void;
  readonly height?: number;
  /** How high a row is, in pixels. */
  readonly rowPx?: number;
}

const ROW_PX = 40;
const SPARE_ROWS = 6;
const HEIGHT_PX = 560;

/**
 * A table of any length, of plain elements: rows that are not in sight are not drawn, and what follows is read when one comes near it. Its
 * size in rows is told to those who hear it.
 */
export function Rows<Item>(props: RowsProps<Item>) {
  const { of: query, columns, idOf, label, empty, sort, onSort, onVisible, height = HEIGHT_PX, rowPx = ROW_PX } = props;
  const box = useRef<HTMLDivElement>(null);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: SPARE_ROWS,
  });
  const drawn = virtual.getVirtualItems();
  const first = drawn[0]?.index ?? 0;
  const last = drawn.at(-1)?.index ?? -1;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (last >= items.length - SPARE_ROWS && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, items.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const visible = items
    .slice(first, last + 1)
    .map(idOf)
    .join(' ');
  useEffect(() => {
    if (visible !== '') onVisible?.(visible.split(' '));
  }, [visible, onVisible]);

  if (query.isPending) return <Loader role="status" aria-label="Loading" />;
  if (items.length === 0) return <Text c="dimmed">{query.isPlaceholderData ? '' : empty}</Text>;
  const total = columns.reduce((sum, { width = 1 }) => sum + width, 0);
  return (
    <div
      ref={box}
      className={classes['box']}
      style={{ maxHeight: height, opacity: query.isPlaceholderData ? 0.6 : 1 }}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table className={classes['table']} aria-rowcount={hasNextPage ? -1 : items.length} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ id, label: heading, width = 1, sort: field }) => (
              <th
                key={id}
                style={{ width: `${(100 * width) / total}%` }}
                aria-sort={
                  field && sort === field ? 'ascending' : field && sort === `-${field}` ? 'descending' : undefined
                }
              >
                {field && onSort ? (
                  <button
                    type="button"
                    className={classes['heading']}
                    onClick={() => onSort(sort === field ? `-${field}` : field)}
                  >
                    {heading}
                    {sort === field ? ' ↑' : sort === `-${field}` ? ' ↓' : ''}
                  </button>
                ) : (
                  heading
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={first * rowPx} columns={columns.length} />
          {items.slice(first, last + 1).map((item, at) => (
            <Row
              key={idOf(item)}
              item={item}
              columns={columns as readonly Column<unknown>[]}
              at={first + at}
              px={rowPx}
            />
          ))}
          <Spacer height={(items.length - last - 1) * rowPx} columns={columns.length} />
        </tbody>
      </table>
      {isFetchingNextPage ? <Loader role="status" size="sm" aria-label="Loading more" /> : null}
    </div>
  );
}

interface RowProps {
  readonly item: unknown;
  readonly columns: readonly Column<unknown>[];
  readonly at: number;
  readonly px: number;
}

/** Drawn again only when its item is another: news come for a few of those that are shown. */
const Row = memo(({ item, columns, at, px }: RowProps) => (
  <tr style={{ height: px }} aria-rowindex={at + 1}>
    {columns.map(({ id, cell }) => (
      <td key={id}>{cell(item)}</td>
    ))}
  </tr>
));

const Spacer = ({ height, columns }: { readonly height: number; readonly columns: number }) =>
  height > 0 ? (
    <tr aria-hidden style={{ height }}>
      <td colSpan={columns} />
    </tr>
  ) : null;

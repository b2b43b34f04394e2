import { Loader, Table, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { Pages } from '../api/pages';
import { useEffect, useRef, type ReactNode } from 'react';
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
}

const ROW_PX = 40;
const SPARE_ROWS = 10;
const HEIGHT_PX = 560;

/**
 * A table of any length: rows that are not in sight are not drawn, and what follows is read when one comes near it. Its
 * size in rows is told to those who hear it.
 */
export function Rows<Item>(props: RowsProps<Item>) {
  const { of: query, columns, idOf, label, empty, sort, onSort, onVisible, height = HEIGHT_PX } = props;
  const box = useRef<HTMLDivElement>(null);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
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
  if (items.length === 0) return <Text c="dimmed">{empty}</Text>;
  const total = columns.reduce((sum, { width = 1 }) => sum + width, 0);
  return (
    <div
      ref={box}
      className={classes['box']}
      style={{ maxHeight: height }}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <Table
        stickyHeader
        highlightOnHover
        layout="fixed"
        aria-rowcount={hasNextPage ? -1 : items.length}
        aria-label={label}
      >
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ id, label: heading, width = 1, sort: field }) => (
              <Table.Th
                key={id}
                w={`${(100 * width) / total}%`}
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
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Spacer height={first * ROW_PX} columns={columns.length} />
          {items.slice(first, last + 1).map((item, at) => (
            <Table.Tr key={idOf(item)} h={ROW_PX} aria-rowindex={first + at + 1}>
              {columns.map(({ id, cell }) => (
                <Table.Td key={id} className={classes['cell'] ?? ''}>
                  {cell(item)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
          <Spacer height={(items.length - last - 1) * ROW_PX} columns={columns.length} />
        </Table.Tbody>
      </Table>
      {isFetchingNextPage ? <Loader role="status" size="sm" aria-label="Loading more" /> : null}
    </div>
  );
}

const Spacer = ({ height, columns }: { readonly height: number; readonly columns: number }) =>
  height > 0 ? (
    <tr aria-hidden style={{ height }}>
      <td colSpan={columns} />
    </tr>
  ) : null;

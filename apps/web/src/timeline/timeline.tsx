import { Anchor, Button, Code, Group, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Call } from '../api/call';
import { reading } from '../api/query';
import { useAsked } from '../ask/use-asked';
import { Loaded } from '../shell/page';
import { Since } from '../shell/since';
import { layOut, marksOf, NOBODY, type Bar, type Entry, type LaidOut, type Point } from './lay-out';
import classes from './timeline.module.css';

export interface TimelineProps {
  /** Reads entries up to a moment; all of them when it is undefined. */
  readonly of: (before: string | undefined) => Call<{ items: Entry[] }>;
}

const LOOKS: Readonly<Record<Bar['outcome'], readonly [word: string, color: string]>> = {
  running: ['goes on', 'blue'],
  good: ['done', 'green'],
  bad: ['failed', 'red'],
  other: ['ended', 'gray'],
};

/** Who ran when, node by node on one axis: runs and the phases of installs as bars, everything else as points; or as a list. */
export const Timeline = ({ of }: TimelineProps) => {
  const [{ before, as }, ask] = useAsked({ before: '', as: 'chart' });
  const query = useQuery(reading(of(before === '' ? undefined : before)));
  return (
    <Stack gap="sm">
      <Group>
        <SegmentedControl
          aria-label="Show as"
          value={as}
          onChange={(to) => ask({ as: to })}
          data={[
            { value: 'chart', label: 'Chart' },
            { value: 'list', label: 'List' },
          ]}
        />
        <Button
          size="xs"
          variant="light"
          disabled={!query.data || query.data.items.length === 0}
          onClick={() => ask({ before: query.data?.items.at(-1)?.at ?? '' }, { isStep: true })}
        >
          Earlier
        </Button>
        <Button
          size="xs"
          variant="light"
          disabled={before === ''}
          onClick={() => ask({ before: '' }, { isStep: true })}
        >
          Newest
        </Button>
      </Group>
      <Loaded of={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed">Nothing has happened{before !== '' ? ' before that' : ' yet'}.</Text>
          ) : as === 'chart' ? (
            <Chart laidOut={layOut(items, Date.now())} />
          ) : (
            <Entries items={items} />
          )
        }
      </Loaded>
    </Stack>
  );
};

type Pointed = { readonly bar: Bar } | { readonly point: Point };

const Chart = ({ laidOut: { from, until, lanes } }: { readonly laidOut: LaidOut }) => {
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const place = (at: number): string => `${(100 * (at - from)) / Math.max(1, until - from)}%`;
  return (
    <>
      <div className={classes['chart']} data-testid="timeline">
        <div className={classes['axis']} aria-hidden>
          {marksOf(from, until).map((mark) => (
            <span key={mark} className={classes['mark']} style={{ left: place(mark) }}>
              {momentOf(mark, until - from)}
            </span>
          ))}
        </div>
        {lanes.map(({ node, rows, points }) => (
          <div key={node} className={classes['lane']} role="group" aria-label={node}>
            <div className={classes['name']} title={node}>
              {node === NOBODY ? (
                NOBODY
              ) : (
                <Anchor component={Link} to={`/nodes/${node}`} size="xs">
                  {node}
                </Anchor>
              )}
            </div>
            <div className={classes['rows']}>
              {rows.map((row, index) => (
                // A row has no name: it is only how high a bar stands.
                <div key={index} className={classes['row']}>
                  {row.map((bar) => (
                    <button
                      key={bar.id}
                      type="button"
                      className={`${classes['bar']} ${bar.kind === 'phase' ? classes['phase'] : ''}`}
                      style={
                        {
                          left: place(bar.from),
                          width: place(from + bar.until - bar.from),
                          '--bar-color': `var(--mantine-color-${LOOKS[bar.outcome][1]}-6)`,
                        } as React.CSSProperties
                      }
                      aria-label={`${bar.label} on ${node}, ${LOOKS[bar.outcome][0]}, ${lengthOf(bar.until - bar.from)}`}
                      onClick={() => setPointed({ bar })}
                    >
                      {bar.label}
                    </button>
                  ))}
                </div>
              ))}
              {points.length > 0 ? (
                <div className={classes['points']}>
                  {points.map((point) => (
                    <button
                      key={point.id}
                      type="button"
                      className={classes['point']}
                      style={{ left: place(point.at) }}
                      title={point.kind}
                      aria-label={`${point.kind} at ${new Date(point.at).toISOString()}`}
                      onClick={() => setPointed({ point })}
                    />
                  ))}
                </div>
              ) : null}
            </div>
          </div>
        ))}
      </div>
      <Text size="sm" role="status">
        {pointed === null ? 'Press a bar or a point to read what it was.' : null}
        {pointed && 'bar' in pointed ? <BarSays bar={pointed.bar} /> : null}
        {pointed && 'point' in pointed
          ? `${new Date(pointed.point.at).toISOString()} ${pointed.point.kind}${pointed.point.says ? `: ${pointed.point.says}` : ''}`
          : null}
      </Text>
    </>
  );
};

const BarSays = ({ bar: { nodeRole, label, says, from, until, open, outcome } }: { readonly bar: Bar }) => (
  <>
    {nodeRole ? (
      <Anchor component={Link} to={`/node-roles/${nodeRole}`} size="sm" underline="always">
        {nodeRole}
      </Anchor>
    ) : null}{' '}
    {label}: {LOOKS[outcome][0]}
    {open ? ' since ' : ', took '}
    {lengthOf(until - from)} from {new Date(from).toISOString()}. {says}
  </>
);

const Entries = ({ items }: { readonly items: readonly Entry[] }) => (
  <Table aria-label="What happened">
    <Table.Thead>
      <Table.Tr>
        <Table.Th w="8rem">When</Table.Th>
        <Table.Th>What</Table.Th>
        <Table.Th>By</Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {items.map(({ at, kind, node, node_role: nodeRole, actor, data }, index) => (
        <Table.Tr key={`${at} ${index}`}>
          <Table.Td>
            <Since at={at} />
          </Table.Td>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>
            {kind} {nodeRole ?? node ?? ''} <Code>{JSON.stringify(data)}</Code>
          </Table.Td>
          <Table.Td>{actor}</Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);

const DAY_MS = 86_400_000;

const momentOf = (at: number, span: number): string => {
  const text = new Date(at).toISOString();
  return span > 2 * DAY_MS ? text.slice(5, 10) : span > 10_000 ? text.slice(11, 19) : text.slice(14, 23);
};

const lengthOf = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : ms < 90_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;

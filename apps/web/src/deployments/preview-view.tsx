import { List, Spoiler, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Preview } from '../api/types';
import { Listed } from '../shell/listed';
import { networksOf } from './networks-of';

/** So many of a kind are listed; of the rest the number is said. */
const LISTED_MAX = 8;
/** Height of what is shown of the order before somebody asks for all of it, in pixels. */
const ORDER_PX = 96;

/** What a commit would do, before anything happens. */
export const PreviewView = ({ preview }: { readonly preview: Preview }) => {
  const { added, rerun, not_rerun: notRerun, blocked, order, waiting, warnings, estimate } = preview;
  const nothing = added.length + rerun.length + blocked.length + order.length === 0;
  return (
    <Stack gap="xs" data-testid="preview">
      {nothing ? <Text size="sm">Nothing has changed: a commit would do nothing.</Text> : null}
      <Part label="Added" names={added.map(({ name }) => name)} />
      <Part label="Run again" names={rerun.map(({ name, because }) => `${name}, because of ${because.join(', ')}`)} />
      <Part
        label="Changed, but not run again because it would destroy"
        names={notRerun.map(({ name, because }) => `${name}: ${because.join(', ')}`)}
      />
      <Part label="Blocked meanwhile" names={blocked.map(({ name }) => name)} />
      <Part label="Will wait for nodes or noderoles that are not ready now" names={waiting.map(({ name }) => name)} />
      <Part label="Warnings" names={warnings.map(({ says }) => says)} />
      <Addresses names={added.map(({ name }) => name)} />
      {order.length > 0 ? (
        <Text size="sm">
          {counted(order.flat().length, 'run')} in {counted(order.length, 'step')}
          {howLong(estimate)}.
        </Text>
      ) : null}
      {order.length > 1 ? <Order of={order.map((step) => step.map(({ name }) => name))} /> : null}
    </Stack>
  );
};

const Part = ({ label, names }: { readonly label: string; readonly names: readonly string[] }) =>
  names.length === 0 ? null : (
    <div>
      <Text size="sm" fw={600}>
        {label}: {names.length}
      </Text>
      <Listed names={names} max={LISTED_MAX} />
    </div>
  );

/** Steps one after the other; what stands in one step may run side by side. */
const Order = ({ of }: { readonly of: readonly (readonly string[])[] }) => (
  <Spoiler maxHeight={ORDER_PX} showLabel="Show all steps" hideLabel="Show the first steps">
    <List type="ordered" size="sm" aria-label="Order of what runs">
      {of.map((names) => (
        <List.Item key={names[0] ?? ''}>
          {names.slice(0, LISTED_MAX).join(', ')}
          {names.length > LISTED_MAX ? ` and ${names.length - LISTED_MAX} more` : ''}
        </List.Item>
      ))}
    </List>
  </Spoiler>
);

/** The addresses that nodes were given when they were bound to a network of this commit. */
const Addresses = ({ names }: { readonly names: readonly string[] }) => {
  const bound = networksOf(names);
  const networks = [...new Set(bound.map(({ network }) => network))];
  const { data } = useQuery({
    ...reading(
      call('get', '/api/v2/network_allocations', {
        query: { filter: `network in (${networks.map((name) => JSON.stringify(name)).join(', ')})`, limit: '1000' },
      }),
    ),
    enabled: networks.length > 0,
  });
  const lines = bound.flatMap(({ node, network }) => {
    const here = data?.items.filter((each) => each.node === node && each.network === network) ?? [];
    return here.length === 0 ? [] : [`${node} on ${network}: ${here.map(({ address }) => address).join(', ')}`];
  });
  return <Part label="Addresses" names={lines} />;
};

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** What never ran is taken to be as quick as can be, so where nothing ever ran there is nothing to tell. */
const howLong = ({ ms, runs, without_past: unknown }: Preview['estimate']): string => {
  if (ms === null || unknown >= runs) return '; how long is not known yet, because none of it ever ran';
  return `, about ${duration(ms)}${unknown > 0 ? ` and what ${unknown} take that never ran` : ''}`;
};

const duration = (ms: number): string =>
  ms < 90_000 ? `${Math.max(1, Math.round(ms / 1_000))} s` : `${Math.round(ms / 60_000)} min`;

import { Anchor, Progress, Stack, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import { reading } from '../api/query';
import { useAsked } from '../ask/use-asked';
import { useTyping } from '../ask/use-typing';
import type { components } from '../api/schema.gen';
import { useLive } from '../live/live';
import { Loaded } from '../shell/page';
import { Rows, type Column } from '../shell/rows';
import { mapOf, type MapRow } from './map-of';
import { sizeOf } from './size-of';
import { SubnetBar } from './subnet-bar';

type Allocation = components['schemas']['NetworkAllocation'];
type Network = components['schemas']['NetworkDetail'];

/** Nodes by networks: who has which address where, and how full the ranges are. */
export const AddressMap = () => {
  const [{ node }, ask] = useAsked({ node: '' });
  const [typed, field] = useTyping(node, (text) => ask({ node: text }));
  const networks = useQuery(reading(call('get', '/api/v2/networks')));
  const filter = typed.trim() === '' ? undefined : `node contains ${JSON.stringify(typed.trim())}`;
  const allocations = usePages<Allocation>(
    call('get', '/api/v2/network_allocations', { query: { sort: 'node', limit: '1000', filter } }),
  );
  useLive({ kind: 'allocation.*,network.*' }, ['network_allocations', 'networks']);
  const rows = useMemo(() => mapOf(allocations.data?.pages.flatMap(({ items }) => items) ?? []), [allocations.data]);
  return (
    <Loaded of={networks}>
      {({ items }) => {
        const names = (items as Network[]).map(({ name }) => name);
        const columns: readonly Column<MapRow>[] = [
          {
            id: 'node',
            label: 'Node',
            width: 1.4,
            cell: ({ node }) => (
              <Anchor component={Link} to={`/nodes/${node}`} size="sm">
                {node}
              </Anchor>
            ),
          },
          ...names.map((name) => ({
            id: name,
            label: name,
            cell: ({ addresses }: MapRow) => <Addresses of={addresses.get(name) ?? []} />,
          })),
        ];
        return (
          <Stack>
            <Uses names={names} />
            <TextInput label="Node" placeholder="Part of a name" maw={320} {...field} />
            <Rows
              of={
                {
                  ...allocations,
                  data: allocations.data
                    ? { ...allocations.data, pages: [{ items: rows, next_cursor: null }] }
                    : undefined,
                } as never
              }
              columns={columns}
              idOf={({ node }: MapRow) => node}
              label="Nodes by networks"
              empty="No node has an address yet."
              rowPx={56}
            />
          </Stack>
        );
      }}
    </Loaded>
  );
};

const Addresses = ({ of: addresses }: { readonly of: readonly string[] }) => (
  <Text size="xs" component="div" title={addresses.join('\n')}>
    {addresses.length === 0 ? '—' : null}
    {addresses.map((address) => (
      <Text key={address} size="xs" component="div" truncate>
        {address}
      </Text>
    ))}
  </Text>
);

/** How full each network is; its ranges one by one on asking. */
const Uses = ({ names }: { readonly names: readonly string[] }) => (
  <Table aria-label="Use of networks">
    <Table.Tbody>
      {names.map((name) => (
        <Use key={name} name={name} />
      ))}
    </Table.Tbody>
  </Table>
);

const Use = ({ name }: { readonly name: string }) => {
  const plan = useQuery(reading(call('get', '/api/v2/networks/{key}/plan', { path: { key: name } })));
  const [opened, setOpened] = useState(false);
  const ranges = plan.data?.subnets.flatMap((subnet) => subnet.ranges) ?? [];
  return (
    <Table.Tr>
      <Table.Td w="20%" style={{ verticalAlign: 'top' }}>
        <Anchor component={Link} to={`/networks/${name}`} size="sm">
          {name}
        </Anchor>
        <br />
        <Anchor
          component="button"
          type="button"
          size="xs"
          aria-expanded={opened}
          onClick={() => setOpened((is) => !is)}
        >
          {opened ? 'fewer' : 'more'} of its ranges
        </Anchor>
      </Table.Td>
      <Table.Td>
        {opened ? (
          <Stack gap="xs">
            {plan.data?.subnets.map((subnet) => (
              <SubnetBar key={subnet.subnet} subnet={subnet} />
            ))}
          </Stack>
        ) : (
          ranges.map(({ id, name: range, allocated, size }) => (
            <div key={id}>
              <Text size="xs">
                {range}: {allocated} of {sizeOf(size)}
              </Text>
              <Progress
                size="sm"
                value={Math.round(Math.min(100, (100 * allocated) / Math.max(1, Number(size))))}
                aria-label={`${range} of ${name}: ${allocated} of ${size} given`}
              />
            </div>
          ))
        )}
      </Table.Td>
    </Table.Tr>
  );
};

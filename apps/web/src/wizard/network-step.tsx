import { Autocomplete, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { reading } from '../api/query';
import { EMPTY, proposedRanges, type Draft, type Families } from './draft';
import { RangePicture } from './range-picture';
import type { StepProps } from './step';

/** The network on which machines are found: which addresses, and how they are divided. */
export const NetworkStep = ({ draft, set }: StepProps) => {
  const host = useQuery(reading(call('get', '/api/v2/wizard/host')));
  const here = host.data?.interfaces.flatMap(({ name, addresses }) =>
    addresses.filter((address) => !address.includes(':')).map((address) => ({ address, name })),
  );
  const text = (label: string, field: keyof Draft, description?: string) => (
    <TextInput
      label={label}
      description={description}
      value={String(draft[field])}
      onChange={({ currentTarget }) => set({ [field]: currentTarget.value })}
    />
  );
  const hasV4 = draft.families !== 'v6';
  return (
    <Stack>
      <div>
        <Text size="sm" fw={500} id="families">
          Addresses of machines
        </Text>
        <SegmentedControl
          aria-labelledby="families"
          value={draft.families}
          onChange={(to) => set({ families: to as Families })}
          data={[
            { value: 'both', label: 'IPv4 and IPv6' },
            { value: 'v4', label: 'IPv4 alone' },
            { value: 'v6', label: 'IPv6 alone' },
          ]}
        />
      </div>
      {hasV4 ? (
        <>
          <Autocomplete
            label="Address of this host on the admin network"
            description={`With prefix length, as 192.168.124.1/24.${here && here.length > 0 ? ` Here are ${here.map(({ address, name }) => `${address} on ${name}`).join(', ')}.` : ''}`}
            data={here?.map(({ address }) => address) ?? []}
            value={draft.address}
            onChange={(address) => set({ address, ...proposedRanges(address) })}
          />
          <Group grow align="end">
            {text('Nodes, from', 'nodesFirst')}
            {text('Nodes, to', 'nodesLast')}
          </Group>
          <Group grow align="end">
            {text('New machines, from', 'poolFirst')}
            {text('New machines, to', 'poolLast')}
          </Group>
          {text('Router', 'router', 'The way out; empty where there is none.')}
          <RangePicture draft={draft} />
        </>
      ) : null}
      {draft.families === 'v4' ? null : (
        <Stack gap={4}>
          <Select
            label="IPv6 prefix"
            data={[
              { value: 'auto', label: 'One of our own (RFC 4193), made once for this installation' },
              { value: 'given', label: 'One that we have' },
            ]}
            allowDeselect={false}
            value={draft.v6prefix === 'auto' || draft.v6prefix === '' ? 'auto' : 'given'}
            onChange={(how) => set({ v6prefix: how === 'auto' ? 'auto' : 'fd00:' })}
          />
          {draft.v6prefix === 'auto' || draft.v6prefix === '' ? (
            <Text size="xs" c="dimmed">
              It begins with fd, holds 40 bits of chance, and gives each network 64 bits for its machines; an address is
              made of the name of the machine.
            </Text>
          ) : (
            text('Prefix of 64 bits', 'v6prefix', 'As fd12:3456:789a:1::/64.')
          )}
        </Stack>
      )}
      {text('Domain', 'domain', 'Machines get their names in it.')}
      <Select
        label="DHCP"
        data={[
          { value: 'serve', label: 'Anneal gives the addresses' },
          { value: 'proxy', label: 'Another server gives them; Anneal adds what to boot' },
          { value: 'off', label: 'Neither' },
        ]}
        allowDeselect={false}
        value={draft.dhcp}
        onChange={(dhcp) => set({ dhcp: (dhcp ?? EMPTY.dhcp) as Draft['dhcp'] })}
      />
      {text(
        'Conduit',
        'conduit',
        'Which card of a machine is on this network: ?1g0 is the first of 1 Gbit/s or the next best.',
      )}
      <Text size="sm" c="dimmed">
        All of it can be changed later; further networks are made on the page Networks.
      </Text>
    </Stack>
  );
};

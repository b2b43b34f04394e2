import { Card, Group, Progress, Stack, Text } from '@mantine/core';
import type { components } from '../api/schema.gen';
import { sizeOf } from './size-of';

type Subnet = components['schemas']['AddressPlan']['subnets'][number];

/** A subnet with its ranges as bars: how many of their addresses are given, in numbers as well. */
export const SubnetBar = ({ subnet: { subnet, router, ranges } }: { readonly subnet: Subnet }) => (
  <Card withBorder>
    <Stack gap="sm">
      <Group justify="space-between">
        <Text fw={600}>{subnet}</Text>
        <Text size="sm">{router ? `router ${router}` : 'no way out'}</Text>
      </Group>
      {ranges.map(({ id, name, first, last, pool, size, allocated }) => (
        <div key={id}>
          <Group justify="space-between" gap="xs">
            <Text size="sm">
              {name} · {first} – {last}
              {pool ? ' · for machines that nobody knows yet' : ''}
            </Text>
            <Text size="sm">
              {allocated} of {sizeOf(size)}
            </Text>
          </Group>
          <Progress
            value={percentOf(allocated, size)}
            size="lg"
            aria-label={`${name}: ${allocated} of ${size} given`}
          />
        </div>
      ))}
    </Stack>
  </Card>
);

/** The size of an IPv6 range is larger than a number can say exactly; for a bar it need not be exact. */
const percentOf = (allocated: number, size: string): number =>
  Math.round(Math.min(100, (100 * allocated) / Math.max(1, Number(size))));

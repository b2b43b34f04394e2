import { Card, Group, Stack, Text } from '@mantine/core';
import { IconArrowsHorizontal, IconPlug, IconPlugOff, IconRouter, IconServer } from '@tabler/icons-react';
import type { Node } from '../api/types';
import { inventoryOf } from './inventory';

/** The cards of a machine and what they are plugged into, as it found out itself: switch and port are those of LLDP. */
export const CardsPicture = ({ node }: { readonly node: Node }) => {
  const { network, links = [] } = inventoryOf(node);
  const cards = network?.interfaces ?? [];
  if (cards.length === 0) return <Text c="dimmed">It has not said which cards it has: boot it into discovery.</Text>;
  return (
    <Stack
      gap="xs"
      component="ul"
      m={0}
      p={0}
      aria-label="Network cards"
      style={{ listStyle: 'none' }}
      data-testid="cards"
    >
      {cards.map(({ name, mac, speeds = [], driver, model }) => {
        const link = links.find((each) => each.name === name);
        const top = speeds.at(-1);
        return (
          <Card key={mac} component="li" withBorder padding="xs">
            <Group gap="md" wrap="wrap">
              <Group gap="xs" wrap="nowrap" miw={260}>
                <IconServer size={20} aria-hidden />
                <div>
                  <Text size="sm" fw={600}>
                    {name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {mac}
                    {(model ?? driver) ? `, ${model ?? driver}` : ''}
                    {top ? `, up to ${speedOf(top)}` : ''}
                  </Text>
                </div>
              </Group>
              <Group gap={6} wrap="nowrap">
                {link?.up ? <IconPlug size={18} aria-hidden /> : <IconPlugOff size={18} aria-hidden />}
                <Text size="sm">
                  {link
                    ? link.up
                      ? `link${link.mbit_per_second ? ` at ${speedOf(link.mbit_per_second)}` : ''}`
                      : 'no link'
                    : 'link not known'}
                </Text>
                <IconArrowsHorizontal size={18} aria-hidden />
              </Group>
              <Group gap="xs" wrap="nowrap">
                <IconRouter size={20} aria-hidden />
                {link?.neighbour ? (
                  <div>
                    <Text size="sm" fw={600}>
                      {link.neighbour.switch}
                    </Text>
                    <Text size="xs" c="dimmed">
                      port {link.neighbour.port}
                    </Text>
                  </div>
                ) : (
                  <Text size="sm" c="dimmed">
                    no switch has told of itself by LLDP
                  </Text>
                )}
              </Group>
            </Group>
          </Card>
        );
      })}
    </Stack>
  );
};

const speedOf = (mbit: number): string => (mbit >= 1_000 ? `${mbit / 1_000} Gbit/s` : `${mbit} Mbit/s`);

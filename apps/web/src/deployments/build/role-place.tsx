import { Alert, Anchor, Badge, Card, Group, Loader, Stack, Text } from '@mantine/core';
import { useDroppable } from '@dnd-kit/core';
import { IconFlame, IconGhost2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { StateBadge } from '../../state/state-badge';
import type { Place } from './board';
import classes from './build.module.css';

/** A role as a place to let nodes go on, with those that are there. */
export const RolePlace = (props: {
  readonly place: Place;
  readonly refused: string | null;
  readonly busy: boolean;
}) => {
  const { place, refused, busy } = props;
  const { setNodeRef, isOver } = useDroppable({ id: place.role });
  return (
    <Card
      ref={setNodeRef}
      withBorder
      padding="sm"
      className={`${classes['place']} ${isOver ? classes['over'] : ''} ${place.isGhost ? classes['ghost'] : ''}`}
      data-testid={`role-${place.role}`}
    >
      <Stack gap={6}>
        <Group gap="xs">
          {place.isGhost ? <IconGhost2 size={16} aria-hidden /> : null}
          <Text fw={600}>{place.role}</Text>
          {place.isMilestone ? (
            <Badge size="xs" variant="light">
              milestone
            </Badge>
          ) : null}
          {place.destructive ? (
            <Badge size="xs" color="red" variant="light" leftSection={<IconFlame size={10} aria-hidden />}>
              destroys what is on the disk
            </Badge>
          ) : null}
          {place.isGhost ? (
            <Text size="xs" c="dimmed">
              came along as a dependency
            </Text>
          ) : null}
          {busy ? <Loader role="status" size="xs" aria-label="Binding" /> : null}
        </Group>
        <Text size="xs" c="dimmed" lineClamp={2}>
          {place.description}
        </Text>
        {refused ? (
          <Alert color="red" role="alert" p="xs">
            {refused}
          </Alert>
        ) : null}
        <Group gap="xs">
          {place.bound.length === 0 ? (
            <Text size="sm" c="dimmed">
              Let nodes go here
            </Text>
          ) : null}
          {place.bound.map(({ id, node, state }) => (
            <Group key={id} gap={4} wrap="nowrap" className={classes['bound']}>
              <Anchor component={Link} to={`/node-roles/${id}`} size="sm">
                {node}
              </Anchor>
              <StateBadge state={state} />
            </Group>
          ))}
        </Group>
      </Stack>
    </Card>
  );
};

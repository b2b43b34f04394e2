import { ActionIcon, Alert, Anchor, Badge, Button, Card, Group, List, Loader, Stack, Text } from '@mantine/core';
import { useDroppable } from '@dnd-kit/core';
import { IconFlame, IconGhost2, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { StateBadge } from '../../state/state-badge';
import { useAct } from '../../act/act';
import { unbindAnyVersion } from '../../node-roles/acts';
import { useMayAct } from '../../session/session';
import type { Place } from './board';
import type { Foresight } from './foresee';
import { InstallChoice, OS_INSTALL } from './install-choice';
import classes from './build.module.css';

/** A role as a place to let nodes go on, with those that are there. */
export const RolePlace = (props: {
  readonly place: Place;
  readonly refused: string | null;
  readonly busy: boolean;
  /** What would come of letting go what is carried here; null while nothing is. */
  readonly foresight: Foresight | null;
  readonly deployment: string;
  readonly chosen: number;
  readonly onPutChosen: () => void;
  readonly onMeanChosen: (yes: boolean) => void;
}) => {
  const { place, refused, busy, foresight, deployment, chosen, onPutChosen, onMeanChosen } = props;
  const refusal = useMayAct();
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
              came along: {place.because}
            </Text>
          ) : null}
          {chosen > 0 ? (
            <Button
              size="compact-xs"
              variant="light"
              disabled={refusal !== null}
              title={refusal ?? undefined}
              onMouseEnter={() => onMeanChosen(true)}
              onMouseLeave={() => onMeanChosen(false)}
              onFocus={() => onMeanChosen(true)}
              onBlur={() => onMeanChosen(false)}
              onClick={onPutChosen}
            >
              Put the {chosen} chosen here
            </Button>
          ) : null}
          {place.role === OS_INSTALL && place.bound.length > 0 ? (
            <InstallChoice deployment={deployment} nodes={place.bound.map(({ id, node }) => ({ id, node }))} />
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
        {foresight ? <Foreseen of={foresight} /> : null}
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
              {state === 'proposed' && refusal === null ? <TakeOff id={id} name={`${place.role}@${node}`} /> : null}
            </Group>
          ))}
        </Group>
      </Stack>
    </Card>
  );
};

/** Takes a node off a role again, for as long as nothing was committed. */
const TakeOff = ({ id, name }: { readonly id: string; readonly name: string }) => {
  const doing = useAct();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="xs"
      aria-label={`Take ${name} off`}
      loading={doing.isPending}
      onClick={() => doing.mutate(unbindAnyVersion(id, name))}
    >
      <IconX size={12} aria-hidden />
    </ActionIcon>
  );
};

/** What would come along, as ghosts with their reasons; or why it cannot be. */
const Foreseen = ({ of: { ghosts, refusal, isPending } }: { readonly of: Foresight }) =>
  refusal !== null ? (
    <Alert color="red" role="alert" p="xs" title="This cannot be">
      {refusal}
    </Alert>
  ) : isPending ? (
    <Text size="xs">Asking what would come along</Text>
  ) : (
    <div className={classes['foreseen']} data-testid="foreseen" role="status">
      {ghosts.length === 0 ? (
        <Text size="xs">Nothing else would come along.</Text>
      ) : (
        <>
          <Text size="xs">This would come along:</Text>
          <List size="xs">
            {ghosts.map(({ name, because }) => (
              <List.Item key={name} icon={<IconGhost2 size={12} aria-hidden />}>
                {name}: {because}
              </List.Item>
            ))}
          </List>
        </>
      )}
    </div>
  );

import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call';
import { reading } from '../../api/query';
import type { Role } from '../../api/types';

/** Roles that stand for networks begin so. */
const PREFIX = 'network-';
/** Of these every node that is managed has one anyway. */
const ALWAYS = ['network-admin', 'network-server'];

/** Networks that nodes of a deployment can be put on: each is a role, and is bound like any other. */
export const NetworksChoice = (props: {
  readonly roles: readonly Role[];
  readonly there: readonly string[];
  readonly chosen: number;
  readonly onChoose: (role: string) => void;
}) => {
  const { roles, there, chosen, onChoose } = props;
  const networks = useQuery(reading(call('get', '/api/v2/networks')));
  const offered = (networks.data?.items ?? []).flatMap(({ name, v6prefix, conduit }) => {
    const role = `${PREFIX}${name}`;
    return !ALWAYS.includes(role) && roles.some((each) => each.name === role)
      ? [{ name, role, v6prefix, conduit }]
      : [];
  });
  if (offered.length === 0) return null;
  return (
    <Group gap="xs">
      <Text size="sm">Networks:</Text>
      {offered.map(({ name, role, conduit }) => (
        <Button
          key={role}
          size="compact-xs"
          variant={there.includes(role) ? 'filled' : 'light'}
          title={`conduit ${conduit ?? ''}`}
          onClick={() => onChoose(role)}
        >
          {chosen > 0 ? `Put the ${chosen} chosen on ${name}` : name}
        </Button>
      ))}
    </Group>
  );
};

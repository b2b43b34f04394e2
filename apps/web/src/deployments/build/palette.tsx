import { Badge, Group, Select, Text } from '@mantine/core';
import { useState } from 'react';
import type { Role } from '../../api/types';
import { MILESTONE, paletteOf } from './board';

/** Roles to choose from, milestones first, found by part of their name or description. */
export const Palette = (props: {
  readonly roles: readonly Role[];
  readonly there: readonly string[];
  readonly onChoose: (role: string) => void;
}) => {
  const { roles, there, onChoose } = props;
  const [search, setSearch] = useState('');
  const known = new Map(roles.map((role) => [role.name, role]));
  const offered = paletteOf(roles, search).filter(({ name }) => !there.includes(name));
  return (
    <Select
      label="Add a role"
      placeholder="Search roles"
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      value={null}
      filter={({ options }) => options}
      limit={200}
      data={offered.map(({ name }) => name)}
      nothingFoundMessage="No role is called like that"
      onChange={(role) => {
        if (role === null) return;
        onChoose(role);
        setSearch('');
      }}
      renderOption={({ option }) => (
        <div>
          <Group gap="xs">
            <Text size="sm">{option.value}</Text>
            {known.get(option.value)?.flags.includes(MILESTONE) ? (
              <Badge size="xs" variant="light">
                milestone
              </Badge>
            ) : null}
          </Group>
          <Text size="xs" c="dimmed" lineClamp={1}>
            {known.get(option.value)?.description}
          </Text>
        </div>
      )}
    />
  );
};

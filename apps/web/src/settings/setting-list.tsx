import { Button, Group, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CopyAs, useAct } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { useMayAdminister } from '../session/session';
import { Loaded } from '../shell/page';

type Setting = components['schemas']['Setting'];

/** Each setting with what it does, what it is, and what it would be if nobody had touched it. */
export const SettingList = () => {
  const query = useQuery(reading(call('get', '/api/v2/settings')));
  return (
    <Loaded of={query}>
      {({ items }) => (
        <Table aria-label="Settings">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="55%">What it does</Table.Th>
              <Table.Th>Value</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(items as Setting[]).map((setting) => (
              <SettingRow key={`${setting.key} ${setting.version}`} setting={setting} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Loaded>
  );
};

const SettingRow = ({ setting }: { readonly setting: Setting }) => {
  const { key, value, says, fallback, version } = setting;
  const [text, setText] = useState(String(value));
  const refusal = useMayAdminister();
  const doing = useAct();
  const act = {
    label: 'Set',
    call: call('patch', '/api/v2/settings/{key}', {
      path: { key },
      body: { value: typeof fallback === 'number' ? Number(text) : text },
      version,
    }),
    command: `anneal settings set ${key} ${text}`,
    changes: ['settings'],
    done: `${key} is ${text}`,
  };
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600}>
          {key}
        </Text>
        <Text size="xs">{says}</Text>
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          <TextInput
            size="xs"
            aria-label={key}
            value={text}
            disabled={refusal !== null}
            title={refusal ?? undefined}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          {text === String(value) ? null : (
            <>
              <Button size="compact-xs" loading={doing.isPending} onClick={() => doing.mutate(act)}>
                Set
              </Button>
              <CopyAs act={act} />
            </>
          )}
          {String(value) === String(fallback) ? null : (
            <Text size="xs" c="dimmed">
              {String(fallback)} if nobody says
            </Text>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
};

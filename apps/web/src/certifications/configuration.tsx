import { Code, Stack, Table, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { LongList } from './long-list';
import type { CertificationDetail } from './use-certification';

/** Values that are drawn of those that were found. */
const SHOWN_MAX = 300;

/** What the suite was asked with: its configuration, who said each value, what was set by hand, and which tests it ran. */
export const Configuration = ({
  of: { inputs, settings, load_list: list, scope, concurrency },
}: {
  readonly of: CertificationDetail;
}) => {
  const [text, setText] = useState('');
  const provenance = Object.entries(inputs?.provenance ?? {}).filter(([setting, source]) =>
    `${setting} ${source}`.toLowerCase().includes(text.trim().toLowerCase()),
  );
  return (
    <Stack>
      <Text size="sm">
        Tests: {scope.kind}
        {scope.name ? ` ${scope.name}` : ''}; workers:{' '}
        {concurrency === 0 ? 'as many as there are processors' : concurrency}.
      </Text>
      <LongList
        title="Set by hand"
        lines={Object.entries(settings).map(([setting, value]) => `${setting} = ${value}`)}
      />
      {inputs === null ? (
        <Text c="dimmed">There is no configuration: it was not written yet, or others ran the suite.</Text>
      ) : (
        <>
          <Text fw={600} size="sm">
            tempest.conf, its secrets masked
          </Text>
          <Code block tabIndex={0} aria-label="tempest.conf" mah={420} style={{ overflow: 'auto' }}>
            {inputs.conf}
          </Code>
          <TextInput
            label="Who said each value"
            placeholder="Part of a setting, or of who said it"
            maw={420}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <Table aria-label="Who said each value">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Setting</Table.Th>
                <Table.Th>Said by</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {provenance.slice(0, SHOWN_MAX).map(([setting, source]) => (
                <Table.Tr key={setting}>
                  <Table.Td>
                    <Code>{setting}</Code>
                  </Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{source}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Text fw={600} size="sm">
            What the cloud said of itself
          </Text>
          <Code block tabIndex={0} aria-label="What the cloud said of itself">
            {JSON.stringify(inputs.cloud, null, 2)}
          </Code>
        </>
      )}
      <LongList title="Tests that are run" lines={list ?? []} />
    </Stack>
  );
};

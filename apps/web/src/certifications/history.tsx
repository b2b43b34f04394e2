import { Anchor, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../api/call';
import { reading } from '../api/query';
import { useAsked } from '../ask/use-asked';
import type { components } from '../api/schema.gen';
import { useLive } from '../live/live';
import { Loaded } from '../shell/page';
import { Since } from '../shell/since';
import { inWords } from './pace';
import { percentText } from './percent';
import { Unofficial } from './unofficial';

type Entry = components['schemas']['HistoryEntry'];

const TYPING_MS = 200;
/** Verdicts that are drawn; older ones are found by their cloud or program. */
const SHOWN_MAX = 200;

/** How clouds did by the programs that they were measured by, the newest first. */
export const History = () => {
  const [{ cloud, program }, ask] = useAsked({ cloud: '', program: '' });
  const [asked] = useDebouncedValue({ cloud: cloud.trim(), program: program.trim() }, TYPING_MS);
  const query = useQuery({
    ...reading(
      call('get', '/api/v2/certifications/history', {
        query: { cloud: asked.cloud, program: asked.program, limit: String(SHOWN_MAX) },
      }),
    ),
    placeholderData: (before) => before,
  });
  useLive({ kind: 'certification.finished' }, ['certifications']);
  return (
    <Stack gap="sm">
      <Unofficial />
      <Group align="end">
        <TextInput
          label="Cloud"
          description="Its whole name"
          value={cloud}
          onChange={({ currentTarget }) => ask({ cloud: currentTarget.value })}
        />
        <TextInput
          label="Program"
          description="Its whole name: compute"
          value={program}
          onChange={({ currentTarget }) => ask({ program: currentTarget.value })}
        />
      </Group>
      <Loaded of={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed">No verdict is like that.</Text>
          ) : (
            <Table aria-label="Verdicts over time">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Ended</Table.Th>
                  <Table.Th>Cloud</Table.Th>
                  <Table.Th>Measured by</Table.Th>
                  <Table.Th>Must-pass tests that passed</Table.Th>
                  <Table.Th>Since the one before</Table.Th>
                  <Table.Th>Suite</Table.Th>
                  <Table.Th>Took</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((entry, at) => (
                  <Table.Tr key={`${entry.certification_id} ${entry.guideline} ${entry.program}`}>
                    <Table.Td>
                      <Anchor component={Link} to={`/certifications/${entry.certification_id}`} size="sm">
                        <Since at={entry.ended_at} />
                      </Anchor>
                    </Table.Td>
                    <Table.Td style={{ overflowWrap: 'anywhere' }}>{entry.cloud}</Table.Td>
                    <Table.Td>
                      {entry.guideline}@{entry.revision}/{entry.program}
                    </Table.Td>
                    <Table.Td>
                      <Share of={entry} />
                    </Table.Td>
                    <Table.Td>{changeText(entry, items.slice(at + 1))}</Table.Td>
                    <Table.Td>{entry.suite ?? '—'}</Table.Td>
                    <Table.Td>{entry.seconds === null ? '—' : inWords(entry.seconds)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
    </Stack>
  );
};

const Share = ({ of: { must_pass_passed: passed, must_pass_total: total } }: { readonly of: Entry }) => (
  <Text size="sm">
    {passed} of {total}
    {total > 0 ? `, ${percentText((100 * passed) / total)}` : ''}
  </Text>
);

/** Against the last one before it of the same cloud by the same program. */
const changeText = (entry: Entry, older: readonly Entry[]): string => {
  const before = older.find(
    ({ cloud, guideline, program }) =>
      cloud === entry.cloud && guideline === entry.guideline && program === entry.program,
  );
  if (!before) return 'the first';
  const change = entry.must_pass_passed - before.must_pass_passed;
  if (change === 0) return 'as many';
  return change > 0 ? `${change} more` : `${-change} fewer`;
};

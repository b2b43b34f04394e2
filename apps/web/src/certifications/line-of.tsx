import { Anchor, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../api/call';
import { reading } from '../api/query';
import { Loaded } from '../shell/page';
import { Since } from '../shell/since';
import { CountsBar } from './counts';
import { STATE_LOOKS } from './looks';
import { Unofficial } from './unofficial';
import type { Certification, CertificationDetail } from './use-certification';
import { VerdictLine } from './verdict-line';
import { WordBadge } from './word-badge';

/** As many as a list gives at once. */
const LINE_MAX = '1000';

/** The line that a certification stands in: what it goes on from, and what went on from it. A verdict counts its line. */
export const LineOf = ({ of }: { readonly of: CertificationDetail }) => {
  const query = useQuery(
    reading(
      call('get', '/api/v2/certifications', {
        query: { filter: `root_id eq ${of.root_id}`, sort: 'created_at', limit: LINE_MAX },
      }),
    ),
  );
  return (
    <Loaded of={query}>
      {({ items }) => (
        <Stack>
          <Unofficial />
          <Text size="sm">
            What is resumed or tried again is a certification of its own, whose verdict counts all before it.
          </Text>
          <Table aria-label="Tried before and after">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th miw={150}>State</Table.Th>
                <Table.Th>Tests</Table.Th>
                <Table.Th>Verdict, unofficial</Table.Th>
                <Table.Th>By</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(items as readonly Certification[]).map((each) => (
                <Table.Tr key={each.id}>
                  <Table.Td>
                    {each.id === of.id ? (
                      <>
                        <Since at={each.created_at} /> (this one)
                      </>
                    ) : (
                      <Anchor component={Link} to={`/certifications/${each.id}`} size="sm">
                        <Since at={each.created_at} />
                      </Anchor>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <WordBadge look={STATE_LOOKS[each.state]} note={each.reason} />
                  </Table.Td>
                  <Table.Td>
                    <CountsBar counts={each.counts} size={8} />
                  </Table.Td>
                  <Table.Td>
                    {each.verdicts.map((line) => (
                      <VerdictLine key={`${line.guideline_id} ${line.program}`} of={line} facts={each.facts} />
                    ))}
                  </Table.Td>
                  <Table.Td>{each.created_by}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Stack>
      )}
    </Loaded>
  );
};

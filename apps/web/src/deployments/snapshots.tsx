import { Badge, Button, Group, Select, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import { useAsked } from '../ask/use-asked';
import type { components } from '../api/schema.gen';
import type { Deployment } from '../api/types';
import { Loaded } from '../shell/page';
import { Since } from '../shell/since';

type Diff = components['schemas']['SnapshotDiff'];
type Changes = Diff['node_roles'];

/** The commits of a deployment, the newest first; any two can be compared, and any earlier one proposed again. */
export const Snapshots = ({ deployment }: { readonly deployment: Deployment }) => {
  const query = useQuery(reading(call('get', '/api/v2/deployments/{key}/snapshots', { path: { key: deployment.id } })));
  const [{ from, to }, ask] = useAsked({ from: '', to: '' });
  const compare = (between: readonly [from: string, to: string]) =>
    ask({ from: between[0], to: between[1] }, { isStep: true });
  return (
    <Loaded of={query}>
      {({ items }) => {
        const numbers = items.map(({ number }) => String(number));
        const [newest = ''] = numbers;
        return items.length === 0 ? (
          <Text c="dimmed">It has not been committed yet.</Text>
        ) : (
          <Stack>
            <Table aria-label="Commits">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Commit</Table.Th>
                  <Table.Th>When</Table.Th>
                  <Table.Th>By</Table.Th>
                  <Table.Th>Note</Table.Th>
                  <Table.Th>Do</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(({ number, note, created_at: at, created_by: actor }) => (
                  <Table.Tr key={number}>
                    <Table.Td>{number}</Table.Td>
                    <Table.Td>
                      <Since at={at ?? null} />
                    </Table.Td>
                    <Table.Td>{actor}</Table.Td>
                    <Table.Td>{note}</Table.Td>
                    <Table.Td>
                      <Group gap="xs">
                        {String(number) === newest ? null : (
                          <Button
                            size="compact-xs"
                            variant="light"
                            aria-label={`Compare commit ${number} with ${newest}`}
                            onClick={() => compare([String(number), newest])}
                          >
                            Compare with {newest}
                          </Button>
                        )}
                        <ActButton
                          size="compact-xs"
                          act={{
                            label: 'Propose this again',
                            call: call('put', '/api/v2/deployments/{key}/snapshots/{snapshot}/propose', {
                              path: { key: deployment.id, snapshot: String(number) },
                            }),
                            command: `anneal snapshots propose ${deployment.name} ${number}`,
                            changes: ['deployments', 'node_roles', 'nodes'],
                            done: `what commit ${number} wished for is proposed again`,
                          }}
                        />
                      </Group>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            {from === '' || to === '' ? null : (
              <Difference deployment={deployment} numbers={numbers} between={[from, to]} onBetween={compare} />
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
};

/** What one commit wished for and another did not, role by role and node by node, value by value. */
const Difference = (props: {
  readonly deployment: Deployment;
  readonly numbers: readonly string[];
  readonly between: readonly [from: string, to: string];
  readonly onBetween: (between: readonly [from: string, to: string]) => void;
}) => {
  const { deployment, numbers, between, onBetween } = props;
  const [from, to] = between;
  const query = useQuery(
    reading(
      call('get', '/api/v2/deployments/{key}/snapshots/{snapshot}/diff', {
        path: { key: deployment.id, snapshot: from },
        query: { to },
      }),
    ),
  );
  return (
    <section aria-label="Difference between commits">
      <Group align="end" mb="sm">
        <Select
          label="From commit"
          data={[...numbers]}
          value={from}
          allowDeselect={false}
          onChange={(value) => onBetween([value ?? from, to])}
        />
        <Select
          label="To commit"
          data={[...numbers]}
          value={to}
          allowDeselect={false}
          onChange={(value) => onBetween([from, value ?? to])}
        />
      </Group>
      <Loaded of={query}>
        {({ deployment_roles: roles, node_roles: nodeRoles }) =>
          [roles, nodeRoles].every(isEmpty) ? (
            <Text>Both wished for the same.</Text>
          ) : (
            <Table aria-label="What differs" layout="fixed">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w="40%">What</Table.Th>
                  <Table.Th>In {from}</Table.Th>
                  <Table.Th>In {to}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                <Differing changes={roles} what="role" />
                <Differing changes={nodeRoles} what="noderole" />
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
    </section>
  );
};

const isEmpty = ({ added, removed, changed }: Changes): boolean => added.length + removed.length + changed.length === 0;

const Differing = ({
  changes: { added, removed, changed },
  what,
}: {
  readonly changes: Changes;
  readonly what: string;
}) => (
  <>
    {(
      [
        [added, 'added', '+'],
        [removed, 'gone', '−'],
      ] as const
    ).flatMap(([names, word, sign]) =>
      names.map((name) => (
        <Table.Tr key={`${word} ${name}`}>
          <Table.Td>
            {sign} {what} {name}
          </Table.Td>
          <Table.Td>{word === 'gone' ? 'wished for' : '—'}</Table.Td>
          <Table.Td>
            {word === 'added' ? 'wished for' : '—'}{' '}
            <Badge size="xs" variant="outline" color="gray" tt="none">
              {word}
            </Badge>
          </Table.Td>
        </Table.Tr>
      )),
    )}
    {changed.flatMap(({ name, values }) =>
      values.map(({ path, before, after }) => (
        <Table.Tr key={`${name} ${path}`}>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>
            ~ {what} {name}: {path}
          </Table.Td>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>{shown(before)}</Table.Td>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>{shown(after)}</Table.Td>
        </Table.Tr>
      )),
    )}
  </>
);

const shown = (value: unknown): string => (value === undefined || value === null ? '—' : JSON.stringify(value));

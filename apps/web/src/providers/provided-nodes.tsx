import { Anchor, Code, Drawer, Group, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { DeleteAct } from '../act/delete-act';
import { word } from '../api/as-command';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import { reading } from '../api/query';
import { AnyOf } from '../ask/any-of';
import { useAsked } from '../ask/use-asked';
import { WordBadge } from '../certifications/word-badge';
import { Facts, type Fact } from '../shell/facts';
import { Loaded } from '../shell/page';
import { Rows, type Column } from '../shell/rows';
import { Since } from '../shell/since';
import { ANSWER_LOOKS, NOT_ASKED, PROVIDED_LOOKS, STEPS, type ProvidedNode, type Provider } from './looks';

const NOTHING_ASKED = { tab: 'nodes', sort: '-asked_at', state: '', node: '' };

/** The nodes that were asked of a provider, and how far each is. */
export const ProvidedNodes = ({ of: provider }: { readonly of: Provider }) => {
  const [{ sort, state, node: shown }, ask] = useAsked(NOTHING_ASKED);
  const query = usePages<ProvidedNode>(
    call('get', '/api/v2/providers/{key}/nodes', {
      path: { key: provider.id },
      query: { sort, ...(state ? { filter: `state eq ${state}` } : {}) },
    }),
  );
  const columns: readonly Column<ProvidedNode>[] = [
    {
      id: 'name',
      label: 'Node',
      width: 2,
      sort: 'name',
      cell: ({ name }) => (
        <Anchor component="button" type="button" size="sm" onClick={() => ask({ node: name })}>
          {name}
        </Anchor>
      ),
    },
    {
      id: 'state',
      label: 'State',
      width: 1.2,
      sort: 'state',
      cell: ({ state: each, says }) => <WordBadge look={PROVIDED_LOOKS[each]} note={says} />,
    },
    { id: 'step', label: 'Step', width: 1.4, cell: stepText },
    {
      id: 'says',
      label: 'What is waited for, or was wrong',
      width: 3,
      cell: ({ says }) => <span title={says}>{says}</span>,
    },
    { id: 'address', label: 'Address', width: 1.2, cell: ({ address }) => address ?? '—' },
    { id: 'asked', label: 'Asked', sort: 'asked_at', cell: ({ asked_at: at }) => <Since at={at} /> },
    { id: 'by', label: 'By', cell: ({ asked_by: by }) => by },
  ];
  return (
    <Stack gap="sm">
      <Group>
        <AnyOf
          label="State"
          data={Object.entries(PROVIDED_LOOKS).map(([value, { word: label }]) => ({ value, label }))}
          value={state}
          onChange={(to) => ask({ state: to })}
        />
      </Group>
      <Rows
        of={query}
        columns={columns}
        idOf={({ id }: ProvidedNode) => id}
        label="Nodes that were asked for"
        empty={state === '' ? 'No node was asked of it yet.' : 'None is like that.'}
        sort={sort}
        onSort={(to) => ask({ sort: to })}
      />
      {shown === '' ? null : <NodeDrawer provider={provider} name={shown} onClose={() => ask({ node: '' })} />}
    </Stack>
  );
};

const stepText = ({ step }: ProvidedNode): string => {
  const at = STEPS.findIndex(([each]) => each === step);
  return at === -1 ? '—' : `${at + 1} of ${STEPS.length}, ${step}`;
};

/** One of them: what the cloud answered to each step, what was picked, how it is logged in to, and how it is given back. */
const NodeDrawer = ({
  provider,
  name,
  onClose,
}: {
  readonly provider: Provider;
  readonly name: string;
  readonly onClose: () => void;
}) => {
  const query = useQuery(
    reading(call('get', '/api/v2/providers/{key}/nodes/{node}', { path: { key: provider.id, node: name } })),
  );
  return (
    <Drawer opened onClose={onClose} position="right" size="xl" title={name}>
      <Loaded of={query}>
        {(node) => (
          <Stack data-testid="provided-node">
            <Group gap="sm">
              <WordBadge look={PROVIDED_LOOKS[node.state]} />
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {node.says}
              </Text>
            </Group>
            <Steps of={node} />
            <Got of={node} />
            {node.state === 'returned' || node.state === 'failed' ? null : (
              <Group>
                <DeleteAct
                  act={{
                    label: 'Give it back',
                    call: call('delete', '/api/v2/providers/{key}/nodes/{node}', {
                      path: { key: provider.id, node: node.name },
                    }),
                    command: `anneal providers give-back ${word(provider.name)} ${word(node.name)}`,
                    changes: ['providers', 'nodes'],
                    done: `${node.name} is being given back`,
                  }}
                  name={node.name}
                  destroys={['its server, with what is on its disks', 'its address and its key in the cloud']}
                  says="It is taken out of management. Refused when committed work on other nodes stands on it."
                />
              </Group>
            )}
          </Stack>
        )}
      </Loaded>
    </Drawer>
  );
};

const Steps = ({ of: { steps, step: current } }: { readonly of: ProvidedNode }) => (
  <Table aria-label="The eight steps" layout="fixed">
    <Table.Thead>
      <Table.Tr>
        <Table.Th w="34%">Step</Table.Th>
        <Table.Th w={130}>Answer</Table.Th>
        <Table.Th>Reason</Table.Th>
        <Table.Th w={70}>Took</Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {STEPS.map(([step, says], index) => {
        const answered = steps.findLast((each) => each.step === step);
        return (
          <Table.Tr key={step} {...(current === step ? { 'aria-current': 'step' as const } : {})}>
            <Table.Td>
              {index + 1}. {says}
            </Table.Td>
            <Table.Td>
              <WordBadge look={answered ? ANSWER_LOOKS[answered.answer] : NOT_ASKED} />
            </Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              {answered?.says ?? (current === step ? 'It is being taken.' : '')}
            </Table.Td>
            <Table.Td>{answered ? `${Math.round(answered.seconds * 10) / 10} s` : ''}</Table.Td>
          </Table.Tr>
        );
      })}
    </Table.Tbody>
  </Table>
);

const Got = ({ of }: { readonly of: ProvidedNode }) => {
  const { picked, account, address, floating, host_key: hostKey, server, node_id: node, until, ended_at: ended } = of;
  const facts: readonly Fact[] = [
    [
      'Node',
      node ? (
        <Anchor component={Link} to={`/nodes/${node}`} size="sm">
          {of.name}
        </Anchor>
      ) : (
        'not yet, or no longer'
      ),
    ],
    ['Picked', picked ? `${picked.image.name} as ${picked.flavor.name} on ${picked.network.name}` : '—'],
    ['Server', server ?? '—'],
    ['Address', address ? `${address}${floating ? ', a floating one' : ''}` : '—'],
    ['Logged in as', account ?? (picked ? `one of ${picked.accounts.join(', ')} is to be tried` : '—')],
    ['Host key', hostKey ? <Code>{hostKey}</Code> : '—'],
    ['Given up', of.state === 'asked' || of.state === 'returning' ? <Since at={until} /> : '—'],
    ['Ended', ended ? <Since at={ended} /> : '—'],
    ['Wanted', Object.keys(of.wish).length > 0 ? JSON.stringify(of.wish) : 'nothing beside what the provider says'],
  ];
  return <Facts names="25%" facts={facts} />;
};

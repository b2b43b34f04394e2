import { Badge, List, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { DeleteAct } from '../act/delete-act';
import { word } from '../api/as-command';
import { call } from '../api/call';
import { reading } from '../api/query';
import { countOf } from '../certifications/count-of';
import { WordBadge } from '../certifications/word-badge';
import { useLive } from '../live/live';
import { PlainFacts } from '../shell/facts';
import { Loaded, Page } from '../shell/page';
import { Since } from '../shell/since';
import { Tabbed } from '../shell/tabbed';
import { ANSWER_LOOKS, NOT_ASKED, type Provider } from './looks';
import { ProvidedNodes } from './provided-nodes';
import { ProviderAct } from './provider-form';
import { RequestNode } from './request-node';

/** One provider: what it answered to the eight steps, the nodes that were asked of it, and what it offers. */
export const ProviderPage = () => {
  const { key } = useParams({ strict: false }) as { key: string };
  const query = useQuery(reading(call('get', '/api/v2/providers/{key}', { path: { key } })));
  const navigate = useNavigate();
  const { data } = query;
  useLive({ kind: 'provider.*' }, ['providers']);
  return (
    <Page
      title={data ? `Provider ${data.name}` : 'Provider'}
      badge={
        data ? (
          <Badge variant="outline" color="gray" tt="none" c="var(--mantine-color-text)">
            {data.active ? 'active' : 'not active'}
          </Badge>
        ) : null
      }
      acts={
        data ? (
          <>
            <RequestNode provider={data} />
            <ProviderAct key={data.version} provider={data} />
            <DeleteAct
              act={{
                label: 'Delete',
                call: call('delete', '/api/v2/providers/{key}', { path: { key: data.id }, version: data.version }),
                command: `anneal providers delete ${word(data.name)}`,
                changes: ['providers'],
                done: `${data.name} is forgotten`,
              }}
              name={data.name}
              destroys={[`${data.name}, with its report`]}
              says="Refused as long as it holds nodes: give them back first."
              onDone={() => void navigate({ to: '/providers' })}
            />
          </>
        ) : null
      }
    >
      <Loaded of={query}>
        {(provider) => (
          <Tabbed
            tabs={[
              { value: 'report', label: 'Report', view: () => <Report of={provider} /> },
              { value: 'nodes', label: `Nodes (${provider.nodes})`, view: () => <ProvidedNodes of={provider} /> },
              { value: 'offer', label: 'Offer', view: () => <Offer of={provider} /> },
              { value: 'facts', label: 'As it is', view: () => <PlainFacts of={provider as never} /> },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
};

/** What the site answered to each of the eight steps: the last answer with its reason, and how often which. */
const Report = ({ of }: { readonly of: Provider }) => {
  const query = useQuery(reading(call('get', '/api/v2/providers/{key}/report', { path: { key: of.id } })));
  return (
    <Loaded of={query}>
      {({ steps, nodes }) => (
        <Stack>
          <Text size="sm">
            {nodes === 0
              ? 'No node was asked of it yet: the report fills with the first one.'
              : `Over ${countOf(nodes, 'node')} that ${nodes === 1 ? 'was' : 'were'} asked of it and ${nodes === 1 ? 'is' : 'are'} remembered.`}
          </Text>
          <Table aria-label="What it answered to the eight steps" layout="fixed">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={44}>No.</Table.Th>
                <Table.Th>Step</Table.Th>
                <Table.Th w={150}>Last answer</Table.Th>
                <Table.Th>Reason</Table.Th>
                <Table.Th w={150}>Yes, partial, no</Table.Th>
                <Table.Th w={90}>Median</Table.Th>
                <Table.Th w={200}>When, for which node</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {steps.map(({ step, says, answer, reason, yes, partial, no, seconds, at, node }, index) => (
                <Table.Tr key={step} data-testid={`step-${step}`}>
                  <Table.Td>{index + 1}</Table.Td>
                  <Table.Td>{says}</Table.Td>
                  <Table.Td>
                    <WordBadge look={answer === null ? NOT_ASKED : ANSWER_LOOKS[answer]} />
                  </Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{reason}</Table.Td>
                  <Table.Td>
                    {yes}, {partial}, {no}
                  </Table.Td>
                  <Table.Td>{seconds === null ? '—' : `${Math.round(seconds * 10) / 10} s`}</Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    <Since at={at} />
                    {node ? (
                      <Text size="xs" c="dimmed">
                        {node}
                      </Text>
                    ) : null}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Stack>
      )}
    </Loaded>
  );
};

/** What the cloud offered when it was last read. */
const Offer = ({ of }: { readonly of: Provider }) => {
  const query = useQuery(reading(call('get', '/api/v2/providers/{key}/offer', { path: { key: of.id } })));
  return (
    <Loaded of={query}>
      {({ networks, flavors, images, notes, read_at: at }) =>
        at === null ? (
          <Text c="dimmed">It was not read yet: that is done for the first node that is asked of it.</Text>
        ) : (
          <Stack>
            <Text size="sm" component="div">
              Read <Since at={at} />
            </Text>
            {notes.length > 0 ? (
              <List size="sm">
                {notes.map((note) => (
                  <List.Item key={note}>{note}</List.Item>
                ))}
              </List>
            ) : null}
            <Offered
              title="Networks"
              heads={['Network', 'Leads outside', 'Takes servers']}
              rows={networks.map(({ id, name, external, usable }) => [id, name, yesNo(external), yesNo(usable)])}
            />
            <Offered
              title="Flavors"
              heads={['Flavor', 'Processors', 'Memory', 'Disk']}
              rows={flavors.map(({ id, name, vcpus, memory_mib: memory, disk_gib: disk }) => [
                id,
                name,
                String(vcpus),
                `${memory} MiB`,
                `${disk} GiB`,
              ])}
            />
            <Offered
              title="Images"
              heads={['Image', 'Distribution', 'Account', 'Needs']}
              rows={images.map(({ id, name, distribution, account, memory_mib: memory, disk_gib: disk }) => [
                id,
                name,
                distribution ?? 'not said',
                account ?? 'not said',
                `${memory} MiB, ${disk} GiB`,
              ])}
            />
          </Stack>
        )
      }
    </Loaded>
  );
};

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

const Offered = ({
  title,
  heads,
  rows,
}: {
  readonly title: string;
  readonly heads: readonly string[];
  /** The id first, which is not shown. */
  readonly rows: readonly (readonly string[])[];
}) => (
  <Table aria-label={title} layout="fixed">
    <Table.Thead>
      <Table.Tr>
        {heads.map((head) => (
          <Table.Th key={head}>{head}</Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {rows.map(([id, ...cells]) => (
        <Table.Tr key={id}>
          {cells.map((cell, at) => (
            <Table.Td key={`${heads[at]}`} style={{ overflowWrap: 'anywhere' }}>
              {cell}
            </Table.Td>
          ))}
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);

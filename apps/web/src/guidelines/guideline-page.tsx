import { Alert, Anchor, Button, Code, List, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { DeleteAct } from '../act/delete-act';
import { word } from '../api/as-command';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { Facts } from '../shell/facts';
import { Loaded, Page } from '../shell/page';
import { Since } from '../shell/since';
import { Tabbed } from '../shell/tabbed';
import { GuidelineTests } from './guideline-tests';
import { VoteList } from './vote-list';

type Guideline = components['schemas']['Guideline'];

/** One guideline: what it asks for, what was bent while it was read, its other revisions, and what people think of it. */
export const GuidelinePage = () => {
  const { key } = useParams({ strict: false }) as { key: string };
  const query = useQuery(reading(call('get', '/api/v2/guidelines/{key}', { path: { key } })));
  const navigate = useNavigate();
  const { data } = query;
  return (
    <Page
      title={data ? `Guideline ${data.name}` : 'Guideline'}
      acts={
        data ? (
          <>
            <Button
              size="xs"
              variant="light"
              component="a"
              href={call('get', '/api/v2/guidelines/{key}/document', { path: { key: data.id } }).path}
              download={`${data.name}.json`}
            >
              The file as it came
            </Button>
            <DeleteAct
              act={{
                label: 'Delete',
                call: call('delete', '/api/v2/guidelines/{key}', { path: { key: data.id } }),
                command: `anneal guidelines delete ${word(`${data.name}@${data.revision}`)}`,
                changes: ['guidelines'],
                done: `revision ${data.revision} of ${data.name} is deleted`,
              }}
              name={data.name}
              destroys={[`revision ${data.revision} of ${data.name}, with its file`]}
              says="Refused where a certification is about it."
              onDone={() => void navigate({ to: '/guidelines' })}
            />
          </>
        ) : null
      }
    >
      <Loaded of={query}>
        {(guideline) => (
          <Stack>
            {guideline.latest ? null : (
              <Alert color="yellow">
                An older revision.{' '}
                <Anchor component={Link} to={`/guidelines/${guideline.name}`} size="sm" underline="always">
                  The newest one
                </Anchor>{' '}
                is what new certifications are about.
              </Alert>
            )}
            <Text size="sm">
              {[
                guideline.kind,
                `revision ${guideline.revision}${guideline.latest ? ', the newest' : ''}`,
                guideline.status ?? 'the file says no status',
                guideline.releases.length > 0 ? `for ${guideline.releases.join(', ')}` : 'the file names no release',
              ].join('; ')}
            </Text>
            <Tabbed
              tabs={[
                { value: 'tests', label: 'Tests', view: () => <GuidelineTests guideline={guideline} /> },
                { value: 'programs', label: 'Programs', view: () => <Programs guideline={guideline} /> },
                { value: 'votes', label: 'Votes', view: () => <VoteList guideline={guideline.id} /> },
                { value: 'revisions', label: 'Revisions', view: () => <Revisions guideline={guideline} /> },
                { value: 'file', label: 'File', view: () => <File guideline={guideline} /> },
                {
                  value: 'warnings',
                  label: `Bent (${guideline.warnings.length})`,
                  view: () => <Warnings guideline={guideline} />,
                },
              ]}
            />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
};

const Programs = ({ guideline }: { readonly guideline: Guideline }) => (
  <Table aria-label="Programs">
    <Table.Thead>
      <Table.Tr>
        <Table.Th>Program</Table.Th>
        <Table.Th>Components</Table.Th>
        <Table.Th>Required tests</Table.Th>
        <Table.Th>Must-pass tests</Table.Th>
        <Table.Th>Do</Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {guideline.programs.map(({ name, title, components, tests, must_pass: mustPass }) => (
        <Table.Tr key={name}>
          <Table.Td>
            <Text size="sm">{name}</Text>
            <Text size="xs" c="dimmed">
              {title}
            </Text>
          </Table.Td>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>{components.join(', ')}</Table.Td>
          <Table.Td>{tests}</Table.Td>
          <Table.Td>{mustPass}</Table.Td>
          <Table.Td>
            <Anchor
              component={Link}
              to={`/certifications?tab=start&goal=${encodeURIComponent(`${guideline.name}/${name}`)}`}
              size="sm"
              aria-label={`Measure a cloud by ${name}`}
            >
              Measure a cloud
            </Anchor>
          </Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);

/** The file as it came, and how it came. */
const File = ({ guideline }: { readonly guideline: Guideline }) => (
  <Facts
    names="20%"
    facts={[
      ['Schema', guideline.schema],
      ['SHA-256', <Code key="digest">{guideline.digest}</Code>],
      ['Came from', guideline.source || '—'],
      ['Imported', <Since key="imported" at={guideline.imported_at} />],
      ['By', guideline.imported_by],
      ['Id', guideline.id],
    ]}
  />
);

const Revisions = ({ guideline: { id, name, kind } }: { readonly guideline: Guideline }) => {
  const query = usePages<Guideline>(
    call('get', '/api/v2/guidelines', {
      query: { sort: '-revision', filter: `name eq ${JSON.stringify(name)} and kind eq ${kind}` },
    }),
  );
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Table aria-label="Revisions">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Revision</Table.Th>
          <Table.Th>Imported</Table.Th>
          <Table.Th>By</Table.Th>
          <Table.Th>Must-pass tests</Table.Th>
          <Table.Th>SHA-256</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((each) => (
          <Table.Tr key={each.id}>
            <Table.Td>
              {each.id === id ? (
                `${each.revision} (this one)`
              ) : (
                <Anchor component={Link} to={`/guidelines/${each.id}`} size="sm">
                  {each.revision}
                </Anchor>
              )}
            </Table.Td>
            <Table.Td>
              <Since at={each.imported_at} />
            </Table.Td>
            <Table.Td>{each.imported_by}</Table.Td>
            <Table.Td>{each.programs.map(({ name: of, must_pass: count }) => `${of} ${count}`).join(', ')}</Table.Td>
            <Table.Td>
              <Code title={each.digest}>{each.digest.slice(0, 16)}…</Code>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
};

const Warnings = ({ guideline: { warnings } }: { readonly guideline: Guideline }) =>
  warnings.length === 0 ? (
    <Text size="sm">Nothing was bent while the file was read.</Text>
  ) : (
    <List size="sm">
      {warnings.map(({ at, says }) => (
        <List.Item key={`${at} ${says}`}>
          <Code>{at === '' ? '(the whole file)' : at}</Code> {says}
        </List.Item>
      ))}
    </List>
  );

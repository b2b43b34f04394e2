import { Anchor, Badge, Group, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import type { components } from '../api/schema.gen';
import { useLive } from '../live/live';
import { Page } from '../shell/page';
import { Rows, type Column } from '../shell/rows';
import { Since } from '../shell/since';
import { Tabbed, type Tab } from '../shell/tabbed';
import { ImportGuidelines } from './import-guidelines';

type Guideline = components['schemas']['Guideline'];

/** How long one may go on typing before the list is asked for, in milliseconds. */
const TYPING_MS = 200;
const KINDS = ['powered', 'add-on', 'vertical', 'local'];

const TABS: readonly Tab[] = [
  { value: 'guidelines', label: 'Guidelines', view: () => <GuidelineList /> },
  { value: 'import', label: 'Import', view: () => <ImportGuidelines /> },
];

/** What clouds are measured by: files as they were published, or as a site wrote them for itself. */
export const GuidelinesPage = () => (
  <Page title="Guidelines">
    <Tabbed tabs={TABS} />
  </Page>
);

const COLUMNS: readonly Column<Guideline>[] = [
  {
    id: 'name',
    label: 'Guideline',
    width: 1.6,
    sort: 'name',
    cell: ({ id, name }) => (
      <Anchor component={Link} to={`/guidelines/${id}`} size="sm">
        {name}
      </Anchor>
    ),
  },
  { id: 'kind', label: 'Kind', cell: ({ kind }) => kind },
  {
    id: 'revision',
    label: 'Revision',
    width: 1.2,
    sort: 'revision',
    cell: ({ revision, latest }) => (
      <Group gap={6} wrap="nowrap">
        {revision}
        {latest ? null : (
          <Badge size="xs" variant="outline" color="gray" tt="none" c="var(--mantine-color-text)">
            older
          </Badge>
        )}
      </Group>
    ),
  },
  { id: 'status', label: 'Status', width: 1.2, cell: ({ status }) => status ?? '—' },
  { id: 'releases', label: 'Releases', width: 2, cell: ({ releases }) => releases.join(', ') },
  {
    id: 'programs',
    label: 'Must-pass tests',
    width: 3,
    cell: ({ programs }) => {
      const text = programs.map(({ name, must_pass: count }) => `${name} ${count}`).join(', ');
      return <span title={text}>{text}</span>;
    },
  },
  {
    id: 'imported',
    label: 'Imported',
    width: 1.2,
    sort: 'imported_at',
    cell: ({ imported_at: at }) => <Since at={at} />,
  },
  { id: 'by', label: 'By', cell: ({ imported_by: by }) => by },
];

const GuidelineList = () => {
  const navigate = useNavigate();
  const {
    sort = 'name',
    name = '',
    kind = '',
    older = '',
  } = useSearch({ strict: false }) as { sort?: string; name?: string; kind?: string; older?: string };
  const show = (more: Readonly<Record<string, string>>): void =>
    void navigate({ to: '/guidelines', search: { sort, name, kind, older, ...more } as never, replace: true });
  const [text, setText] = useState(String(name));
  const [typed] = useDebouncedValue(text, TYPING_MS);
  const conditions = [
    ...(older ? [] : ['latest eq true']),
    ...(typed.trim() ? [`name contains ${JSON.stringify(typed.trim())}`] : []),
    ...(kind ? [`kind eq ${kind}`] : []),
  ];
  const query = usePages<Guideline>(
    call('get', '/api/v2/guidelines', { query: { sort, filter: conditions.join(' and ') } }),
  );
  useLive({ kind: 'guideline.*' }, ['guidelines']);
  return (
    <Stack gap="sm">
      <Group align="end">
        <TextInput
          label="Name"
          value={text}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            show({ name: currentTarget.value });
          }}
        />
        <Select
          label="Kind"
          placeholder="Any"
          clearable
          data={KINDS}
          value={kind === '' ? null : kind}
          onChange={(to) => show({ kind: to ?? '' })}
        />
        <Switch
          mb={8}
          label="Older revisions too"
          checked={older !== ''}
          onChange={({ currentTarget }) => show({ older: currentTarget.checked ? 'yes' : '' })}
        />
      </Group>
      <Rows
        of={query}
        columns={COLUMNS}
        idOf={({ id }: Guideline) => id}
        label="Guidelines"
        empty={
          conditions.length > 1
            ? 'No guideline is like that.'
            : 'There is no guideline yet: get the published file of one and import it.'
        }
        sort={sort}
        onSort={(to) => show({ sort: to })}
      />
    </Stack>
  );
};

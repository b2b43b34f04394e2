import { Anchor, Badge, Group, Stack, Switch, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import type { components } from '../api/schema.gen';
import { AnyOf } from '../ask/any-of';
import { useAsked } from '../ask/use-asked';
import { useTyping } from '../ask/use-typing';
import { useLive } from '../live/live';
import { Page } from '../shell/page';
import { Rows, type Column } from '../shell/rows';
import { Since } from '../shell/since';
import { Tabbed, type Tab } from '../shell/tabbed';
import { ImportGuidelines } from './import-guidelines';

type Guideline = components['schemas']['Guideline'];

const NOTHING_ASKED = { sort: 'name', name: '', kind: '', older: '' };
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
  const [{ sort, name, kind, older }, ask] = useAsked(NOTHING_ASKED);
  const [typed, field] = useTyping(name, (to) => ask({ name: to }));
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
        <TextInput label="Name" {...field} />
        <AnyOf label="Kind" data={KINDS} value={kind} onChange={(to) => ask({ kind: to })} />
        <Switch
          mb={8}
          label="Older revisions too"
          checked={older !== ''}
          onChange={({ currentTarget }) => ask({ older: currentTarget.checked ? 'yes' : '' })}
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
        onSort={(to) => ask({ sort: to })}
      />
    </Stack>
  );
};

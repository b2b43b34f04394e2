import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import { useLive } from '../live/live';
import { Page } from '../shell/page';
import { Rows, type Column } from '../shell/rows';
import { Since } from '../shell/since';
import type { Provider } from './looks';
import { ProviderAct } from './provider-form';

const COLUMNS: readonly Column<Provider>[] = [
  {
    id: 'name',
    label: 'Provider',
    width: 1.4,
    cell: ({ id, name }) => (
      <Anchor component={Link} to={`/providers/${id}`} size="sm">
        {name}
      </Anchor>
    ),
  },
  { id: 'kind', label: 'Kind', width: 1.3, cell: ({ kind }) => kind },
  {
    id: 'access',
    label: 'Cloud',
    width: 2.4,
    cell: ({ access }) => <span title={access.auth_url}>{access.auth_url}</span>,
  },
  {
    id: 'project',
    label: 'As',
    width: 1.8,
    cell: ({ access: { user, project, application_credential: credential } }) =>
      credential ? 'an application credential' : [user, project].filter(Boolean).join(' of '),
  },
  { id: 'nodes', label: 'Nodes', cell: ({ nodes, nodes_max: max }) => `${nodes} of ${max}` },
  { id: 'active', label: 'Active', cell: ({ active }) => (active ? 'yes' : 'no') },
  { id: 'read', label: 'Offer read', cell: ({ offer_read_at: at }) => (at === null ? 'never' : <Since at={at} />) },
  {
    id: 'description',
    label: 'Description',
    width: 2,
    cell: ({ description }) => <span title={description}>{description}</span>,
  },
];

/** Clouds from which machines are got. */
export const ProvidersPage = () => {
  const query = usePages<Provider>(call('get', '/api/v2/providers', { query: { sort: 'name' } }));
  useLive({ kind: 'provider.*' }, ['providers']);
  return (
    <Page title="Providers" acts={<ProviderAct />}>
      <Stack>
        <Text size="sm">
          A provider is a cloud from which machines are got in eight steps. What it answers to each of them is its
          interoperability report.
        </Text>
        <Rows
          of={query}
          columns={COLUMNS}
          idOf={({ id }: Provider) => id}
          label="Providers"
          empty="There is no provider yet: add a cloud that lends machines."
        />
      </Stack>
    </Page>
  );
};

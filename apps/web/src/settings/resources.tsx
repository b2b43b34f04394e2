import { Code, CopyButton, Button, Stack, Text } from '@mantine/core';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import type { components } from '../api/schema.gen';
import type { Resource } from '../resource/resource';
import { PasswordButton } from '../session/password';
import { Since } from '../shell/since';

type Schemas = components['schemas'];

export const users: Resource<Schemas['User']> = {
  noun: 'users',
  title: 'Users',
  one: 'user',
  command: 'users',
  empty: 'There is no user yet.',
  forAdmins: true,
  list: (query) => call('get', '/api/v2/users', { query }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'display', label: 'Called', width: 2, cell: ({ display }) => display },
    { id: 'role', label: 'Role', cell: ({ role }) => role },
    {
      id: 'locked',
      label: 'May sign in',
      cell: ({ locked, can_log_in: can }) => (locked ? 'locked' : can ? 'yes' : 'no password'),
    },
  ],
  create: { path: '/api/v2/users', call: (body) => call('post', '/api/v2/users', { body }) },
  update: {
    path: '/api/v2/users/{key}',
    call: ({ id, version }, body) => call('patch', '/api/v2/users/{key}', { path: { key: id }, body, version }),
  },
  remove: ({ id, version }) => call('delete', '/api/v2/users/{key}', { path: { key: id }, version }),
  acts: ({ name }) => <PasswordButton user={name} label="Set the password…" />,
};

export const tokens: Resource<Schemas['Token']> = {
  noun: 'tokens',
  title: 'Tokens',
  one: 'token',
  command: 'tokens',
  empty: 'There is no token yet. A script needs one.',
  list: (query) => call('get', '/api/v2/tokens', { query }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'prefix', label: 'Begins with', cell: ({ prefix }) => <Code>{prefix}</Code> },
    { id: 'role', label: 'Role', cell: ({ role }) => role },
    { id: 'of', label: 'Of', cell: ({ user, node }) => user ?? node ?? '—' },
    { id: 'used', label: 'Last used', cell: ({ last_used_at: at }) => <Since at={at} /> },
    { id: 'expires', label: 'Expires', cell: ({ expires_at: at }) => <Since at={at} /> },
  ],
  create: {
    path: '/api/v2/tokens',
    call: (body) => call('post', '/api/v2/tokens', { body }),
    done: ({ secret }: Schemas['MadeToken']) => (
      <Stack>
        <Text size="sm">This is shown once, now. Put it where the script finds it.</Text>
        <Code block>{secret}</Code>
        <CopyButton value={secret ?? ''}>
          {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>}
        </CopyButton>
      </Stack>
    ),
  },
  remove: ({ id }) => call('delete', '/api/v2/tokens/{key}', { path: { key: id } }),
};

export const hooks: Resource<Schemas['Hook']> = {
  noun: 'hooks',
  title: 'Hooks',
  one: 'hook',
  command: 'hooks',
  empty: 'Nobody is told of events yet.',
  forAdmins: true,
  list: (query) => call('get', '/api/v2/hooks', { query }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'sink', label: 'Tells', width: 2, cell: ({ sink }) => sink.url ?? sink.name ?? sink.kind },
    { id: 'active', label: 'Active', cell: ({ active }) => (active ? 'yes' : 'no') },
    { id: 'dead', label: 'Could not be told', cell: ({ dead_letters: dead }) => dead },
    { id: 'error', label: 'Last error', width: 2, cell: ({ last_error: error }) => error },
  ],
  create: { path: '/api/v2/hooks', call: (body) => call('post', '/api/v2/hooks', { body }) },
  update: {
    path: '/api/v2/hooks/{key}',
    call: ({ id, version }, body) => call('patch', '/api/v2/hooks/{key}', { path: { key: id }, body, version }),
  },
  remove: ({ id, version }) => call('delete', '/api/v2/hooks/{key}', { path: { key: id }, version }),
  acts: ({ id, name, dead_letters: dead }) => (
    <ActButton
      because={dead === 0 ? 'It was told of everything.' : null}
      act={{
        label: 'Tell it once more',
        call: call('put', '/api/v2/hooks/{key}/dead_letters/retry', { path: { key: id } }),
        command: `anneal hooks retry ${name}`,
        changes: ['hooks'],
        done: `${name} is told of what it missed`,
      }}
    />
  ),
};

export const groups: Resource<Schemas['Group']> = {
  noun: 'groups',
  title: 'Groups',
  one: 'group',
  command: 'groups',
  empty: 'There is no group yet. Racks, switches and power feeds are groups.',
  list: (query) => call('get', '/api/v2/groups', { query }),
  nameOf: ({ category, name }) => `${category}/${name}`,
  columns: [{ id: 'description', label: 'Description', width: 3, cell: ({ description }) => description }],
  create: { path: '/api/v2/groups', call: (body) => call('post', '/api/v2/groups', { body }) },
  update: {
    path: '/api/v2/groups/{key}',
    call: ({ id, version }, body) => call('patch', '/api/v2/groups/{key}', { path: { key: id }, body, version }),
  },
  remove: ({ id, version }) => call('delete', '/api/v2/groups/{key}', { path: { key: id }, version }),
};

export const externalServices: Resource<Schemas['ExternalService']> = {
  noun: 'external_services',
  title: 'Services elsewhere',
  one: 'service',
  command: 'external-services',
  empty: 'Nothing is taken from elsewhere: Anneal serves DHCP, DNS and time itself where roles say so.',
  list: (query) => call('get', '/api/v2/external_services', { query }),
  nameOf: ({ name }) => name,
  columns: [],
  update: {
    path: '/api/v2/external_services/{key}',
    call: ({ id, version }, body) =>
      call('patch', '/api/v2/external_services/{key}', { path: { key: id }, body, version }),
  },
  create: { path: '/api/v2/external_services', call: (body) => call('post', '/api/v2/external_services', { body }) },
  remove: ({ id, version }) => call('delete', '/api/v2/external_services/{key}', { path: { key: id }, version }),
};

export const jigs: Resource<Schemas['Jig'] & { id?: string }> = {
  noun: 'jigs',
  title: 'Jigs',
  one: 'jig',
  command: 'jigs',
  empty: 'There is no jig.',
  forAdmins: true,
  list: () => call('get', '/api/v2/jigs'),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'active', label: 'Active', cell: ({ active }) => (active ? 'yes' : 'no') },
    { id: 'description', label: 'What it does', width: 4, cell: ({ description }) => description },
  ],
  update: {
    path: '/api/v2/jigs/{key}',
    call: ({ name, version }, body) => call('patch', '/api/v2/jigs/{key}', { path: { key: name }, body, version }),
  },
};

import { call } from '../api/call';
import type { components } from '../api/schema.gen';
import type { Resource } from '../resource/resource';

type Schemas = components['schemas'];

export const bootenvs: Resource<Schemas['Bootenv']> = {
  noun: 'bootenvs',
  title: 'Boot environments',
  one: 'boot environment',
  command: 'bootenvs',
  empty: 'There is no boot environment.',
  list: (query) => call('get', '/api/v2/bootenvs', { query }),
  nameOf: ({ name }) => name,
  pageOf: ({ name }) => `/bootenvs/${name}`,
  columns: [
    { id: 'description', label: 'Description', width: 4, cell: ({ description }) => description },
    {
      id: 'kernel',
      label: 'Kernel',
      width: 2,
      cell: ({ kernel, local }) => (local ? 'from the disk' : (kernel?.path ?? '—')),
    },
  ],
  create: { path: '/api/v2/bootenvs', call: (body) => call('post', '/api/v2/bootenvs', { body }) },
};

export const templates: Resource<Schemas['Template']> = {
  noun: 'templates',
  title: 'Templates',
  one: 'template',
  command: 'templates',
  empty: 'There is no template.',
  list: (query) => call('get', '/api/v2/templates', { query }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'description', label: 'Description', width: 4, cell: ({ description }) => description },
    { id: 'secret', label: 'Fetched once', cell: ({ secret }) => (secret ? 'yes' : 'no') },
  ],
  create: { path: '/api/v2/templates', call: (body) => call('post', '/api/v2/templates', { body }) },
  update: {
    path: '/api/v2/templates/{key}',
    call: ({ id, version }, body) => call('patch', '/api/v2/templates/{key}', { path: { key: id }, body, version }),
  },
  remove: ({ id, version }) => call('delete', '/api/v2/templates/{key}', { path: { key: id }, version }),
};

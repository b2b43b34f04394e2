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

export const images: Resource<Schemas['Image']> = {
  noun: 'images',
  title: 'Images',
  one: 'image',
  command: 'images',
  empty: 'There is no image yet: one is made or fetched under “Build and fetch”.',
  news: 'image.*',
  list: (query) => call('get', '/api/v2/images', { query }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'os', label: 'System', cell: ({ os }) => `${os.family} ${os.version}` },
    { id: 'arch', label: 'For', cell: ({ os }) => os.arch },
    { id: 'layouts', label: 'Layouts', cell: ({ layouts }) => layouts.join(', ') },
    {
      id: 'errors',
      label: 'Can be installed',
      width: 3,
      cell: ({ errors }) => (errors.length === 0 ? 'yes' : errors.join('; ')),
    },
  ],
  create: { path: '/api/v2/images', call: (body) => call('post', '/api/v2/images', { body }) },
  update: {
    path: '/api/v2/images/{key}',
    call: ({ id, version }, body) => call('patch', '/api/v2/images/{key}', { path: { key: id }, body, version }),
  },
  remove: ({ id, version }) => call('delete', '/api/v2/images/{key}', { path: { key: id }, version }),
};

export const enrolmentRules: Resource<Schemas['EnrolmentRule']> = {
  noun: 'enrolment_rules',
  title: 'Rules of enrolment',
  one: 'rule',
  command: 'enrolment-rules',
  empty: 'There is no rule: machines become nodes under a name made of their hardware address.',
  forAdmins: true,
  list: (query) => call('get', '/api/v2/enrolment_rules', { query }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'priority', label: 'Priority', cell: ({ priority }) => priority },
    { id: 'enabled', label: 'Enabled', cell: ({ enabled }) => (enabled ? 'yes' : 'no') },
    { id: 'match', label: 'Matches', width: 3, cell: ({ match }) => JSON.stringify(match) },
    { id: 'effects', label: 'Does', width: 3, cell: ({ effects }) => JSON.stringify(effects) },
  ],
  create: { path: '/api/v2/enrolment_rules', call: (body) => call('post', '/api/v2/enrolment_rules', { body }) },
  update: {
    path: '/api/v2/enrolment_rules/{key}',
    call: ({ id, version }, body) =>
      call('patch', '/api/v2/enrolment_rules/{key}', { path: { key: id }, body, version }),
  },
  remove: ({ id, version }) => call('delete', '/api/v2/enrolment_rules/{key}', { path: { key: id }, version }),
};

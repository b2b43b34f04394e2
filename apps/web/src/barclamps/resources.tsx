import { call } from '../api/call';
import type { components } from '../api/schema.gen';
import type { Role } from '../api/types';
import { RoleAttribs } from './role-attribs';
import type { Resource } from '../resource/resource';

type Barclamp = components['schemas']['Barclamp'];

export const barclamps: Resource<Barclamp> = {
  noun: 'barclamps',
  title: 'Barclamps',
  one: 'barclamp',
  command: 'barclamps',
  empty: 'There is no barclamp yet: import one.',
  forAdmins: true,
  list: (query) => call('get', '/api/v2/barclamps', { query }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'description', label: 'Description', width: 4, cell: ({ description }) => description },
    { id: 'roles', label: 'Roles', cell: ({ roles: each }) => each.length },
  ],
  remove: ({ id, version }) => call('delete', '/api/v2/barclamps/{key}', { path: { key: id }, version }),
};

export const roles: Resource<Role> = {
  noun: 'roles',
  title: 'Roles',
  one: 'role',
  command: 'roles',
  empty: 'There is no role yet: import a barclamp.',
  sort: 'name',
  list: (query) => call('get', '/api/v2/roles', { query }),
  nameOf: ({ name }) => name,
  columns: [
    { id: 'barclamp', label: 'Barclamp', cell: ({ barclamp }) => barclamp },
    { id: 'jig', label: 'Jig', cell: ({ jig }) => jig },
    { id: 'flags', label: 'Flags', width: 2, cell: ({ flags }) => flags.join(', ') },
    { id: 'description', label: 'Description', width: 4, cell: ({ description }) => description },
  ],
  update: {
    path: '/api/v2/roles/{key}',
    call: ({ id, version }, body) => call('patch', '/api/v2/roles/{key}', { path: { key: id }, body, version }),
  },
  acts: ({ id, name }) => <RoleAttribs id={id} name={name} />,
};

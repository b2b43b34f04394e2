import { refuse, type Refusal } from '#core';
import { firstRefusal, refuseRowName } from '../dns/check-fields.js';
import type { EditedNoun } from '../dns/edit-rows.js';
import type { NewProvider, ProviderView } from '../ports/provider-store.js';
import { DOCUMENT_LENGTH_MAX } from './limits.js';

/** Sites from which machines are got. Their secret is sealed, and is never shown. */
export const PROVIDERS: EditedNoun<ProviderView, NewProvider> = {
  what: 'provider',
  advice: 'use the name or id of one that `anneal providers list` shows',
  subject: 'provider',
  store: (tx) => tx.providers,
  nameOf: (row) => (row as NewProvider).name,
  key: { field: 'secret', place: 'providers' },
  fields: ['name', 'description', 'access', 'secret', 'wish', 'nodesMax', 'active'],
  refuse: (_tx, row) =>
    firstRefusal([
      refuseRowName('provider', row.name),
      refuseDocument('access', row.access),
      refuseDocument('wish', row.wish),
      row.kind === 'openstack' ? refuseOpenStack(row.access) : null,
    ]),
};

const refuseDocument = (field: string, document: object): Refusal | null =>
  JSON.stringify(document).length <= DOCUMENT_LENGTH_MAX
    ? null
    : refuse('too-large', `${field} is longer than ${DOCUMENT_LENGTH_MAX} characters of JSON.`, { field });

/** What a login at Keystone takes; whether it is right only the cloud can say. */
const refuseOpenStack = (access: NewProvider['access']): Refusal | null => {
  const no = (what: string): Refusal => refuse('invalid', `access of an OpenStack cloud ${what}.`, { field: 'access' });
  const { auth_url: url, user, project, application_credential: credential } = access;
  if (typeof url !== 'string' || !/^https?:\/\/[^\s/@?#]+(\/[^\s@?#]*)?$/.test(url))
    return no(
      'needs auth_url: the address of Keystone, such as https://cloud.example:5000/v3, without an account in it',
    );
  if (typeof credential === 'string') return null;
  return typeof user === 'string' && typeof project === 'string'
    ? null
    : no('needs user and project, or application_credential');
};

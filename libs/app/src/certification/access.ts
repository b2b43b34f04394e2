import { refuse, type CloudAccess, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { CertificationId, CloudAddress } from '../ports/certification-store.js';
import { ACCOUNTS_MAX } from './limits.js';

/** To what the sealed access of a certification belongs: moved to another row it does not open. */
const belongs = (id: CertificationId): string => `certification/${id}/access`;

/** Refuses an access with which no test could begin. */
export const refuseAccess = (access: CloudAccess): Refusal | null => {
  const no = (field: string, detail: string): Refusal => refuse('invalid', detail, { field: `endpoint.${field}` });
  const url = URL.canParse(access.identityUrl) ? new URL(access.identityUrl) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    return no('identity_url', 'give the address of the identity service, such as https://cloud.example.com:5000/v3.');
  if (access.accounts.length > ACCOUNTS_MAX)
    return no('accounts', `${access.accounts.length} accounts are more than ${ACCOUNTS_MAX}.`);
  if (access.admin === null && access.accounts.length < 2)
    return no('accounts', 'without an administrator the suite needs two accounts for each of its workers.');
  return null;
};

export const sealAccess = (
  { secrets }: Pick<ModelParts, 'secrets'>,
  id: CertificationId,
  access: CloudAccess,
): string | Refusal =>
  secrets?.seal(JSON.stringify(access), belongs(id)) ?? refuse('unavailable', 'nothing is kept secret here.');

export const openAccess = (
  { secrets }: Pick<ModelParts, 'secrets'>,
  id: CertificationId,
  sealed: string,
): CloudAccess | Refusal => {
  const text = secrets?.open(sealed, belongs(id)) ?? null;
  return text === null
    ? refuse(
        'unavailable',
        'the access to the cloud was sealed with a key that this process does not have: start it with the key of the others, or start the certification again.',
      )
    : (JSON.parse(text) as CloudAccess);
};

export const addressOf = ({ identityUrl, region, endpointType }: CloudAccess): CloudAddress => ({
  identityUrl,
  region,
  endpointType,
});

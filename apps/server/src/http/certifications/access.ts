import type { cloudAccess } from '#api-types';
import type { CloudAccess } from '#core';
import type { z } from 'zod';
import { camelKeys } from '../camel-keys.js';

/** How a cloud is reached, in the names of the house. */
export const accessOf = ({ admin, accounts, ...where }: z.output<typeof cloudAccess>): CloudAccess => ({
  ...camelKeys(where),
  admin: admin && camelKeys(admin),
  accounts: accounts.map((account) => camelKeys(account)),
});

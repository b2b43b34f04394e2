import { expect, it } from 'vitest';
import { withoutSecrets } from './without-secrets';

it('a secret that was typed stands in nothing that is copied, wherever it is', () => {
  const secret = { type: 'string', writeOnly: true };
  const schema = {
    properties: {
      name: { type: 'string' },
      password: secret,
      token: { anyOf: [secret, { type: 'null' }] },
      bmc: { type: 'object', properties: { user: { type: 'string' }, password: secret } },
    },
  };
  expect(
    withoutSecrets(schema, { name: 'a', password: 'hidden', token: 'hidden', bmc: { user: 'b', password: 'hidden' } }),
  ).toEqual({ name: 'a', password: '…', token: '…', bmc: { user: 'b', password: '…' } });
  expect(withoutSecrets(schema, { token: null })).toEqual({ token: null });
});

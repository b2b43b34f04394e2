import { describe, expect, it } from 'vitest';
import { findNginx } from '#netio';
import { bootHttpContract } from './boot-http.contract.js';

bootHttpContract('by itself', null);

const nginx = findNginx();
describe.skipIf(nginx === null)('with nginx (Debian package nginx-light)', () => {
  it('is there', () => expect(nginx).toContain('nginx'));
  bootHttpContract('behind nginx', nginx);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upHere, type UpHere } from './up.js';

const SITE = `
kind: site
admin_node: { name: admin.example.test }
networks:
  - name: admin
    conduit: "?1g0"
    ranges:
      - { name: host, first: 192.168.124.10/24, last: 192.168.124.99/24 }
settings: { runs_at_once_max: 25 }
`;

describe('a site as a file', () => {
  let up: UpHere;
  let file: string;
  beforeAll(async () => {
    up = await upHere('cli-site', { shipped: true });
    file = join(up.env['ANNEAL_HOME'] as string, 'site.yml');
    writeFileSync(file, SITE);
  });
  afterAll(() => up?.stop());

  it('differs, is applied, and then differs no more', async () => {
    const before = await up.anneal(['diff', '-f', file]);
    expect(before).toMatchObject({ code: 1, out: expect.stringContaining('+ network admin') });
    expect(await up.anneal(['apply', '-f', file])).toMatchObject({ code: 0 });
    expect(await up.anneal(['diff', '-f', file])).toMatchObject({ code: 0 });
  });

  it('is written as one that makes the same', async () => {
    const { out } = await up.anneal(['site', 'show', '-o', 'yaml']);
    expect(out).toMatch(/^kind: site/m);
    writeFileSync(file, out);
    expect(await up.anneal(['diff', '-f', file])).toMatchObject({ code: 0, err: '' });
  });
});

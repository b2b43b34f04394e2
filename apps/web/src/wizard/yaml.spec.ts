import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { yamlOf } from './yaml';

describe('YAML of plain data', () => {
  it('is read back as what it was', () => {
    const data = {
      kind: 'site',
      admin_node: { name: 'admin.example.test' },
      networks: [
        { name: 'admin', conduit: '?1g0', mtu: 9000, v6prefix: null, ranges: [{ name: 'host', first: '10.0.0.1/24' }] },
        { name: 'yes', empty: [], none: {}, text: 'with: colon # and more', number: '12', on: true },
      ],
    };
    expect(parse(yamlOf(data))).toEqual(data);
  });
});

import { describe, expect, it } from 'vitest';
import { readToldByNode } from './told-by-node.js';

const read = (files: Readonly<Record<string, string>>) => readToldByNode(new Map(Object.entries(files)));

describe('what a node told of itself', () => {
  it('is its system, what kind of machine it is, and its packages with who made them', () => {
    const told = read({
      'system.txt': 'system\tDebian GNU/Linux 12 (bookworm)\nkernel\tLinux 6.1.0-18-amd64 x86_64\n',
      'hardware.txt': 'kind\tcontainer\nthreads\t4\n',
      'packages.txt':
        'nova-compute\t2:26.2.2-1\tall\tnova\tDebian OpenStack <team@example.org>\nbash\t5.2\tamd64\tbash\t\n',
    });
    expect(told).toEqual({
      operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
      kernel: 'Linux 6.1.0-18-amd64 x86_64',
      machine: 'container',
      packages: [
        {
          name: 'nova-compute',
          version: '2:26.2.2-1',
          source: 'nova',
          origin: 'Debian OpenStack <team@example.org>',
        },
        { name: 'bash', version: '5.2', source: 'bash', origin: null },
      ],
    });
  });

  it('is nothing when it could not be asked', () => {
    expect(read({ 'not-known.txt': 'connection refused\n' })).toBeNull();
    expect(read({})).toBeNull();
  });

  it('is what can be read of it, and nothing is made up for the rest', () => {
    expect(read({ 'system.txt': 'kernel\n\tDebian\n', 'packages.txt': 'half\n\n\t1.0\nvim\t9\n' })).toEqual({
      operatingSystem: null,
      kernel: null,
      machine: null,
      packages: [{ name: 'vim', version: '9', source: null, origin: null }],
    });
  });
});

import { describe, expect, it } from 'vitest';
import type { ViewBootenv, ViewMachine } from '../boot-view/document.js';
import { apologyScript, renderTemplate, type RenderSubject, type RenderTemplate } from './render.js';

/** A language of one word: `=path` is the value at that path, as JSON; everything else stands for itself. */
const render: RenderTemplate = (source, values) => {
  if (!source.startsWith('=')) return { text: source };
  const value = source
    .slice(1)
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], values);
  if (value === undefined) return { fault: { line: 1, column: 1, message: 'no such value' } };
  return { text: typeof value === 'string' ? value : JSON.stringify(value) };
};

const bootenv: ViewBootenv = {
  name: 'discovery',
  kernel: { path: 'discovery/x86_64/vmlinuz', sha256: 'ab'.repeat(32), bytes: 7 },
  initrds: [],
  params: ['quiet', '=boot.url', ''],
  templates: [
    { path: 'boot.ipxe', source: '' },
    { path: 'join.json', source: '', secret: true },
    { path: 'preseed.cfg', source: '' },
  ],
  local: false,
  errors: [],
};
const machine: ViewMachine = {
  node: 'id-1' as ViewMachine['node'],
  name: 'n1.rack.example.com',
  deployment: 'system',
  roles: [],
  macs: [],
  uuid: null,
  addresses: [],
  bootenv: 'discovery',
  secureBoot: false,
  params: { colour: 'red' },
};
const subject = (over: Partial<RenderSubject> = {}): RenderSubject => ({
  machine,
  bootenv,
  services: { unknownBootenv: 'discovery', httpPort: 7780, apiUrl: 'http://api' },
  base: 'http://10.0.0.1:7780',
  mac: null,
  uuid: null,
  platform: 'efi',
  buildArchitecture: 'x86_64',
  loaders: new Set(['local-x64.efi']),
  nonces: new Map([['join.json', 'N']]),
  ...over,
});
const text = (source: string, over: Partial<RenderSubject> = {}): unknown =>
  renderTemplate({ path: 'boot.ipxe', source }, subject(over), render);

describe('what a machine gets rendered', () => {
  it('knows the node, the kernel by its digest, and the command line', () => {
    expect(text('=node.short_name')).toEqual({ text: 'n1' });
    expect(text('=node.domain')).toEqual({ text: 'rack.example.com' });
    expect(text('=node.params.colour')).toEqual({ text: 'red' });
    expect(text('=kernel.url')).toEqual({ text: `http://10.0.0.1:7780/content/sha256/${'ab'.repeat(32)}` });
    expect(text('=kernel.path')).toEqual({ text: '/discovery/x86_64/vmlinuz' });
    expect(text('=cmdline')).toEqual({ text: 'quiet http://10.0.0.1:7780' });
  });

  it('has an address for each file, and one that works once for a secret one', () => {
    expect(text('=files')).toEqual({
      text: JSON.stringify({
        'join.json': 'http://10.0.0.1:7780/nodes/id-1/once/N/join.json',
        'preseed.cfg': 'http://10.0.0.1:7780/nodes/id-1/preseed.cfg',
      }),
    });
    expect(text('=files', { machine: null, nonces: new Map() })).toEqual({
      text: JSON.stringify({ 'preseed.cfg': 'http://10.0.0.1:7780/nodes/new/preseed.cfg' }),
    });
  });

  it('names the program for the disk of a UEFI machine where there is one', () => {
    expect(text('=boot.local_loader_url')).toEqual({ text: 'http://10.0.0.1:7780/files/local-x64.efi' });
    for (const over of [{ platform: 'pcbios' }, { loaders: new Set<string>() }, { buildArchitecture: 'arm64' }])
      expect(text('=boot.local_loader_url', over)).toHaveProperty('fault');
  });

  it('refuses a parameter that would become two, and says which', () => {
    const two = { ...bootenv, params: ['quiet', 'init=/bin/sh root=/dev/sda'] };
    expect(text('', { bootenv: two })).toMatchObject({
      of: 'parameter 2',
      fault: { message: expect.stringContaining('one word') },
    });
    expect(text('=cmdline', { bootenv: { ...bootenv, params: ['a="b c"'] } })).toEqual({ text: 'a="b c"' });
    expect(text('', { bootenv: { ...bootenv, params: ['a\nb'] } })).toHaveProperty('fault');
  });

  it('says on the console why nothing is loaded, in letters that iPXE leaves alone', () => {
    expect(apologyScript('no ${net0/mac} || shell\nreboot')).toBe(
      '#!ipxe\necho Anneal: no   net0/mac     shell reboot\nsleep 15\nexit 1\n',
    );
  });
});

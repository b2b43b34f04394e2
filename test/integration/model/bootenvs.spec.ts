import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootenvDocuments, ImportShippedBootenvs, type NewBootenv } from '#app';
import { LiquidRenderer, ShippedBootenvFolder } from '#catalog';
import { BootView, isRefusal, renderTemplate, type Refusal, type ViewBootenv } from '#core';
import { TimeOrderedIds } from '#store';
import { openWorld, type World } from './world.js';

const given = <Value>(value: Value | Refusal): Value => {
  if (isRefusal(value)) throw new Error(value.detail);
  return value;
};

describe('boot environments', () => {
  let world: World;
  let importShipped: ImportShippedBootenvs;
  const env = (over: Partial<NewBootenv> & { name: string }): Omit<NewBootenv, 'id'> => ({
    description: '',
    local: false,
    kernel: null,
    initrds: [],
    params: [],
    files: {},
    shipped: null,
    ...over,
  });
  const template = (name: string, source: string, secret = false) =>
    world.templates.create.execute('op', { name, source, secret, description: '', shipped: null });
  const documents = async (): Promise<Map<string, ViewBootenv>> =>
    new Map(
      (await world.unitOfWork.read((tx) => bootenvDocuments(tx))).map(({ body }) => [
        (body as ViewBootenv).name,
        body as ViewBootenv,
      ]),
    );

  beforeAll(async () => {
    world = await openWorld({ name: 'bootenvs' });
    importShipped = new ImportShippedBootenvs(
      { unitOfWork: world.unitOfWork, ids: new TimeOrderedIds() },
      new ShippedBootenvFolder(),
    );
  });

  afterAll(() => world.close());

  it('come with the program, once, and keep what somebody has edited', async () => {
    expect((await importShipped.execute('setup')).changed).toEqual(
      expect.arrayContaining(['template local.boot.ipxe', 'boot environment discovery']),
    );
    expect((await importShipped.execute('setup')).changed).toEqual([]);
    const { version } = given(await world.templates.show.execute({ key: 'local.grub.cfg' }));
    given(await world.templates.update.execute('op', { key: 'local.grub.cfg', version, change: { source: 'mine' } }));
    expect((await importShipped.execute('setup')).changed).toEqual([]);
    expect(given(await world.templates.show.execute({ key: 'local.grub.cfg' })).source).toBe('mine');
  });

  it('can be used as they come, but discovery, which waits for its image', async () => {
    const all = await documents();
    expect(all.get('local')?.errors).toEqual([]);
    expect(all.get('discovery')?.errors).toEqual([expect.stringContaining('no kernel')]);
  });

  it('render what they come with, for a node and for a machine that is none yet', async () => {
    given(
      await world.bootenvs.update.execute('op', {
        key: 'discovery',
        change: {
          kernel: { path: 'discovery/vmlinuz', sha256: 'a'.repeat(64), bytes: 1 },
          initrds: [{ path: 'discovery/initrd', sha256: 'b'.repeat(64), bytes: 2 }],
        },
      }),
    );
    given(
      await world.createNode.execute('op', {
        name: 'n1.example.com',
        bootenv: 'discovery',
        macs: ['52:54:00:00:00:01'],
      }),
    );
    for (const node of [undefined, 'n1.example.com']) {
      const rendered = given(await world.renderBootenv.execute({ bootenv: 'discovery', ...(node ? { node } : {}) }));
      expect(rendered.files.map(({ problem }) => problem)).toEqual([null, null]);
      const script = rendered.files.find(({ path }) => path === 'boot.ipxe')?.text ?? '';
      expect(script).toMatch(/^#!ipxe\n/);
      expect(script).toContain(
        `kernel --name kernel http://netboot:7780/content/sha256/${'a'.repeat(64)} initrd=initrd anneal.url=`,
      );
      expect(script).toContain(`initrd --name initrd http://netboot:7780/content/sha256/${'b'.repeat(64)}`);
      expect(script.includes('anneal.node=')).toBe(node !== undefined);
    }
    const local = given(await world.renderBootenv.execute({ bootenv: 'local', platform: 'pcbios' }));
    expect(local.files.find(({ path }) => path === 'boot.ipxe')?.text).toContain('sanboot --no-describe --drive 0x80');
  });

  it('are refused with what is wrong: a template that does not parse, or is not there, or is secret too early', async () => {
    expect(await template('bad', 'one\n{{ x | shout }}')).toMatchObject({
      code: 'invalid',
      detail: expect.stringContaining('line 2'),
    });
    given(await template('token', '{{ secrets.token }}', true));
    for (const [over, says] of [
      [{ files: { 'boot.ipxe': 'absent' } }, 'no template "absent"'],
      [{ files: { 'boot.ipxe': 'token' } }, 'fetched before there is a boot nonce'],
      [{ files: { '../x': 'token' } }, 'no path for a file'],
      [{ files: { 'once/x': 'token' } }, 'no path for a file'],
      [{ params: ['{{ x | shout }}'] }, 'parameter 1'],
      [{ kernel: { path: '../vmlinuz', sha256: 'a'.repeat(64), bytes: 1 } }, 'no path among the boot files'],
    ] as const)
      expect(await world.bootenvs.create.execute('op', env({ name: 'wrong', ...over })), says).toMatchObject({
        refused: true,
        detail: expect.stringContaining(says),
      });
  });

  it('do not show a secret, and say so', async () => {
    given(await template('plain', 'hello {{ node.name }}'));
    given(
      await world.bootenvs.create.execute(
        'op',
        env({ name: 'joining', files: { 'boot.ipxe': 'plain', 'join.json': 'token' } }),
      ),
    );
    const rendered = given(await world.renderBootenv.execute({ bootenv: 'joining', node: 'n1.example.com' }));
    expect(rendered.files).toEqual(
      expect.arrayContaining([
        { path: 'boot.ipxe', secret: false, text: 'hello n1.example.com', problem: null },
        { path: 'join.json', secret: true, text: null, problem: null },
      ]),
    );
    const stranger = given(await world.renderBootenv.execute({ bootenv: 'joining' }));
    expect(stranger.files.find(({ path }) => path === 'boot.ipxe')?.problem).toContain('line 1');
  });

  it('are what a node may name, and nothing else', async () => {
    expect(await world.updateNode.execute('op', { node: 'n1.example.com', bootenv: 'nonesuch' })).toMatchObject({
      code: 'invalid',
      detail: expect.stringContaining('discovery-large, install, joining, local'),
    });
    given(await world.updateNode.execute('op', { node: 'n1.example.com', bootenv: 'joining' }));
  });

  it('stay while something needs them', async () => {
    expect(await world.bootenvs.remove.execute('op', { key: 'local' })).toMatchObject({ code: 'conflict' });
    expect(await world.bootenvs.remove.execute('op', { key: 'joining' })).toMatchObject({
      detail: expect.stringContaining('n1.example.com'),
    });
    expect(await world.templates.remove.execute('op', { key: 'token' })).toMatchObject({
      detail: expect.stringContaining('joining'),
    });
    given(await world.updateNode.execute('op', { node: 'n1.example.com', bootenv: 'local' }));
    expect(await world.bootenvs.remove.execute('op', { key: 'joining' })).toEqual({ deleted: 'joining' });
    expect(await world.templates.remove.execute('op', { key: 'token' })).toEqual({ deleted: 'token' });
  });

  it('tell the history, so that netboot reads them again', async () => {
    expect(await world.events()).toEqual(
      expect.arrayContaining([
        'bootenv.created',
        'bootenv.changed',
        'bootenv.deleted',
        'template.created',
        'template.deleted',
      ]),
    );
  });

  it('render with the same functions in netboot', async () => {
    const view = new BootView();
    view.apply(await world.unitOfWork.read((tx) => bootenvDocuments(tx)), 1);
    const local = view.bootenv('local') as ViewBootenv;
    const renderer = new LiquidRenderer();
    const script = renderTemplate(
      local.templates.find(({ path }) => path === 'boot.ipxe') as ViewBootenv['templates'][0],
      {
        machine: null,
        bootenv: local,
        services: view.services,
        base: 'http://10.0.0.1:7780',
        mac: null,
        uuid: null,
        platform: 'efi',
        buildArchitecture: 'x86_64',
        loaders: new Set(['local-x64.efi']),
        nonces: new Map(),
      },
      (source, values) => renderer.render(source, values),
    );
    expect(script).toMatchObject({ text: expect.stringContaining('chain http://10.0.0.1:7780/files/local-x64.efi') });
  });
});

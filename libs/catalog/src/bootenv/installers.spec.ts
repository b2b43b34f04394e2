import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { idOf, installOrderJson, renderTemplate, type InstallOrder, type ViewBootenv, type ViewMachine } from '#core';
import { readAutoinstall, readAutoyast, readKickstart, readPreseed } from '#testkit';
import { LiquidRenderer } from '../template/liquid-renderer.js';
import { ShippedBootenvFolder } from './shipped.js';

const RUNS = 150;

/** The one secret file of each provider. */
const FILES = {
  'debian-install': 'preseed.cfg',
  'ubuntu-install': 'user-data',
  'redhat-install': 'ks.cfg',
  'suse-install': 'autoinst.xml',
} as const;
type Provider = keyof typeof FILES;
const PROVIDERS = Object.keys(FILES) as Provider[];

/** What each of the languages would take for more than a value. */
const NASTY = [
  ...['x\nd-i passwd/root-password password x', 'x\n%end\nrootpw x', 'x\nreboot', '%end', "a'; reboot; '"],
  ...['"; reboot; "', '</hostname><script>', '&x;', '<!-- ', ']]>', '$(reboot)', '`reboot`', 'a b', '{{ secrets }}'],
  ...['{% raw %}', '- x: y', '#', 'x\r\nd-i a/b string c', 'x\u2028y', '\\', "'\\''", '%include /etc/shadow', '--lock'],
  ...['@^server', 'x: {y: z}', '*anchor', '!!binary x', '<', '&', 'a --plaintext b', '\u0000', 'x\u0085y'],
];

interface Values {
  readonly name: string;
  readonly disk: string;
  readonly key: string;
  readonly packages: readonly string[];
  readonly params: readonly string[];
  readonly proxy: string | null;
  readonly path: string;
  readonly content: string;
  readonly source: string;
}

const PLAIN: Values = {
  name: 'vm1.lab.test',
  disk: 'serial:S3Z8NB0K',
  key: 'ssh-ed25519 AAAAC3Nza operator@desk',
  packages: ['vim', 'g++'],
  params: ['mitigations=off'],
  proxy: 'http://10.0.0.1:3142',
  path: '/etc/motd',
  content: 'hello\n',
  source: 'http://10.0.0.1:3142/debian',
};

let bootenvs: ReadonlyMap<string, ViewBootenv>;
const renderer = new LiquidRenderer();

const orderOf = (values: Values, layout: InstallOrder['layout']): InstallOrder => ({
  install: '0192aaaa-bbbb-7ccc-8ddd-1234567890ab',
  token: 'order-token',
  reportUrl: 'http://10.0.0.1:7700/api/v2/installs/0192aaaa-bbbb-7ccc-8ddd-1234567890ab',
  node: { id: 'n1', name: values.name },
  disks: [{ id: values.disk, bytes: 4_294_967_296, serial: null, wwn: null }],
  layout,
  image: null,
  files: [{ path: values.path, mode: '0644', content: values.content }],
  authorizedKeys: [values.key],
  kernelParams: values.params,
  packages: values.packages,
  join: { url: 'http://10.0.0.1:7700/api/v2/installs/I/join', token: 'join-token' },
  proxy: values.proxy,
});

/** Null where the values cannot be rendered: then the machine gets nothing, and the operator the reason. */
const render = (provider: Provider, values: Values, layout: InstallOrder['layout'] = 'plain'): string | null => {
  const bootenv = bootenvs.get(provider)!;
  const machine: ViewMachine = {
    node: idOf('n1'),
    name: values.name,
    deployment: 'system',
    roles: [],
    macs: [],
    uuid: null,
    addresses: [],
    bootenv: provider,
    secureBoot: false,
    params: { package_source: values.source, installer_source: values.source },
  };
  const template = bootenv.templates.find(({ path }) => path === FILES[provider])!;
  const nonces = new Map([[template.path, 'NONCE']]);
  const rendered = renderTemplate(
    template,
    {
      ...{ machine, bootenv, services: { apiUrl: 'http://10.0.0.1:7700' } as never, base: 'http://10.0.0.1:7780' },
      ...{ mac: null, uuid: null, platform: 'efi', buildArchitecture: 'x86_64', loaders: new Set<string>(), nonces },
    },
    (source, given) => renderer.render(source, given),
    { secrets: { install: installOrderJson(orderOf(values, layout)) } },
  );
  return 'text' in rendered ? rendered.text : null;
};

/** What an installer would make of a text, without the values that are meant to differ; with what is wrong in it. */
const SHAPES: Readonly<Record<Provider, (text: string) => { shape: unknown; problems: readonly string[] }>> = {
  'debian-install': (text) => {
    const { lines, problems } = readPreseed(text);
    return { shape: lines.map(({ owner, question, type }) => [owner, question, type]), problems };
  },
  'redhat-install': (text) => {
    const { commands, packages, scripts, problems } = readKickstart(text);
    return { shape: [commands, packages.length, scripts.map(({ head }) => head)], problems };
  },
  'ubuntu-install': (text) => {
    const { config, problems } = readAutoinstall(text);
    return { shape: Object.keys(config), problems };
  },
  'suse-install': (text) => {
    const { elements, problems } = readAutoyast(text);
    return { shape: elements.map(({ path }) => path), problems };
  },
};

beforeAll(async () => {
  const shipped = await new ShippedBootenvFolder().load();
  const sources = new Map(shipped.templates.map((template) => [template.name, template]));
  bootenvs = new Map(
    shipped.bootenvs.map(({ name, params, files, local }) => [
      name,
      {
        ...{ name, params, local, kernel: null, initrds: [], errors: [] },
        templates: Object.entries(files).map(([path, template]) => {
          const { source, secret } = sources.get(template)!;
          return { path, source, secret };
        }),
      },
    ]),
  );
});

describe('the answers for an installer', () => {
  it.each(PROVIDERS)('%s: are what it understands, for every layout that it knows', (provider) => {
    for (const layout of ['plain', 'lvm'] as const) {
      const text = render(provider, PLAIN, layout);
      expect(text).not.toBeNull();
      expect(SHAPES[provider](text!).problems).toEqual([]);
    }
    expect(render(provider, PLAIN, 'lvm')).not.toBe(render(provider, PLAIN, 'plain'));
  });

  it.each(PROVIDERS)('%s: lead to a system that reports, with keys and no password', (provider) => {
    const text = render(provider, PLAIN)!;
    const scripts = [...text.matchAll(/echo ([A-Za-z0-9+/=]{200,})/g)].map(([, packed = '']) =>
      Buffer.from(packed, 'base64').toString(),
    );
    const finish = scripts.find((script) => script.includes('/finish'))!;
    expect(finish).toContain(Buffer.from(`${PLAIN.key}\n`).toString('base64'));
    expect(finish).toContain(`${Buffer.from(PLAIN.content).toString('base64')} | put '0644' '/etc/motd'`);
    expect(finish).toContain('"outcome":"succeeded"');
    for (const script of [finish, ...scripts])
      expect(() => execFileSync('sh', ['-n'], { input: script })).not.toThrow();
    expect(text).toMatch(/rootpw --lock|root-password-crypted password !|ssh_pwauth: false|<user_password>!</);
  });

  it.each(PROVIDERS)('%s: cannot be told anything by a value that looks like a directive', (provider) => {
    const plain = SHAPES[provider](render(provider, PLAIN)!).shape;
    let rendered = 0;
    const judge = (field: keyof Values, value: string): void => {
      const isList = Array.isArray(PLAIN[field]);
      // Two packages, as in the harmless order, so that the shapes can be held against each other.
      const text = render(provider, { ...PLAIN, [field]: isList ? [value, value] : value } as Values);
      if (text === null) return;
      rendered += 1;
      const { shape, problems } = SHAPES[provider](text);
      expect({ field, value, problems, shape }).toEqual({ field, value, problems: [], shape: plain });
    };
    const fields = Object.keys(PLAIN) as (keyof Values)[];
    for (const field of fields) for (const value of NASTY) judge(field, value);
    const any = fc.tuple(fc.constantFrom(...fields), fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }));
    fc.assert(
      fc.property(any, ([field, value]) => judge(field, value)),
      { numRuns: RUNS },
    );
    expect(rendered).toBeGreaterThan(RUNS / 10);
  });

  it('tell what the installer has logged since it told last, and nothing that only the machine may know', () => {
    const folder = mkdtempSync(join(tmpdir(), 'anneal-alive-'));
    try {
      const [, early = ''] = /^d-i preseed\/early_command string (.*)$/m.exec(render('debian-install', PLAIN)!) ?? [];
      const script = early
        .replaceAll('/var/log/syslog', join(folder, 'syslog'))
        .replaceAll('/tmp/anneal-seen', join(folder, 'seen'))
        .replace('sleep 30', 'false');
      writeFileSync(join(folder, 'curl'), `#!/bin/sh\ncat >${folder}/told\n[ ! -e ${folder}/deaf ]\n`, { mode: 0o755 });
      const told = (more: string): string[] => {
        appendFileSync(join(folder, 'syslog'), more);
        execFileSync('sh', ['-c', script], { env: { PATH: `${folder}:/usr/bin:/bin` } });
        return (JSON.parse(readFileSync(join(folder, 'told'), 'utf8')) as { log: string[] }).log;
      };
      const nasty = 'a "quoted" \\word\t\u001b[1mé\n';
      expect(told(`anna[1]: retrieving x\npreseed: order-token in a line\n${nasty}`)).toEqual([
        'anna[1]: retrieving x',
        'a _quoted_ _word[1m',
      ]);
      writeFileSync(join(folder, 'deaf'), '');
      expect(told('anna[1]: retrieving y\n')).toEqual(['anna[1]: retrieving y']);
      rmSync(join(folder, 'deaf'));
      expect(told('anna[1]: retrieving z\n')).toEqual(['anna[1]: retrieving y', 'anna[1]: retrieving z']);
      expect(told('')).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("name the mirror's folder without a slash at its end, which some mirrors refuse to see doubled", () => {
    for (const source of ['http://10.0.0.1:3142/debian', 'http://10.0.0.1:3142/debian/', 'https://m.test/a/debian/'])
      expect(render('debian-install', { ...PLAIN, source })).toMatch(
        /^d-i mirror\/https?\/directory string (\/a)?\/debian$/m,
      );
  });

  describe('are taken by the program that reads them', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'anneal-answers-'));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    let written = 0;
    const fileOf = (text: string): string => {
      const path = join(folder, String((written += 1)));
      writeFileSync(path, text);
      return path;
    };

    it('for Debian, by debconf-set-selections', (context) => {
      needs(context, 'debconf-set-selections', 'debconf');
      const text = render('debian-install', PLAIN)!;
      const check = (input: string) =>
        execFileSync('debconf-set-selections', ['--checkonly'], { input, stdio: 'pipe' });
      expect(() => check(text)).not.toThrow();
      expect(() => check(`${text}\nno answer\n`)).toThrow();
    });

    it('for Ubuntu, by cloud-init: what the installer gets, and what the installed system gets of it', (context) => {
      needs(context, 'cloud-init', 'cloud-init');
      const check = (text: string): string => {
        const { status, stderr, stdout } = spawnSync('cloud-init', ['schema', '--config-file', fileOf(text)], {
          encoding: 'utf8',
        });
        return status === 0 ? '' : `${stdout}${stderr}`;
      };
      for (const layout of ['plain', 'lvm'] as const) expect(check(render('ubuntu-install', PLAIN, layout)!)).toBe('');
      const nasty = { ...PLAIN, name: 'x: {y: z}', packages: NASTY.slice(0, 12), key: '*anchor', proxy: '!!binary x' };
      const odd = render('ubuntu-install', nasty);
      if (odd !== null) expect(check(odd)).toBe('');
      expect(check('#cloud-config\nautoinstall: {locale: C}\n')).toContain("'version' is a required property");
      const { config } = readAutoinstall(render('ubuntu-install', PLAIN)!);
      const installed = check(`#cloud-config\n${stringify(config['user-data'])}`);
      // Before 23.1.2 its schema took no empty list, which its code always did (canonical/cloud-init#2124).
      const lines = installed.split('\n').filter((line) => /\w/.test(line) && !/^Error:|deprecations: *$/.test(line));
      expect(lines.filter((line) => line !== 'Cloud config schema errors: users: [] is too short')).toEqual([]);
    });

    it('for SUSE, by xmllint: well-formed whatever the values are', (context) => {
      needs(context, 'xmllint', 'libxml2-utils');
      const check = (texts: readonly string[]): string =>
        spawnSync('xmllint', ['--noout', '--nonet', ...texts.map(fileOf)], { encoding: 'utf8' }).stderr;
      const texts = NASTY.flatMap((value) =>
        (Object.keys(PLAIN) as (keyof Values)[]).map((field) =>
          render('suse-install', { ...PLAIN, [field]: Array.isArray(PLAIN[field]) ? [value] : value } as Values),
        ),
      ).filter((text) => text !== null);
      expect(texts.length).toBeGreaterThan(NASTY.length);
      const layouts = (['plain', 'lvm'] as const).map((layout) => render('suse-install', PLAIN, layout)!);
      expect(check([...layouts, ...texts])).toBe('');
      expect(check([layouts[0]!.replace('</profile>', '')])).toContain('profile');
    });
  });
});

/** Skips where a program is not installed, and says which package brings it. */
const needs = (context: TestContext, program: string, debianPackage: string): void =>
  context.skip(
    spawnSync(program, ['--help'], { stdio: 'ignore' }).error !== undefined,
    `${program} is not there (Debian package ${debianPackage})`,
  );

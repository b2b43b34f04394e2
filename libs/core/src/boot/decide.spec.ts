import { describe, expect, it } from 'vitest';
import type { ViewBootenv, ViewMachine } from '../boot-view/document.js';
import { CLIENT_ARCHITECTURES } from './architecture.js';
import { decideBoot, listAdvertised, type BootSource } from './decide.js';
import type { BootFacts } from './decision.js';

const bootenv = (over: Partial<ViewBootenv> = {}): ViewBootenv => ({
  name: 'discovery',
  kernel: null,
  initrds: [],
  params: [],
  templates: [],
  local: false,
  errors: [],
  ...over,
});

const machine = (over: Partial<ViewMachine> = {}): ViewMachine => ({
  node: 'n1' as ViewMachine['node'],
  name: 'n1.example.com',
  deployment: 'system',
  roles: [],
  macs: ['52:54:00:00:00:01'],
  uuid: '5f2e0a44-77a0-4a8b-9c0e-6f1b2e3d4c5b',
  addresses: [],
  bootenv: 'discovery',
  secureBoot: false,
  params: {},
  ...over,
});

const view = (machines: readonly ViewMachine[] = [], loaders?: readonly string[]): BootSource => ({
  machineByMac: (mac) => machines.find((each) => each.macs.includes(mac)),
  machineByUuid: (uuid) => machines.find((each) => each.uuid === uuid),
  bootenv: (name) =>
    name === 'local' ? bootenv({ name, local: true }) : name === 'discovery' ? bootenv({ name }) : undefined,
  services: { unknownBootenv: 'discovery', httpPort: 7780, apiUrl: 'http://10.0.0.1:7700' },
  ...(loaders ? { loaders: new Set(loaders) } : {}),
});

const facts = (over: Partial<BootFacts> = {}): BootFacts => ({
  via: 'dhcp4',
  family: 4,
  architecture: 7,
  vendorClass: 'PXEClient:Arch:00007:UNDI:003000',
  ipxe: false,
  mac: '52:54:00:00:00:01',
  uuid: null,
  server: '10.0.0.1',
  httpPort: 7780,
  ...over,
});

const answer = (f: BootFacts, v: BootSource): string | null => {
  const decision = decideBoot(f, v);
  return decision.boot === 'file' ? decision.file : decision.boot === 'url' ? decision.url : null;
};

describe('what a machine boots', () => {
  const ALL = CLIENT_ARCHITECTURES.flatMap(({ loader, localLoader, shim, signedGrub }) =>
    [loader, localLoader, shim, signedGrub].filter((name) => name !== null),
  );

  it.each([
    [0, 'PXEClient', 'undionly.kpxe'],
    [6, 'PXEClient', 'snponly-i386.efi'],
    [7, 'PXEClient', 'snponly.efi'],
    [9, 'PXEClient', 'snponly.efi'],
    [10, 'PXEClient', 'snponly-arm32.efi'],
    [11, 'PXEClient', 'snponly-arm64.efi'],
    [15, 'HTTPClient', 'http://10.0.0.1:7780/files/snponly-i386.efi'],
    [16, 'HTTPClient', 'http://10.0.0.1:7780/files/snponly.efi'],
    [19, 'HTTPClient', 'http://10.0.0.1:7780/files/snponly-arm64.efi'],
  ])('architecture %i, asking as %s, gets %s', (architecture, vendorClass, expected) => {
    expect(answer(facts({ architecture, vendorClass }), view([], ALL))).toBe(expected);
  });

  it('names a URL with the address in brackets on IPv6', () => {
    const six = { via: 'dhcp6', family: 6, server: 'fd12::1' } as const;
    expect(answer(facts(six), view())).toBe('tftp://[fd12::1]/snponly.efi');
    expect(answer(facts({ ...six, architecture: 16, vendorClass: 'HTTPClient' }), view())).toBe(
      'http://[fd12::1]:7780/files/snponly.efi',
    );
    expect(answer(facts({ ...six, ipxe: true }), view())).toBe('http://[fd12::1]:7780/boot.ipxe');
  });

  it('sends iPXE to its script, whatever firmware it runs under', () => {
    for (const architecture of [0, 7, 11, 41, null])
      expect(answer(facts({ architecture, ipxe: true }), view())).toBe('http://10.0.0.1:7780/boot.ipxe');
  });

  it('reads the architecture out of the vendor class when it stands nowhere else', () => {
    expect(answer(facts({ architecture: null }), view())).toBe('snponly.efi');
  });

  it('answers nothing to one that does not boot', () => {
    const decision = decideBoot(facts({ architecture: null, vendorClass: 'systemd', ipxe: false }), view());
    expect(decision).toMatchObject({ boot: 'nothing', reasons: [expect.stringContaining('did not ask to boot')] });
  });

  it('answers nothing to an architecture that it has no loader for, and says which file is missing', () => {
    expect(decideBoot(facts({ architecture: 11 }), view()).reasons.join()).toContain('snponly-arm64.efi');
    expect(decideBoot(facts({ architecture: 27 }), view())).toMatchObject({ boot: 'nothing' });
  });

  it('knows a machine by its UUID when the address tells nothing', () => {
    const known = machine();
    const decision = decideBoot(facts({ mac: null, uuid: known.uuid }), view([known]));
    expect(decision).toMatchObject({ machine: known, bootenv: 'discovery' });
    expect(decision.reasons[0]).toContain('UUID');
  });

  it('gives a machine that nobody knows the boot environment for new ones', () => {
    expect(decideBoot(facts({ mac: '52:54:00:00:00:99' }), view([machine({ bootenv: 'local' })]))).toMatchObject({
      machine: null,
      bootenv: 'discovery',
      boot: 'file',
    });
  });

  it('starts a BIOS disk through iPXE, and a UEFI disk only when it has the program for it', () => {
    const local = [machine({ bootenv: 'local' })];
    expect(answer(facts({ architecture: 0 }), view(local))).toBe('undionly.kpxe');
    const without = decideBoot(facts(), view(local));
    expect(without).toMatchObject({ boot: 'nothing', bootenv: 'local' });
    expect(without.reasons.join()).toContain('local-x64.efi');
    expect(decideBoot(facts({ ipxe: true }), view(local)).boot).toBe('nothing');
    expect(answer(facts(), view(local, ['snponly.efi', 'local-x64.efi']))).toBe('snponly.efi');
  });

  it('begins with the signed shim over TFTP under secure boot, and never with iPXE', () => {
    const secure = [machine({ secureBoot: true })];
    const signed = ['snponly.efi', 'shimx64.efi', 'grubx64.efi'];
    expect(answer(facts(), view(secure, signed))).toBe('shimx64.efi');
    expect(answer(facts({ via: 'dhcp6', family: 6, server: 'fd12::1' }), view(secure, signed))).toBe(
      'tftp://[fd12::1]/shimx64.efi',
    );
    expect(decideBoot(facts(), view(secure)).reasons.join()).toContain('lack shimx64.efi and grubx64.efi');
    expect(decideBoot(facts({ architecture: 16, vendorClass: 'HTTPClient' }), view(secure, signed)).boot).toBe(
      'nothing',
    );
  });

  it('tells that a boot environment is not described, or why it cannot be used', () => {
    expect(decideBoot(facts(), view([machine({ bootenv: 'gone' })])).reasons.join()).toContain('gone is not described');
    const broken: BootSource = { ...view(), bootenv: () => bootenv({ errors: ['it has no kernel'] }) };
    expect(decideBoot(facts(), broken).reasons.join()).toContain('cannot be used: it has no kernel');
  });
});

describe('all that can be advertised', () => {
  it('is what is shipped, where nothing else was put among the boot files', () => {
    const names = (family: 4 | 6, server: string) =>
      listAdvertised(view(), { server, httpPort: 7780, family })
        .map((each) => each.name)
        .sort();
    expect(names(4, '10.0.0.1')).toEqual(
      [
        'http://10.0.0.1:7780/boot.ipxe',
        'http://10.0.0.1:7780/files/snponly.efi',
        'snponly.efi',
        'undionly.kpxe',
      ].sort(),
    );
    expect(names(6, 'fd12::1')).toContain('tftp://[fd12::1]/undionly.kpxe');
  });

  it('has the signed loaders as soon as they are there', () => {
    const names = listAdvertised(view([], ['shimx64.efi', 'grubx64.efi']), {
      server: '10.0.0.1',
      httpPort: 80,
      family: 4,
    }).map((each) => each.name);
    expect(names).toEqual(expect.arrayContaining(['shimx64.efi', 'http://10.0.0.1/boot.ipxe']));
  });
});

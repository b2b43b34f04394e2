import {
  idOf,
  INSTALL_DEADLINES,
  isRefusal,
  planInstall,
  type DiskFacts,
  type Install,
  type InstallableImage,
  type PlanFacts,
} from '#core';

/** Pieces of installs for specs; each takes what shall be different. */

const GIB = 1_073_741_824;

export const aDisk = (name: string, different: Partial<DiskFacts> = {}): DiskFacts => ({
  name,
  id: `serial:${name.toUpperCase()}`,
  bytes: 100 * GIB,
  sectorBytes: 512,
  model: 'QEMU HARDDISK',
  serial: name.toUpperCase(),
  wwn: null,
  busPath: `pci-0000:00:0${name.charCodeAt(name.length - 1) - 96}.0`,
  rotational: false,
  removable: false,
  readOnly: false,
  transport: 'virtio',
  holds: [],
  ...different,
});

export const anImage = (different: Partial<InstallableImage> = {}): InstallableImage => ({
  name: 'debian-12',
  kind: 'image',
  os: { family: 'debian', version: '12', arch: 'x86_64' },
  sha256: 'a'.repeat(64),
  bytes: GIB / 4,
  rawBytes: 2 * GIB,
  compression: 'zstd',
  layouts: ['plain', 'lvm', 'raid1'],
  firmware: ['bios', 'uefi'],
  bootenv: 'install',
  errors: [],
  ...different,
});

export const planFacts = (different: Partial<PlanFacts> = {}): PlanFacts => ({
  id: idOf('install-1'),
  runId: idOf('run-1'),
  nodeRoleId: idOf('os@n1'),
  node: { id: idOf('n1'), name: 'n1.example.com' },
  inventory: {
    disks: [aDisk('vda'), aDisk('vdb', { bytes: 50 * GIB })],
    firmware: { mode: 'uefi', vendor: null, version: null, date: null, secureBoot: null, tpm: null },
    architecture: 'x86_64',
  },
  wish: {
    targetOs: 'debian-12',
    disks: { rule: 'first' },
    layout: 'plain',
    reboot: false,
    kernelParams: [],
    packages: [],
    proxy: null,
    deadlines: {},
  },
  image: anImage(),
  available: [],
  claimed: new Map(),
  addresses: ['192.168.124.81/24'],
  authorizedKeys: ['ssh-ed25519 AAAA'],
  now: 1_000_000,
  ...different,
});

/** An install as it is right after it was planned. */
export const aPlannedInstall = (different: Partial<PlanFacts> = {}): Install => {
  const decision = planInstall(planFacts(different));
  if (isRefusal(decision)) throw new Error(decision.detail);
  return decision.install;
};

export const A_HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ1aWx0Zm9yc3BlY3M';
export const INSTALL_WAITS = Object.keys(INSTALL_DEADLINES) as (keyof typeof INSTALL_DEADLINES)[];

/**
 * What an operating system image is made of. Everything that decides about its bytes stands here, so that the digest of a
 * recipe names what is built from it; what the mirror has newer is taken in by building afresh.
 */
export interface ImageRecipe {
  /** What `target-os` names. */
  readonly name: string;
  readonly version: string;
  readonly suite: string;
  /** `cloud`: small, for virtual machines. `generic`: with the drivers of real ones. */
  readonly kernel: ImageKernel;
  readonly packages: readonly string[];
  /** Units that stay off until somebody wants them. */
  readonly disabledUnits: readonly string[];
  readonly maskedUnits: readonly string[];
  /** Files written last, by absolute path. */
  readonly files: Readonly<Record<string, string>>;
}

export const IMAGE_KERNELS = ['cloud', 'generic'] as const;
export type ImageKernel = (typeof IMAGE_KERNELS)[number];

export const IMAGE_SUITES = { 'debian-11': 'bullseye', 'debian-12': 'bookworm', 'debian-13': 'trixie' } as const;
export type ImageName = keyof typeof IMAGE_SUITES;

export interface ImageWishes {
  readonly kernel?: ImageKernel;
  /** Packages beside those that every image has. */
  readonly packages?: readonly string[];
  /** Units of those packages that stay off. */
  readonly disabledUnits?: readonly string[];
}

const SSHD = `# Root logs in by key. The one host key is made before the first boot, and told to whoever installed this system.
PermitRootLogin prohibit-password
PasswordAuthentication no
UseDNS no
HostKey /etc/ssh/ssh_host_ed25519_key
# One admin node opens many sessions at once over few connections.
MaxSessions 64
MaxStartups 100:30:200
`;

/** What a managed node needs before any role has run: a kernel, its disks, its network, SSH. */
const PACKAGES = [
  ...['initramfs-tools', 'zstd', 'systemd-sysv', 'udev', 'dbus', 'kmod', 'procps', 'netbase', 'ca-certificates'],
  ...['openssh-server', 'iproute2', 'iputils-ping', 'curl', 'e2fsprogs', 'dosfstools', 'gdisk', 'efibootmgr'],
  // The root may lie on a logical volume or on a mirror; their hooks belong into the initramfs.
  ...['mdadm', 'lvm2'],
];

/** Each costs seconds to minutes of a first boot, or changes the system behind the back of whoever manages it. */
const MASKED = [
  ...['e2scrub_reap.service', 'e2scrub_all.timer', 'fstrim.timer', 'dpkg-db-backup.timer', 'man-db.timer'],
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'mdcheck_start.timer', 'mdcheck_continue.timer'],
  ...['mdmonitor-oneshot.timer', 'systemd-firstboot.service'],
];

/** The recipe of a Debian image. */
export const debianImage = (name: ImageName, wishes: ImageWishes = {}): ImageRecipe => {
  const kernel = wishes.kernel ?? 'cloud';
  const meta = kernel === 'cloud' ? 'linux-image-cloud-amd64' : 'linux-image-amd64';
  const more = (wishes.packages ?? []).filter((each) => !PACKAGES.includes(each));
  return {
    name,
    version: name.slice('debian-'.length),
    suite: IMAGE_SUITES[name],
    kernel,
    packages: [meta, ...PACKAGES, ...new Set(more)],
    disabledUnits: [...(wishes.disabledUnits ?? [])],
    maskedUnits: MASKED,
    files: {
      '/etc/ssh/sshd_config.d/10-anneal.conf': SSHD,
      '/etc/fstab': 'LABEL=root / ext4 errors=remount-ro 0 1\n',
      // Empty: the machine makes its own when it starts first.
      '/etc/machine-id': '',
      '/etc/hostname': 'localhost\n',
      '/etc/hosts': '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n',
      '/etc/apt/apt.conf.d/50anneal': 'APT::Install-Recommends "false";\nAcquire::Languages "none";\n',
      '/etc/kernel-img.conf': 'do_symlinks = yes\n',
    },
  };
};

/** Is a name that can be built here? */
export const isImageName = (name: string): name is ImageName => Object.hasOwn(IMAGE_SUITES, name);

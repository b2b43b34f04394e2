/**
 * The second stage: a whole Debian in memory, for work that the small system has no tools for. It speaks to the server with
 * the same agent, and looks the same to it.
 */
export const DISCOVERY_LARGE = {
  suite: 'bookworm',
  packages: [
    ...[
      'systemd',
      'systemd-sysv',
      'udev',
      'dbus',
      'openssh-server',
      'kmod',
      'procps',
      'psmisc',
      'less',
      'util-linux',
      'fdisk',
    ],
    // What the agent works with, as in the small system.
    ...[
      'busybox-static',
      'dhcpcd-base',
      'iproute2',
      'ethtool',
      'socat',
      'curl',
      'ca-certificates',
      'jq',
      'zstd',
      'pci.ids',
    ],
    ...['dmidecode', 'ipmitool', 'efibootmgr', 'gdisk', 'e2fsprogs', 'dosfstools', 'mdadm', 'lvm2', 'dmsetup'],
    // What it is there for.
    ...[
      'smartmontools',
      'nvme-cli',
      'hdparm',
      'sg3-utils',
      'sdparm',
      'pciutils',
      'usbutils',
      'lshw',
      'parted',
      'xfsprogs',
      'btrfs-progs',
    ],
    ...['fio', 'stress-ng', 'memtester', 'iperf3', 'iputils-ping', 'lm-sensors', 'edac-utils', 'rasdaemon'],
  ],
  /** Nothing here should be started by the clock, or wait for something that a machine in memory has not. */
  maskedUnits: [
    ...[
      'apt-daily.timer',
      'apt-daily-upgrade.timer',
      'dpkg-db-backup.timer',
      'e2scrub_all.timer',
      'fstrim.timer',
      'e2scrub_reap.service',
    ],
    ...[
      'smartmontools.service',
      'mdmonitor.service',
      'mdcheck_start.timer',
      'mdcheck_continue.timer',
      'mdmonitor-oneshot.timer',
    ],
    ...[
      'lvm2-monitor.service',
      'systemd-firstboot.service',
      'systemd-networkd.service',
      'iperf3.service',
      'rasdaemon.service',
    ],
    ...['getty@tty1.service', 'systemd-remount-fs.service'],
  ],
  /** Drivers of things that no server has. Folders below `kernel`. */
  leftOutModules: [
    ...[
      'sound',
      'drivers/gpu',
      'drivers/media',
      'drivers/staging',
      'drivers/iio',
      'drivers/infiniband/ulp',
      'net/wireless',
    ],
    ...[
      'drivers/net/wireless',
      'drivers/bluetooth',
      'net/bluetooth',
      'drivers/input/joystick',
      'drivers/input/touchscreen',
      'drivers/isdn',
    ],
  ],
} as const;

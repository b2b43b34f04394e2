/**
 * What the small discovery system is made of. It only looks, tells, and lets the server in; and it carries what the
 * installer writes disks with. Whatever it does not need to boot in 384 MiB belongs into the second stage.
 */
export const DISCOVERY = {
  suite: 'bookworm',
  packages: [
    ...['busybox-static', 'dash', 'bash', 'util-linux', 'mount', 'fdisk', 'kmod', 'iproute2', 'ethtool', 'dhcpcd-base'],
    ...['dropbear-bin', 'curl', 'ca-certificates', 'jq', 'zstd', 'socat', 'pci.ids'],
    ...['dmidecode', 'ipmitool', 'efibootmgr', 'gdisk', 'e2fsprogs', 'dosfstools', 'mdadm', 'lvm2', 'dmsetup'],
  ],
  /** Depended upon by what is above, but needed only to install packages, or by parts that are left out. */
  leftOut: [
    ...[
      'adduser',
      'base-files',
      'debconf',
      'debianutils',
      'dpkg',
      'gcc-12-base',
      'init-system-helpers',
      'lsb-base',
      'perl-base',
    ],
    ...[
      'libpam0g',
      'libpam-modules',
      'libpam-modules-bin',
      'libpam-runtime',
      'libdb5.3',
      'libsemanage2',
      'libsemanage-common',
    ],
    ...['libsepol2', 'mawk', 'passwd', 'sysvinit-utils', 'tar', 'usrmerge', 'util-linux-extra', 'readline-common'],
    ...[
      'openssl',
      'libaudit-common',
      'login',
      'dmeventd',
      'liblvm2cmd2.03',
      'media-types',
      'netbase',
      'sensible-utils',
    ],
    ...['libcap2-bin', 'ucf', 'bsdutils', 'bsdextrautils', 'libsasl2-modules-db', 'udev'],
    ...['perl', 'perl-modules-5.36', 'libperl5.36', 'libgdbm6', 'libgdbm-compat4', 'freeipmi-common'],
  ],
  /** Parts of packages that nobody reads in memory. Patterns of tar(1). */
  exclude: [
    ...[
      'doc',
      'man',
      'locale',
      'info',
      'lintian',
      'bug',
      'bash-completion',
      'gdb',
      'zoneinfo',
      'common-licenses',
      'i18n',
    ],
    ...['initramfs-tools', 'menu', 'pixmaps', 'applications', 'doc-base', 'mime', 'perl5', 'perl', 'readline', 'gcc'],
  ]
    .map((name) => `./usr/share/${name}`)
    .concat([
      './usr/lib/*/gconv',
      './usr/lib/*/audit',
      './usr/lib/*/engines-3',
      './usr/lib/*/krb5',
      './lib/systemd',
      './usr/lib/systemd',
      './lib/udev',
      './lib/init',
      './usr/include',
      './var/lib/dpkg',
      './etc/init.d',
      './etc/cron.*',
      './etc/default',
      './usr/lib/*/perl*',
      './usr/lib/terminfo',
      './usr/share/tabset',
      // Six megabytes of names of makers.
      './usr/share/misc/enterprise-numbers.txt',
      './var/lib/ieee-data',
      './usr/share/ieee-data',
      // They want libraries that are left out.
      './sbin/runuser',
      './usr/sbin/arpd',
      './bin/su',
      './usr/bin/newgrp',
      // Libraries that no program here loads.
      ...['mvec', 'brotlienc', 'c_malloc_debug', 'formw'].map((name) => `./*lib/*/lib${name}*`),
      // Programs that nobody runs here: what does run stands in root/ and in the installer.
      ...[
        ...[
          'tc',
          'dcb',
          'devlink',
          'vdpa',
          'rdma',
          'tipc',
          'ss',
          'nstat',
          'lnstat',
          'routel',
          'genl',
          'rtmon',
          'rtacct',
        ],
        ...['cfdisk', 'cgdisk', 'debugfs', 'e2image', 'e2undo', 'e4crypt', 'e4defrag', 'pzstd', 'ipmievd'],
        ...['mkfs.cramfs', 'fsck.cramfs', 'mkfs.bfs', 'mkfs.minix', 'fsck.minix', 'zramctl', 'ldattach', 'readprofile'],
        ...[
          'agetty',
          'sulogin',
          'utmpdump',
          'lslogins',
          'uclampset',
          'wdctl',
          'dropbearconvert',
          'bashbug',
          'e2freefrag',
        ],
        ...['biosdecode', 'vpddecode', 'ownership'],
      ].map((name) => `./*bin/${name}`),
    ]),
} as const;

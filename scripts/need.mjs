#!/usr/bin/env node
/**
 * Sees to the programs that a command needs from outside npm. On Debian, as root, the missing packages are installed;
 * elsewhere it says what is missing and what will not work without it, and lets the command go on: what a test cannot
 * do, it skips by name. Services that a package brings are not started.
 *
 * Usage: node scripts/need.mjs COMMAND, with one of the names in NEEDS.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const REDIS = { program: 'redis-server', package: 'redis-server', without: 'the queue is tested on PostgreSQL alone' };
const SSHD = { program: 'sshd', package: 'openssh-server', without: 'the script jig is not tested over SSH' };
const KEYGEN = { program: 'ssh-keygen', package: 'openssh-client', without: 'no SSH keys can be made for tests' };
const IP = { program: 'ip', package: 'iproute2', without: 'no network namespaces can be made' };
const ANSIBLE = { program: 'ansible-playbook', package: 'ansible-core', without: 'the ansible jig is not tested' };
const BIND = { program: 'named', package: 'bind9', without: 'updates of a BIND are not tested' };
const DIG = { program: 'dig', package: 'bind9-dnsutils', without: 'DNS is not tested with dig and delv' };
const HOST = { program: 'host', package: 'bind9-host', without: 'DNS is not tested with host' };
const KNOT = { program: 'knotd', package: 'knot', without: 'DNS is not measured against Knot' };
const DNSPERF = { program: 'dnsperf', package: 'dnsperf', without: 'DNS is not measured' };
const PERFDHCP = { program: 'perfdhcp', package: 'kea-admin', without: 'DHCP is not measured' };
const KEA4 = { program: 'kea-dhcp4', package: 'kea-dhcp4-server', without: 'DHCPv4 is not measured against Kea' };
const DNSMASQ = { program: 'dnsmasq', package: 'dnsmasq-base', without: 'DHCPv4 is not compared with dnsmasq' };
const UDHCPC = { program: 'udhcpc', package: 'udhcpc', without: 'DHCP is not tested with busybox' };
const TCPDUMP = { program: 'tcpdump', package: 'tcpdump', without: 'storms of DHCP clients are not examined' };
const KEA6 = { program: 'kea-dhcp6', package: 'kea-dhcp6-server', without: 'DHCPv6 is not measured against Kea' };
const DHCLIENT = { program: 'dhclient', package: 'isc-dhcp-client', without: "DHCP is not tested with ISC's client" };
const DHCRELAY = { program: 'dhcrelay', package: 'isc-dhcp-relay', without: 'DHCP is not tested through a relay' };
const DHCPCD = { program: 'dhcpcd', package: 'dhcpcd-base', without: 'DHCP is not tested with dhcpcd' };
const RDISC6 = { program: 'rdisc6', package: 'ndisc6', without: 'router advertisements are not read by rdisc6' };
const NGINX = { program: 'nginx', package: 'nginx-light', without: 'boot files are served and tested without nginx' };
const IPXE = {
  program: '/usr/lib/ipxe/snponly.efi',
  package: 'ipxe',
  without: 'machines cannot boot from the network until its files are among the boot files',
};
const TFTP = { program: 'tftp', package: 'tftp-hpa', without: 'TFTP is not tested with the client of tftp-hpa' };
const ATFTP = { program: 'atftp', package: 'atftp', without: 'TFTP is not tested with atftp' };
const CURL = { program: 'curl', package: 'curl', without: 'TFTP is not tested with curl' };
const TFTPD = { program: 'in.tftpd', package: 'tftpd-hpa', without: 'TFTP is not measured against tftpd-hpa' };
const WRK = { program: 'wrk', package: 'wrk', without: 'HTTP boot is not measured' };
const QEMU = {
  program: 'qemu-system-x86_64',
  package: 'qemu-system-x86',
  without: 'no firmware boots from the network in tests',
};
const OVMF = { program: '/usr/share/OVMF/OVMF_CODE_4M.fd', package: 'ovmf', without: 'UEFI is not tested' };
const IPXE_ROMS = {
  program: '/usr/lib/ipxe/qemu/pxe-virtio.rom',
  package: 'ipxe-qemu',
  without: 'BIOS machines cannot boot from the network in tests',
};
const CHROMIUM = { program: 'chromium', package: 'chromium', without: 'the web interface is not tested' };
const SHIM = {
  program: '/usr/lib/shim/shimx64.efi.signed',
  package: 'shim-signed',
  without: 'machines with secure boot on do not boot from the network in tests',
};
const SIGNED_GRUB = {
  program: '/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed',
  package: 'grub-efi-amd64-signed',
  without: SHIM.without,
};
const MMDEBSTRAP = {
  program: 'mmdebstrap',
  package: 'mmdebstrap',
  without: 'no root file system for container nodes can be built',
};
const KMOD = { program: 'depmod', package: 'kmod', without: 'no image with a kernel can be built' };
const ZSTD = { program: 'zstd', package: 'zstd', without: 'no image can be packed' };
const GRUB = {
  program: 'grub-mkimage',
  package: 'grub-common',
  without: 'UEFI machines cannot be told to start their disks',
};
const GRUB_EFI = {
  program: '/usr/lib/grub/x86_64-efi/normal.mod',
  package: 'grub-efi-amd64-bin',
  without: "GRUB's modules are fetched from the mirror for each build",
};
const SQUASHFS = { program: 'mksquashfs', package: 'squashfs-tools', without: 'no second stage can be built' };
const KEYRING = {
  program: '/usr/share/keyrings/debian-archive-keyring.gpg',
  package: 'debian-archive-keyring',
  without: 'signatures of the package lists cannot be checked',
};
/** What images are built with. */
const IMAGES = [MMDEBSTRAP, KEYRING, KMOD, ZSTD, GRUB, GRUB_EFI, SQUASHFS];

const IPMI_SIM = {
  program: 'ipmi_sim',
  package: 'openipmi',
  without: 'machines of the lab have no management controller',
};
const IPMITOOL = { program: 'ipmitool', package: 'ipmitool', without: 'no management controller is asked by IPMI' };
/** What machines of the lab run on. */
const MACHINES = [QEMU, OVMF, IPXE, IPXE_ROMS, SHIM, SIGNED_GRUB, IPMI_SIM, IPMITOOL];

const XMLLINT = {
  program: 'xmllint',
  package: 'libxml2-utils',
  without: "answers for SUSE's installer are not parsed",
};
const JQ = { program: 'jq', package: 'jq', without: 'what runs on machines that are installed is not tested' };

/** @type {Record<string, readonly { program: string, package: string, without: string }[]>} */
export const NEEDS = {
  up: [REDIS, IPMITOOL, IPXE],
  test: [REDIS, IPMITOOL, IPMI_SIM, SSHD, KEYGEN, IP, ANSIBLE, BIND, DIG, HOST, NGINX, TFTP, ATFTP, CURL, JQ, XMLLINT],
  images: IMAGES,
  'test:ui': [CHROMIUM],
  chaos: [REDIS],
  bench: [
    REDIS,
    SSHD,
    KEYGEN,
    IP,
    ANSIBLE,
    MMDEBSTRAP,
    BIND,
    KNOT,
    DNSPERF,
    PERFDHCP,
    KEA4,
    KEA6,
    DNSMASQ,
    NGINX,
    WRK,
    TFTPD,
    CURL,
  ],
  lab: [REDIS, KEYGEN, IP, ...IMAGES, ...MACHINES],
  'test:lab': [
    ...[IP, DHCLIENT, DHCRELAY, DHCPCD, UDHCPC, DNSMASQ, PERFDHCP, TCPDUMP, RDISC6, CHROMIUM],
    ...IMAGES,
    ...MACHINES,
  ],
};

/** Where a package's services are told not to start (exit 101 means "not allowed", Debian policy 9.3.3.1). */
const POLICY = '/usr/sbin/policy-rc.d';
/** One apt-get, lists and packages together. */
const APT_MS_MAX = 600_000;

/** @param {string} command */
export function need(command) {
  const needs = NEEDS[command];
  if (!needs) throw new Error(`nothing is known of the needs of "${command}"; known: ${Object.keys(NEEDS).join(', ')}`);
  const missing = needs.filter(({ program }) => !isThere(program));
  if (missing.length === 0) return;
  if (process.getuid?.() === 0 && isThere('apt-get')) installDebian([...new Set(missing.map((each) => each.package))]);
  for (const each of needs.filter(({ program }) => !isThere(program))) {
    console.error(`${each.program} is missing (Debian package ${each.package}): ${each.without}`);
  }
}

function installDebian(packages) {
  console.error(`installing Debian packages: ${packages.join(' ')}`);
  const policyIsOurs = !existsSync(POLICY);
  if (policyIsOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const install = (wanted) => apt(['install', '-y', '-q', '--no-install-recommends', ...wanted]);
    if (install(packages)) return;
    apt(['update', '-q']);
    // One that cannot be had must not keep the others away.
    if (!install(packages)) for (const each of packages) install([each]);
  } finally {
    if (policyIsOurs) rmSync(POLICY, { force: true });
  }
}

function apt(args) {
  const { status } = spawnSync('apt-get', args, {
    // Its chatter belongs to the log, not to what a command prints.
    stdio: ['ignore', 2, 2],
    timeout: APT_MS_MAX,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}

function isThere(program) {
  // Some packages bring files and no program.
  if (program.startsWith('/')) return existsSync(program);
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) need(process.argv[2] ?? '');

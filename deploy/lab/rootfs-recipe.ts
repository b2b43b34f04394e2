/**
 * What the root file system of a node is made of. A node has no route out, so everything that the lab's roles use is in
 * here already; the roles configure and start it. Services of the workload are therefore installed but switched off: a
 * web site that answers on a node answers because a role made it so.
 */
export interface RootfsRecipe {
  readonly suite: string;
  readonly packages: readonly string[];
  /** Units that a role switches on later. */
  readonly disabledUnits: readonly string[];
  /** Units that have no business in a container. */
  readonly maskedUnits: readonly string[];
  /** Files written last, by absolute path. */
  readonly files: Readonly<Record<string, string>>;
}

const SSHD = `# One admin node opens many sessions at once over few connections.
PermitRootLogin prohibit-password
PasswordAuthentication no
UseDNS no
GSSAPIAuthentication no
X11Forwarding no
MaxSessions 64
MaxStartups 100:30:200
HostKey /etc/ssh/ssh_host_ed25519_key
`;

const CHRONY = `# A container shares the clock of its host: chronyd measures and serves time, and must not set it.
[Unit]
ConditionCapability=

[Service]
Environment="DAEMON_OPTS=-F 1 -x"
EnvironmentFile=
`;

/** The root file system of the lab's nodes. */
export const LAB_RECIPE: RootfsRecipe = {
  suite: 'bookworm',
  packages: [
    ...['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'ca-certificates', 'netbase', 'kmod', 'cron', 'logrotate'],
    ...['iproute2', 'iputils-ping', 'procps', 'psmisc', 'curl', 'jq', 'less', 'sudo', 'python3', 'tar'],
    ...['rsyslog', 'chrony', 'haproxy', 'nginx-light'],
  ],
  disabledUnits: [
    ...['rsyslog.service', 'chrony.service', 'haproxy.service', 'nginx.service'],
    // The lab gives nodes their first addresses; a network's role starts it.
    ...['systemd-networkd.service', 'systemd-networkd.socket'],
  ],
  maskedUnits: [
    ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'fstrim.timer'],
    ...['e2scrub_reap.service', 'console-getty.service', 'getty@tty1.service', 'systemd-pstore.service'],
    ...['systemd-resolved.service', 'systemd-timesyncd.service'],
  ],
  files: {
    '/etc/ssh/sshd_config.d/lab.conf': SSHD,
    '/etc/systemd/system/chrony.service.d/container.conf': CHRONY,
    '/etc/resolv.conf': '# A node of the lab has no name server.\n',
    '/etc/machine-id': '',
  },
};

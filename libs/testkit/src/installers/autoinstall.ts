import { parse } from 'yaml';

/**
 * Reads a user-data of Ubuntu's autoinstall strictly: cloud-config whose one key is `autoinstall`, with the keys that ours
 * use, as the autoinstall reference has them and no others.
 */
const KEYS: Readonly<Record<string, (value: unknown) => boolean>> = {
  version: (value) => value === 1,
  locale: isText,
  keyboard: (value) => hasOnly(value, ['layout']),
  'user-data': (value) => hasOnly(value, ['hostname', 'disable_root', 'ssh_pwauth', 'users']),
  ssh: (value) => hasOnly(value, ['install-server', 'allow-pw']),
  apt: (value) => hasOnly(value, ['mirror-selection']),
  proxy: isText,
  'early-commands': isCommands,
  storage: (value) => hasOnly(value, ['layout']),
  packages: (value) => Array.isArray(value) && value.every(isText),
  'kernel-cmdline': isText,
  updates: (value) => value === 'security' || value === 'all',
  'late-commands': isCommands,
  shutdown: (value) => value === 'reboot' || value === 'poweroff',
};

export const readAutoinstall = (text: string): { config: Record<string, unknown>; problems: string[] } => {
  if (!text.startsWith('#cloud-config\n')) return { config: {}, problems: ['it does not begin with #cloud-config'] };
  const document = parse(text) as Record<string, unknown>;
  const problems = Object.keys(document).filter((key) => key !== 'autoinstall');
  const config = (document['autoinstall'] ?? {}) as Record<string, unknown>;
  for (const [key, value] of Object.entries(config)) {
    const fits = KEYS[key];
    if (!fits) problems.push(`autoinstall has no ${key}`);
    else if (!fits(value)) problems.push(`autoinstall does not take this ${key}: ${JSON.stringify(value)}`);
  }
  return { config, problems };
};

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCommands(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => Array.isArray(each) && each.every(isText));
}

function hasOnly(value: unknown, keys: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).every((key) => keys.includes(key));
}

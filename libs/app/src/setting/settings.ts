/**
 * What an operator may set for the whole installation. Each setting is here once, with its default and what is allowed;
 * whoever needs one asks for it by its key.
 */
import { refuse, type Json, type Refusal } from '#core';
import { refuseUnknownBootenv } from '../bootenv/refuse-unknown.js';
import type { Transaction } from '../ports/unit-of-work.js';

interface NumberSetting {
  readonly says: string;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

/** The name of something that there is. */
interface NameSetting {
  readonly says: string;
  readonly fallback: string;
  readonly names: 'bootenv';
}

/** The name of a user, or nobody. */
interface UserSetting {
  readonly says: string;
  readonly fallback: '';
  readonly names: 'user';
}

/** A word of a few. */
interface ChoiceSetting {
  readonly says: string;
  readonly fallback: string;
  readonly of: readonly string[];
}

/** An address of the web, or nothing. */
interface AddressSetting {
  readonly says: string;
  readonly fallback: '';
  readonly address: true;
}

/** Longest address that a setting holds, in characters. */
export const SETTING_LENGTH_MAX = 500;

export const SETTINGS = {
  runs_at_once_max: { says: 'Runs in flight at any instant, over all nodes.', fallback: 10, min: 1, max: 10_000 },
  run_timeout_seconds: {
    says: 'How long a run may take when its role does not say; 0 for as long as it likes.',
    fallback: 0,
    min: 0,
    max: 604_800,
  },
  event_days: { says: 'Days for which events are kept; 0 for ever.', fallback: 90, min: 0, max: 3_650 },
  run_days: {
    says: 'Days for which ended runs are kept; the last one of each noderole stays. 0 for ever.',
    fallback: 90,
    min: 0,
    max: 3_650,
  },
  run_log_days: {
    says: "Days for which the log of an ended run is kept; the last one's of each noderole stays. 0 for ever.",
    fallback: 30,
    min: 0,
    max: 3_650,
  },
  audit_days: { says: 'Days for which the audit of changes is kept; 0 for ever.', fallback: 365, min: 0, max: 3_650 },
  certification_stream_days: {
    says: 'Days for which the raw streams of ended certifications are kept; outcomes and verdicts stay. 0 for ever.',
    fallback: 365,
    min: 0,
    max: 3_650,
  },
  official_marker: {
    says: 'The one user who may put the official mark on published results; empty for nobody.',
    fallback: '',
    names: 'user',
  },
  installs_at_once_max: {
    says: 'Installs that use the network at any instant, over all nodes; further ones wait. Apart from runs_at_once_max.',
    fallback: 20,
    min: 1,
    max: 1_000,
  },
  unknown_bootenv: {
    says: 'The boot environment of machines that nobody knows, and of nodes that asked for none.',
    fallback: 'discovery',
    names: 'bootenv',
  },
  package_source: {
    says: '`online`: images are made of what Debian publishes now. `offline`: nothing is fetched but from package_mirror.',
    fallback: 'online',
    of: ['online', 'offline'],
  },
  package_mirror: {
    says: 'Mirror of Debian that images are made from, as http://mirror.example/debian; empty for the one this host uses.',
    fallback: '',
    address: true,
  },
  package_proxy: {
    says: 'Proxy for what this host fetches for images; empty for none. Machines are told of one by install-proxy.',
    fallback: '',
    address: true,
  },
} as const satisfies Record<string, NumberSetting | NameSetting | UserSetting | ChoiceSetting | AddressSetting>;

export type SettingKey = keyof typeof SETTINGS;

export type SettingValue<Key extends SettingKey> = (typeof SETTINGS)[Key]['fallback'] extends string ? string : number;

/** The settings that are numbers. */
export type NumberSettingKey = {
  [Key in SettingKey]: SettingValue<Key> extends number ? Key : never;
}[SettingKey];

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

export const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(SETTINGS, key);

/** A setting's value, or its default when nobody has set it. */
export const readSetting = async <Key extends SettingKey>(tx: Transaction, key: Key): Promise<SettingValue<Key>> => {
  const { fallback } = SETTINGS[key];
  const stored = await tx.settings.get(key);
  return (typeof stored?.value === typeof fallback ? stored?.value : fallback) as SettingValue<Key>;
};

const ADDRESS = new RegExp(`^(https?://[^\\s"'\\\\]{1,${SETTING_LENGTH_MAX - 8}})?$`);

/** Refuses a value that the setting cannot have. */
export const refuseSetting = async (tx: Transaction, key: string, value: Json): Promise<Refusal | null> => {
  if (!isSettingKey(key))
    return refuse('not-found', `there is no setting "${key}": there are ${SETTING_KEYS.join(', ')}.`);
  const setting: NumberSetting | NameSetting | UserSetting | ChoiceSetting | AddressSetting = SETTINGS[key];
  if ('names' in setting)
    return typeof value === 'string'
      ? setting.names === 'user'
        ? refuseUnknownUser(tx, value)
        : refuseUnknownBootenv(tx, value, 'value')
      : refuse('invalid', `"${key}" must be a name. ${setting.says}`, { field: key });
  if ('of' in setting)
    return typeof value === 'string' && setting.of.includes(value)
      ? null
      : refuse('invalid', `"${key}" must be one of ${setting.of.join(', ')}. ${setting.says}`, { field: key });
  if ('address' in setting)
    return typeof value === 'string' && ADDRESS.test(value)
      ? null
      : refuse('invalid', `"${key}" must begin with http:// or https://, or be empty. ${setting.says}`, { field: key });
  const { min, max, says } = setting;
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  return fits
    ? null
    : refuse('invalid', `"${key}" must be a whole number from ${min} to ${max}. ${says}`, { field: key });
};

const refuseUnknownUser = async (tx: Transaction, name: string): Promise<Refusal | null> =>
  name === '' || (await tx.access.user(name))?.name === name
    ? null
    : refuse(
        'invalid',
        `there is no user "${name.slice(0, 100)}": use one that \`anneal users list\` shows, or an empty text for nobody.`,
        {
          field: 'value',
        },
      );

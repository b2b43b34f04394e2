import type { PowerState } from '#core';

/** What `ipmitool chassis power status` printed. */
export const readPowerStatus = (out: string): PowerState => {
  const said = /Chassis Power is (on|off)\b/i.exec(out)?.[1]?.toLowerCase();
  return said === 'on' || said === 'off' ? said : 'unknown';
};

/** Boot flags as the BMC holds them: IPMI 2.0 §28.13, parameter 5. */
export interface BootFlags {
  /** Some BMCs, and ipmi_sim, never set it, although they keep the device. */
  readonly valid: boolean;
  readonly persistent: boolean;
  readonly uefi: boolean;
  readonly device: 'network' | 'disk' | 'other' | 'none';
}

/** What `ipmitool chassis bootparam get 5` printed; null when there are no flags in it. */
export const readBootFlags = (out: string): BootFlags | null => {
  const hex = /Boot parameter data:\s*([0-9a-f]{4,})/i.exec(out)?.[1];
  if (hex === undefined) return null;
  const [first, second] = [Number.parseInt(hex.slice(0, 2), 16), Number.parseInt(hex.slice(2, 4), 16)];
  const selector = (second >> 2) & 0x0f;
  return {
    valid: (first & 0x80) !== 0,
    persistent: (first & 0x40) !== 0,
    uefi: (first & 0x20) !== 0,
    device: selector === 0 ? 'none' : selector === 1 ? 'network' : selector === 2 ? 'disk' : 'other',
  };
};

/** Why ipmitool failed, from its last words, without what only repeats the command. */
export const readComplaint = (err: string, out: string): string => {
  const lines = `${err}\n${out}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('Unable to Get Channel Cipher Suites'));
  return lines[0]?.replace(/^Error:\s*/, '') ?? 'ipmitool failed without a word';
};

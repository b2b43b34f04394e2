/** What can be asked of a machine's power, and what it answers. One vocabulary for every way of asking. */
export const POWER_ACTIONS = ['on', 'off', 'cycle', 'reset', 'identify', 'boot-network', 'boot-disk'] as const;

/** `off` and `cycle` cut the power; `reset` is the reset line; `boot-network` and `boot-disk` hold for the next boot alone. */
export type PowerAction = (typeof POWER_ACTIONS)[number];

export type PowerState = 'on' | 'off' | 'unknown';

/** Ways to reach a machine's power, best first. */
export const POWER_METHODS = ['redfish', 'ipmi', 'ssh', 'manual'] as const;

export type PowerMethod = (typeof POWER_METHODS)[number];

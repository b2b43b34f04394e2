/** Long enough for a deployment of services; an operating system takes longer, and says so. */
export const TIMEOUT_DEFAULT = '10m';

/** Options of every command that sets something going. */
export const WAIT_OPTIONS = [
  ['--wait', 'wait until it has settled; exit code 1 when a run has failed, 5 when the time is up'],
  ['--timeout <time>', 'with --wait: how long at the most, such as 90s or 1h', TIMEOUT_DEFAULT],
] as const;

export interface WaitOptions {
  readonly wait?: boolean;
  readonly timeout: string;
}

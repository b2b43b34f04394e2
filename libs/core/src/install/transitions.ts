import { INSTALL_PHASES, isOpenPhase, OPEN_INSTALL_PHASES, type InstallPhase, type OpenInstallPhase } from './phase.js';

/** What happens to an install. */
export const INSTALL_COMMANDS = {
  arm: 'There is room: the boot environment of the install is set.',
  reboot: 'Every netboot server has acknowledged it: the machine is told to start again from the network.',
  begin: 'The order is given out, once, and the boot environment becomes that of the local disk with it.',
  progress: 'The machine tells how far it is.',
  finish: 'The machine has written its disk.',
  join: 'The installed system reports itself.',
  fail: 'A reason was reported, a deadline passed, or the machine did something that does not fit.',
  cancel: 'Somebody ended the run.',
} as const;
export type InstallCommand = keyof typeof INSTALL_COMMANDS;

export interface InstallTransition {
  readonly from: OpenInstallPhase;
  readonly command: InstallCommand;
  readonly to: InstallPhase;
}

/**
 * What may follow what. A pair that has no row is refused. `begin` out of `armed` is the fast track: the machine runs the
 * discovery system already and is handed its order there, without a reboot.
 */
export const INSTALL_TRANSITIONS: readonly InstallTransition[] = [
  { from: 'planned', command: 'arm', to: 'armed' },
  { from: 'armed', command: 'reboot', to: 'rebooting' },
  { from: 'armed', command: 'begin', to: 'installing' },
  { from: 'rebooting', command: 'begin', to: 'installing' },
  { from: 'installing', command: 'progress', to: 'installing' },
  { from: 'installing', command: 'finish', to: 'installed' },
  { from: 'installed', command: 'join', to: 'joined' },
  ...OPEN_INSTALL_PHASES.flatMap((from): InstallTransition[] => [
    { from, command: 'fail', to: 'failed' },
    { from, command: 'cancel', to: 'cancelled' },
  ]),
];

/** Where `command` leads from `from`; undefined when the table has no such row. */
export const installDestination = (from: InstallPhase, command: InstallCommand): InstallPhase | undefined =>
  INSTALL_TRANSITIONS.find((row) => row.from === from && row.command === command)?.to;

/**
 * Sentences about what is wrong with a table; empty when it is sound: every phase is reached, none is left backwards, every
 * open phase can succeed, fail and be cancelled, an ended one is never left.
 */
export const checkInstallTable = (table: readonly InstallTransition[] = INSTALL_TRANSITIONS): string[] => {
  const problems: string[] = [];
  const rank = (phase: InstallPhase): number => INSTALL_PHASES.indexOf(phase);
  const seen = new Set<string>();
  for (const { from, command, to } of table) {
    if (!isOpenPhase(from)) problems.push(`${String(from)} is an end and yet ${command} leaves it`);
    if (rank(to) < rank(from)) problems.push(`${command} leads from ${from} back to ${to}`);
    if (seen.has(`${from} ${command}`)) problems.push(`${from} + ${command} has two rows`);
    seen.add(`${from} ${command}`);
  }
  const reached = new Set<InstallPhase>(['planned']);
  for (const phase of reached) for (const { from, to } of table) if (from === phase) reached.add(to);
  for (const phase of INSTALL_PHASES) if (!reached.has(phase)) problems.push(`no row leads to ${phase}`);
  for (const phase of OPEN_INSTALL_PHASES) {
    for (const [command, end] of [
      ['fail', 'failed'],
      ['cancel', 'cancelled'],
    ] as const)
      if (!table.some((row) => row.from === phase && row.command === command && row.to === end))
        problems.push(`${phase} cannot be ended by ${command}`);
    const onwards = new Set<InstallPhase>([phase]);
    for (const each of onwards)
      for (const { from, command, to } of table)
        if (from === each && command !== 'fail' && command !== 'cancel') onwards.add(to);
    if (!onwards.has('joined')) problems.push(`${phase} never leads to joined`);
  }
  return problems;
};

import type { Branded } from '../base/ids.js';

export type InstallId = Branded<'install'>;

/**
 * The phases of an install, from the intent to a system that has reported. What may follow what is a table
 * (transitions.ts); what they mean to an operator is here.
 */
export const INSTALL_PHASES = [
  'planned',
  'armed',
  'rebooting',
  'installing',
  'installed',
  'joined',
  'failed',
  'cancelled',
] as const;

export type InstallPhase = (typeof INSTALL_PHASES)[number];

/** Phases in which an install owns its node. */
export const OPEN_INSTALL_PHASES = ['planned', 'armed', 'rebooting', 'installing', 'installed'] as const;
export type OpenInstallPhase = (typeof OPEN_INSTALL_PHASES)[number];

/** Open phases in which an install counts against how many may go on at once: it uses the network, or is about to. */
export const ADMITTED_INSTALL_PHASES = ['armed', 'rebooting', 'installing', 'installed'] as const;

export const isOpenPhase = (phase: InstallPhase): phase is OpenInstallPhase =>
  (OPEN_INSTALL_PHASES as readonly InstallPhase[]).includes(phase);

/** What each phase means, and what ends it. */
export const PHASE_SAYS: Readonly<Record<InstallPhase, { readonly says: string; readonly movedBy: string }>> = {
  planned: {
    says: 'The operating system is frozen and the disks are claimed; it waits until fewer installs go on at once.',
    movedBy: 'the worker that leads, when there is room under installs_at_once_max',
  },
  armed: {
    says: 'The boot environment of the install is set; every netboot server has to acknowledge it first.',
    movedBy: 'the netboot servers, which acknowledge within milliseconds while they run',
  },
  rebooting: {
    says: 'The machine was told to start from the network; it has not fetched its order yet.',
    movedBy: 'the machine, when it boots from the network and asks for its order',
  },
  installing: {
    says: 'The order was given out, once. The machine writes its disk and tells how far it is.',
    movedBy: 'the machine, when it reports that it has finished',
  },
  installed: {
    says: 'The disk is written, the token of the order is closed; the machine starts from its disk.',
    movedBy: 'the installed system, when it reports that it has come up',
  },
  joined: { says: 'The installed system has reported itself: the install has succeeded.', movedBy: '' },
  failed: { says: 'It failed or ran out of time; the reason and the end of the log are kept.', movedBy: '' },
  cancelled: { says: 'Somebody ended it.', movedBy: '' },
};

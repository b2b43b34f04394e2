import {
  IconAlertTriangle,
  IconArchive,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleHalf2,
  IconCircleX,
  IconClock,
  IconDownload,
  IconFlag,
  IconFlask,
  IconLoader2,
  IconMinus,
  IconPlayerStop,
  IconPlayerTrackNext,
  IconQuestionMark,
} from '@tabler/icons-react';
import type { components } from '../api/schema.gen';
import type { Look } from './word-badge';

/**
 * The words that a certification is told in: of its state, its verdicts, its capabilities and its tests. They are those of
 * docs/certification.md; none says that anything was certified.
 */

type Schemas = components['schemas'];
type Certification = Schemas['CertificationDetail'];
type Verdict = Schemas['Verdict'];

export const STATE_LOOKS: Readonly<Record<Certification['state'], Look>> = {
  planned: { word: 'PLANNED', color: 'cyan', Icon: IconClock, says: 'The annealer runs it as soon as it can.' },
  running: { word: 'RUNNING', color: 'blue', Icon: IconLoader2, says: 'The suite is under way.' },
  finished: {
    word: 'FINISHED',
    color: 'gray',
    Icon: IconFlag,
    says: 'The suite ran to its end, whatever its tests said.',
  },
  cancelled: { word: 'CANCELLED', color: 'gray', Icon: IconPlayerStop, says: 'Somebody ended it; it can be resumed.' },
  failed: { word: 'FAILED', color: 'red', Icon: IconAlertTriangle, says: 'The suite did not come to its end.' },
  imported: { word: 'IMPORTED', color: 'violet', Icon: IconDownload, says: 'Others measured it.' },
};

const MET: Look = { word: 'MET', color: 'green', Icon: IconCircleCheck, says: 'Every must-pass test passed.' };
const NOT_MET: Look = { word: 'NOT MET', color: 'red', Icon: IconCircleX, says: 'Some must-pass test did not pass.' };
const IN_SIMULATION: Look = {
  word: 'IN SIMULATION',
  color: 'yellow',
  Icon: IconFlask,
  says: 'The compute service only pretended to start guests.',
};
const NOTHING_TO_MEET: Look = {
  word: 'NOTHING TO MEET',
  color: 'gray',
  Icon: IconMinus,
  says: 'The program has no must-pass test.',
};

/** Of one line of a verdict. What ran the fake driver never meets anything, however many of its tests pass. */
export const verdictLook = (
  { met, total }: { readonly met: boolean; readonly total: number },
  { hypervisor }: Pick<Certification['facts'], 'hypervisor'>,
): Look => {
  if (total === 0) return NOTHING_TO_MEET;
  if (hypervisor === 'fake') return IN_SIMULATION;
  return met ? MET : NOT_MET;
};

export const CAPABILITY_LOOKS: Readonly<Record<Verdict['capabilities'][number]['state'], Look>> = {
  met: { word: 'MET', color: 'green', Icon: IconCircleCheck, says: 'All of its tests passed.' },
  'met-with-flags': {
    word: 'MET WITH FLAGS',
    color: 'teal',
    Icon: IconFlag,
    says: 'All but flagged tests passed.',
  },
  partial: { word: 'PARTIAL', color: 'yellow', Icon: IconCircleHalf2, says: 'Some of its tests passed.' },
  'not-met': { word: 'NOT MET', color: 'red', Icon: IconCircleX, says: 'None of its tests passed.' },
  'not-run': { word: 'NOT RUN', color: 'gray', Icon: IconCircleDashed, says: 'None of its tests was tried.' },
  empty: { word: 'EMPTY', color: 'gray', Icon: IconMinus, says: 'It has no tests.' },
};

export type Outcome = Verdict['tests'][number]['outcome'];

export const OUTCOME_LOOKS: Readonly<Record<Outcome, Look>> = {
  passed: { word: 'PASSED', color: 'green', Icon: IconCircleCheck, says: 'It passed.' },
  failed: { word: 'FAILED', color: 'red', Icon: IconCircleX, says: 'It failed.' },
  'setup-failed': {
    word: 'SET-UP FAILED',
    color: 'red',
    Icon: IconAlertTriangle,
    says: 'Its class could not be set up, so it was not tried.',
  },
  skipped: {
    word: 'SKIPPED',
    color: 'yellow',
    Icon: IconPlayerTrackNext,
    says: 'The suite left it out, and said why.',
  },
  'not-run': { word: 'NOT RUN', color: 'gray', Icon: IconCircleDashed, says: 'It was not run.' },
  missing: { word: 'MISSING', color: 'gray', Icon: IconQuestionMark, says: 'The suite has no such test.' },
};

export const STANDING_LOOKS: Readonly<Record<Schemas['Fit']['standing'], Look>> = {
  fits: { word: 'FITS', color: 'green', Icon: IconCircleCheck, says: 'Every must-pass test of it passed.' },
  simulated: { ...IN_SIMULATION, word: 'SIMULATED' },
  partly: { word: 'PARTLY', color: 'yellow', Icon: IconCircleHalf2, says: 'Some of its must-pass tests passed.' },
  'not-attempted': {
    word: 'NOT ATTEMPTED',
    color: 'gray',
    Icon: IconCircleDashed,
    says: 'None of its must-pass tests was tried.',
  },
};

type CapabilityStatus = Verdict['capabilities'][number]['status'];

export const STATUS_LOOKS: Readonly<Record<CapabilityStatus, Look>> = {
  required: { word: 'REQUIRED', color: 'blue', Icon: IconCircleCheck, says: 'It has to be met.' },
  advisory: { word: 'ADVISORY', color: 'cyan', Icon: IconClock, says: 'It may become required.' },
  deprecated: { word: 'DEPRECATED', color: 'yellow', Icon: IconAlertTriangle, says: 'It may be removed.' },
  removed: { word: 'REMOVED', color: 'gray', Icon: IconArchive, says: 'It is no longer asked for.' },
};

/** In the order in which somebody wants to hear of them. */
export const STATUS_ORDER = Object.keys(STATUS_LOOKS) as readonly CapabilityStatus[];

export const FLAGGED: Look = {
  word: 'FLAGGED',
  color: 'grape',
  Icon: IconFlag,
  says: 'The guideline says that it does not have to pass.',
};

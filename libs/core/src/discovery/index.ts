export {
  claimsOf,
  distinctSerial,
  distinctUuid,
  isSameUuid,
  textAt as textOf,
  turnedUuid,
  type MachineClaims,
} from './claims.js';
export { identify, type Identity, type KnownMachine } from './identify.js';
export {
  matchFault,
  MATCH_NUMBERS,
  MATCH_TEXTS,
  type MachineMatch,
  type NumberTest,
  type TextTest,
} from './conditions.js';
export {
  ENROLMENT_DECISIONS,
  inOrderOfPriority,
  planEnrolment,
  type EnrolmentDecision,
  type EnrolmentEffects,
  type EnrolmentPlan,
  type EnrolmentRule,
} from './enrolment-rules.js';
export { NAME_PATTERN_LENGTH_MAX, NAME_WORDS, namePatternFault } from './name-machine.js';
export { LIFECYCLES, lifecycleOf, type Lifecycle, type LifecycleFacts } from './lifecycle.js';

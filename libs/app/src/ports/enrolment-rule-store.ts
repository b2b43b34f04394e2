import type { EnrolmentEffects, EnrolmentRule, MachineMatch } from '#core';
import type { EditedStore } from './dns-store.js';
import type { EnrolmentRuleId } from './model-ids.js';

export interface EnrolmentRuleView extends EnrolmentRule {
  readonly id: EnrolmentRuleId;
  readonly description: string;
  readonly match: MachineMatch;
  readonly effects: EnrolmentEffects;
  readonly version: number;
}

export type NewEnrolmentRule = Omit<EnrolmentRuleView, 'version'>;

declare module './unit-of-work.js' {
  interface Transaction {
    readonly enrolmentRules: EditedStore<EnrolmentRuleView, NewEnrolmentRule>;
  }
}

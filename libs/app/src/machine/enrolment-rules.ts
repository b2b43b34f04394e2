import {
  claimsOf,
  ENROLMENT_DECISIONS,
  identify,
  isRefusal,
  isUnset,
  matchFault,
  namePatternFault,
  parsePath,
  refuse,
  refuseDocument,
  valueAt,
  type EnrolmentEffects,
  type EnrolmentPlan,
  type Identity,
  type JsonObject,
  type Refusal,
} from '#core';
import type { EditedNoun } from '../dns/edit-rows.js';
import { firstRefusal, refuseLength, refuseRowName } from '../dns/check-fields.js';
import { DESCRIPTION_LENGTH_MAX } from '../node/check-fields.js';
import type { ModelParts } from '../model-parts.js';
import type { EnrolmentRuleView, NewEnrolmentRule } from '../ports/enrolment-rule-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { planMachine } from './new-machine.js';

/** All are asked about every new machine. */
export const ENROLMENT_RULES_MAX = 500;
const PRIORITY_MAX = 1_000_000;
const REASON_LENGTH_MAX = 500;
const LISTS = ['groups', 'quirks', 'roles'] as const;

/** Rules of enrolment, as operators edit them. */
export const ENROLMENT_RULES: EditedNoun<EnrolmentRuleView, NewEnrolmentRule> = {
  what: 'enrolment rule',
  advice: 'use the name or id of one that `anneal enrolment-rules list` shows',
  subject: 'enrolment_rule',
  store: (tx) => tx.enrolmentRules,
  nameOf: (row) => (row as NewEnrolmentRule).name,
  fields: ['name', 'description', 'priority', 'enabled', 'final', 'match', 'effects'],
  refuse: async (tx, row, before) => {
    const wrong = refuseRule(row) ?? (await refuseSecretHints(tx, row.effects.hints ?? {}));
    if (wrong || before) return wrong;
    const there = (await tx.enrolmentRules.all()).length;
    return there < ENROLMENT_RULES_MAX
      ? null
      : refuse('too-large', `there are ${there} enrolment rules already, which is the most: make one match more.`);
  },
};

const refuseRule = (row: Omit<NewEnrolmentRule, 'id'>): Refusal | null => {
  const match = row.match as JsonObject;
  return firstRefusal([
    refuseRowName('enrolment rule', row.name),
    row.description.length <= DESCRIPTION_LENGTH_MAX
      ? null
      : no('description', `a description has at most ${DESCRIPTION_LENGTH_MAX} characters`),
    Number.isInteger(row.priority) && Math.abs(row.priority) <= PRIORITY_MAX
      ? null
      : no('priority', `a priority is a whole number up to ${PRIORITY_MAX}`),
    refuseDocument('what the rule asks', match) ?? said('match', matchFault(match)),
    refuseEffects(row.effects),
  ]);
};

/** A rule is kept and shown in the open, and gives the same to every machine that it matches. */
const refuseSecretHints = async (tx: Transaction, hints: JsonObject): Promise<Refusal | null> => {
  const secret = (await tx.attribs.declared(null)).find(({ secret, map }) => {
    const path = secret ? parsePath(map) : null;
    const value = path === null || isRefusal(path) ? undefined : valueAt(hints, path);
    return value !== undefined && !isUnset(value);
  });
  return secret
    ? no('effects.hints', `${secret.name} is a secret and no rule may hold one: set it for the node itself`)
    : null;
};

const refuseEffects = (effects: EnrolmentEffects): Refusal | null => {
  const { decision, reason, name, hints, commit, commit_destructive: destroys } = effects;
  return firstRefusal([
    decision === undefined || ENROLMENT_DECISIONS.includes(decision)
      ? null
      : no('effects.decision', `a decision is one of ${ENROLMENT_DECISIONS.join(', ')}`),
    reason === undefined || reason.length <= REASON_LENGTH_MAX
      ? null
      : no('effects.reason', `a reason has at most ${REASON_LENGTH_MAX} characters`),
    name === undefined ? null : said('effects.name', namePatternFault(name)),
    hints === undefined ? null : refuseDocument('the hints of the rule', hints),
    ...LISTS.map((list) => (effects[list] === undefined ? null : refuseLength(`effects.${list}`, effects[list]))),
    destroys === true && commit !== true
      ? no('effects.commit_destructive', 'it says what is committed too, so it goes with "commit": true')
      : null,
  ]);
};

const no = (field: string, detail: string): Refusal => refuse('invalid', `${detail}.`, { field });
const said = (field: string, fault: string | null): Refusal | null => (fault === null ? null : no(field, fault));

export interface PreviewEnrolmentInput {
  readonly inventory: JsonObject;
  /** The card that it would boot from; the first of the inventory when absent. */
  readonly mac?: string;
  /** Where it would speak from. */
  readonly address?: string;
}

export interface EnrolmentPreview {
  /** What would become of it, were it new. */
  readonly plan: EnrolmentPlan;
  readonly identity: Identity;
}

/** What would become of a machine with this inventory. Nothing is changed. */
export class PreviewEnrolment {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: PreviewEnrolmentInput): Promise<EnrolmentPreview | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const tooLarge = refuseDocument('the inventory', input.inventory);
      if (tooLarge) return tooLarge;
      const claims = claimsOf(input.inventory);
      const plan = await planMachine(tx, {
        inventory: input.inventory,
        claims,
        mac: input.mac?.toLowerCase() ?? null,
        address: input.address ?? null,
      });
      if (isRefusal(plan)) return plan;
      return { plan, identity: identify(claims, await tx.machines.alike(claims)) };
    });
  }
}

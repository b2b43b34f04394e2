import type { JsonObject } from '../base/json.js';
import type { MachineClaims } from './claims.js';
import { machineFacts, unmetField, type MachineMatch } from './conditions.js';
import { defaultName, nameMac, nameWords, patternName } from './name-machine.js';

/**
 * What becomes of a machine that nobody knows. Rules are asked in order of priority, the lowest number first, and every one that
 * matches adds what it says: groups, hints, quirks and roles come together; of what there can be one alone, the name, the
 * deployment, the decision, the first that says it counts. Without any rule a machine is taken in, named by its hardware
 * address, and only what every discovered machine gets is committed.
 */
export const ENROLMENT_DECISIONS = ['accept', 'wait', 'refuse'] as const;
/** `wait`: it is taken in, and nothing is done on it until a person commits it. `refuse`: it is turned away. */
export type EnrolmentDecision = (typeof ENROLMENT_DECISIONS)[number];

export interface EnrolmentEffects {
  readonly decision?: EnrolmentDecision;
  /** Why, where it is refused; told to the machine and to the history. */
  readonly reason?: string;
  /** `{{serial}}`, `node-{{mac}}`; with or without a domain. */
  readonly name?: string;
  readonly deployment?: string;
  /** `category/name`. */
  readonly groups?: readonly string[];
  readonly quirks?: readonly string[];
  readonly hints?: JsonObject;
  /** Bound to it in the deployment. */
  readonly roles?: readonly string[];
  /** Whether these are committed at once. */
  readonly commit?: boolean;
  /** And what destroys too, as an install does: whoever writes this grants it for every machine that matches. */
  readonly commit_destructive?: boolean;
}

export interface EnrolmentRule {
  readonly name: string;
  readonly priority: number;
  readonly enabled: boolean;
  readonly match: MachineMatch;
  readonly effects: EnrolmentEffects;
  /** Nobody after it is asked. */
  readonly final: boolean;
}

export interface EnrolmentPlan {
  readonly decision: EnrolmentDecision;
  readonly reason: string | null;
  /** Whole, or without a domain: then that of the admin network is put behind it. */
  readonly name: string;
  readonly deployment: string | null;
  readonly groups: readonly string[];
  readonly quirks: readonly string[];
  readonly hints: JsonObject;
  readonly roles: readonly string[];
  readonly commit: boolean;
  readonly commitDestructive: boolean;
  /** For people: which rule said what, and which could not be followed. */
  readonly because: readonly string[];
}

/** The rules in the order in which they are asked. */
export const inOrderOfPriority = <Rule extends Pick<EnrolmentRule, 'priority' | 'name'>>(
  rules: readonly Rule[],
): Rule[] => [...rules].sort((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1));

/** What the rules make of a machine. `machine.mac` is the card that it booted from; `address` where it speaks from. */
export const planEnrolment = (
  rules: readonly EnrolmentRule[],
  machine: {
    readonly inventory: JsonObject;
    readonly claims: MachineClaims;
    readonly mac: string | null;
    readonly address: string | null;
  },
): EnrolmentPlan | null => {
  const { inventory, claims, address } = machine;
  const mac = nameMac(machine.mac, claims);
  if (mac === null) return null;
  const facts = machineFacts(inventory, address);
  const words = nameWords(inventory, mac);
  const because: string[] = [];
  const lists = { groups: new Set<string>(), quirks: new Set<string>(), roles: new Set<string>() };
  let hints: JsonObject = {};
  let decided: Pick<EnrolmentPlan, 'decision' | 'reason'> | null = null;
  let name: string | null = null;
  let deployment: string | null = null;
  let commit: boolean | null = null;
  let commitDestructive = false;

  for (const rule of inOrderOfPriority(rules)) {
    if (!rule.enabled) continue;
    const unmet = unmetField(rule.match, facts);
    if (unmet) {
      because.push(`rule ${rule.name} is about others: ${unmet} is not what it asks for`);
      continue;
    }
    const { effects } = rule;
    because.push(`rule ${rule.name} matches`);
    if (effects.decision && !decided) decided = { decision: effects.decision, reason: effects.reason ?? null };
    if (effects.name !== undefined && name === null) {
      const named = patternName(effects.name, words);
      if ('name' in named) name = named.name;
      else because.push(`rule ${rule.name} names nothing: the machine does not tell ${named.missing}`);
    }
    deployment ??= effects.deployment ?? null;
    if (effects.commit !== undefined && commit === null) {
      commit = effects.commit;
      commitDestructive = effects.commit && effects.commit_destructive === true;
    }
    for (const group of effects.groups ?? []) lists.groups.add(group);
    for (const quirk of effects.quirks ?? []) lists.quirks.add(quirk);
    for (const role of effects.roles ?? []) lists.roles.add(role);
    // What an earlier rule said stays.
    hints = { ...effects.hints, ...hints };
    if (rule.final || decided?.decision === 'refuse') break;
  }
  return {
    decision: decided?.decision ?? 'accept',
    reason: decided?.reason ?? null,
    name: name ?? defaultName(mac),
    deployment,
    groups: [...lists.groups],
    quirks: [...lists.quirks],
    hints,
    roles: [...lists.roles],
    commit: commit ?? false,
    commitDestructive,
    because,
  };
};

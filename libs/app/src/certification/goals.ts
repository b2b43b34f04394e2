import { findProgram, isRefusal, refuse, type Goal, type Guideline, type Refusal } from '#core';
import { noGuideline } from '../guideline/import-guideline.js';
import { parsed } from '../guideline/parsed-guidelines.js';
import type { PlannedGoal } from '../ports/certification-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { GOALS_MAX } from './limits.js';

/** Finds the very guidelines that goals name, and refuses a program that they do not have. */
export const plannedGoals = async (tx: Transaction, goals: readonly Goal[]): Promise<PlannedGoal[] | Refusal> => {
  if (goals.length === 0)
    return refuse('invalid', 'say what it is about: a guideline and a program of it, such as 2020.06/compute.', {
      field: 'goals',
    });
  if (goals.length > GOALS_MAX)
    return refuse('too-large', `${goals.length} goals are more than ${GOALS_MAX}: start several certifications.`);
  const planned = new Map<string, PlannedGoal>();
  for (const { guideline: key, program } of goals) {
    const view = await tx.guidelines.find(key);
    if (!view) return noGuideline(key);
    const found = findProgram(await parsed(tx, view), program);
    if (isRefusal(found)) return found;
    planned.set(`${view.id} ${program}`, {
      guideline: view.name,
      program,
      guidelineId: view.id,
      revision: view.revision,
      digest: view.digest,
    });
  }
  return [...planned.values()];
};

/** The guideline of a goal, as it was when the goal was planned. */
export const guidelineOf = async (tx: Transaction, { guidelineId }: PlannedGoal): Promise<Guideline> => {
  const view = await tx.guidelines.find(guidelineId);
  // A goal keeps its guideline from being deleted.
  if (!view) throw new Error(`the guideline ${guidelineId} of a goal is gone`);
  return parsed(tx, view);
};

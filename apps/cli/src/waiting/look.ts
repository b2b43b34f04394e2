import type { Client } from '../client/client.js';
import { ApiProblem } from '../client/problem.js';
import { valueAt } from '../output/table.js';
import { askAbout, routeFor } from '../resource/find-subject.js';
import type { Subject, SubjectKind } from '../resource/subject.js';
import type { Condition } from './condition.js';

/** One look at something that is waited for. */
export interface Sight {
  readonly met: boolean;
  /** How it stands, in a few words; told when it changes. */
  readonly says: string;
  /** Why waiting longer is in vain: a run has failed, and nothing moves it by itself. Null while there is hope. */
  readonly hopeless: string | null;
}

/** Causes that a person has to look into before anything moves; others may go away: a node that is down comes back. */
const NEED_A_PERSON = new Set(['error', 'node-frozen']);

interface Root {
  readonly cause: { readonly kind: string; readonly sentence: string };
}

interface AnnealStatus {
  readonly counts: Readonly<Record<string, number>>;
  readonly changed: number;
  readonly settled: boolean;
  readonly working: boolean;
  readonly stuck: readonly { readonly deployment: string; readonly summary: string; readonly roots: readonly Root[] }[];
}

/** The kinds a bare name may be of. */
const KINDS: readonly SubjectKind[] = ['node_role', 'node', 'deployment', 'run', 'rollout'];

/** Looks once. `subject` null is everything there is. */
export const look = async (client: Client, subject: Subject | null, condition: Condition): Promise<Sight> => {
  if (condition.kind === 'settled') return await lookWhetherSettled(client, subject);
  if (!subject) return fieldSight(await client.get('anneal.show'), condition);
  try {
    return fieldSight((await askAbout<Record<string, unknown>>(client, subject, 'show', KINDS)).body, condition);
  } catch (error) {
    const gone = error instanceof ApiProblem ? error.status === 404 : (error as { exitCode?: unknown }).exitCode === 3;
    if (condition.kind === 'deleted' && gone) return { met: true, says: 'gone', hopeless: null };
    throw error;
  }
};

const fieldSight = (item: unknown, condition: Condition): Sight => {
  if (condition.kind !== 'field') return { met: false, says: 'still there', hopeless: null };
  const value = valueAt(item, condition.path);
  const met = value === condition.value || String(value) === String(condition.value);
  return { met, says: `${condition.path} is ${String(value)}`, hopeless: null };
};

const lookWhetherSettled = async (client: Client, subject: Subject | null): Promise<Sight> => {
  if (!subject) return statusSight(await client.get('anneal.show'));
  if (subject.kind === 'deployment')
    return statusSight(await client.get('anneal.show', { query: { deployment: subject.key } }));
  if (subject.kind === null) {
    const { kind } = await askAbout(client, subject, 'show', KINDS);
    return await lookWhetherSettled(client, { kind, key: subject.key });
  }
  const item =
    subject.kind === 'node'
      ? null
      : await client.get<Record<string, unknown>>(routeFor(subject.kind, 'show'), { params: { key: subject.key } });
  if (subject.kind === 'node')
    return explainedSight(await client.get('nodes.explain', { params: { key: subject.key } }));
  return subject.kind === 'node_role' ? nodeRoleSight(item!) : endedSight(item!);
};

/** `3 ACTIVE, 2 TODO` */
const countsText = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state.toUpperCase()}`)
    .join(', ') || 'nothing is bound';

const statusSight = (status: AnnealStatus): Sight => {
  const failed = status.working
    ? undefined
    : status.stuck.find(({ roots }) => roots.some(({ cause }) => NEED_A_PERSON.has(cause.kind)));
  const waitsFor = status.working ? [] : status.stuck.flatMap(({ roots }) => roots.map(({ cause }) => cause.sentence));
  const changed = status.changed > 0 ? `, ${status.changed} to run again` : '';
  return {
    met: status.settled,
    says: `${countsText(status.counts)}${changed}${waitsFor.length > 0 ? `; ${waitsFor.slice(0, 2).join('; ')}` : ''}`,
    hopeless: failed ? failed.summary : null,
  };
};

const explainedSight = ({
  summary,
  waiting,
  roots,
}: {
  summary: string;
  waiting: number;
  roots: readonly Root[];
}): Sight => {
  // While anything else goes on, a failure may not be the last word; explain names what needs a person first.
  const hopeless = waiting > 0 && roots.length > 0 && roots.every(({ cause }) => NEED_A_PERSON.has(cause.kind));
  return { met: waiting === 0, says: summary, hopeless: hopeless ? summary : null };
};

const nodeRoleSight = (item: Readonly<Record<string, unknown>>): Sight => {
  const state = String(item['state']);
  const says = `${state.toUpperCase()}${item['status'] ? `, ${String(item['status'])}` : ''}`;
  const triedAgain = item['not_before'] !== null && item['not_before'] !== undefined;
  return {
    met: state === 'active' && item['changed'] !== true,
    says,
    hopeless: state === 'error' && !triedAgain ? says : null,
  };
};

/** Ends of runs and rollouts. */
const GOOD_ENDS = new Set(['succeeded', 'done']);
const BAD_ENDS = new Set(['failed', 'cancelled', 'lost-contact', 'stopped']);

const endedSight = (item: Readonly<Record<string, unknown>>): Sight => {
  const state = String(item['state']);
  const says = `${state}${item['reason'] ? `, ${String(item['reason'])}` : ''}`;
  return { met: GOOD_ENDS.has(state), says, hopeless: BAD_ENDS.has(state) ? says : null };
};

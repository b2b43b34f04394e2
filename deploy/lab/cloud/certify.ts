import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CHECKOUT } from '#runtime';
import type { LabApi } from '../api.js';
import type { LabArguments } from '../arguments.js';
import type { Progress } from '../progress.js';
import { nodesWith, type Flavour } from './flavour.js';

/**
 * The last part of the lab of a cloud: its tests against a guideline, as anybody would order them over REST, and what came
 * of them. The lab judges nothing: it prints what the server says.
 */
const PROFILES = join(CHECKOUT, 'libs/catalog/profiles');
const BASELINE = join(PROFILES, 'baseline.json');
/** Besides, where there are several. */
const SEVERAL_HYPERVISORS = join(PROFILES, 'several-hypervisors.json');
/** What a flavour that is no whole cloud is tested for. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = { 'identity-and-images': ['identity-image'] };
/** Tests of a whole cloud on emulated processors, two at a time. */
const CERTIFY_MS_MAX = 4 * 3_600_000;
const LOOK_MS = 2_000;
const CONCURRENCY = 2;
/** How many of the tests that did not pass are named. */
const NAMED_MAX = 20;

interface Guideline {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly programs: readonly { name: string; title: string; tests: number; must_pass: number }[];
}

interface Counts {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly setup_failed: number;
  readonly not_run: number;
}

export interface Certification {
  readonly id: string;
  readonly state: 'planned' | 'running' | 'finished' | 'cancelled' | 'failed' | 'imported';
  readonly counts: Counts;
  readonly seconds: number | null;
  readonly reason: string;
  readonly verdicts: readonly { guideline: string; program: string; met: boolean; claim: string }[];
}

interface Outcome {
  readonly name: string;
  readonly status: string;
  readonly reason: string | null;
}

/** Tests the cloud against every program of the guideline that its services could meet, and of what its nodes could. */
export async function certify(
  api: LabApi,
  progress: Progress,
  flavour: Flavour,
  { guideline: file, programs: named }: Pick<LabArguments, 'guideline' | 'programs'>,
): Promise<Certification> {
  const programs = named.length > 0 ? named : file === null ? (PROGRAMS[flavour.name] ?? []) : [];
  const goals = await importGoals(api, progress, file ?? BASELINE, programs);
  if (named.length === 0 && nodesWith(flavour, 'nova-compute').length > 1)
    goals.push(...(await importGoals(api, progress, SEVERAL_HYPERVISORS, [])));
  const { deployment } = flavour;
  const ordered = await api.post<Certification>('certifications', {
    ...{ deployment, goals, concurrency: CONCURRENCY, note: 'npm run lab' },
  });
  const ended = await untilEnded(api, progress, ordered.id);
  await tell(api, progress, ended);
  return ended;
}

/** Imports a guideline or a profile, and gives its programs of these names, or all of them. */
async function importGoals(
  api: LabApi,
  progress: Progress,
  path: string,
  programs: readonly string[],
): Promise<{ guideline: string; program: string }[]> {
  const query = new URLSearchParams({ source: basename(path) });
  if (dirname(path) === PROFILES) query.set('kind', 'local');
  const { guideline } = await api.upload<{ guideline: Guideline }>(
    `guidelines?${query}`,
    await readFile(path),
    'application/octet-stream',
  );
  const chosen = guideline.programs.filter(({ name }) => programs.length === 0 || programs.includes(name));
  if (chosen.length === 0)
    throw new Error(`--program takes ${guideline.programs.map(({ name }) => name).join(', ')} with ${guideline.name}`);
  const tests = chosen.map(({ title, must_pass }) => `${title} (${must_pass} must pass)`).join(', ');
  progress.say(`testing against ${guideline.name}: ${tests}`);
  return chosen.map(({ name }) => ({ guideline: guideline.id, program: name }));
}

async function untilEnded(api: LabApi, progress: Progress, id: string): Promise<Certification> {
  let said = -1;
  for (const until = Date.now() + CERTIFY_MS_MAX; ; await pause(LOOK_MS)) {
    const now = await api.get<Certification>(`certifications/${id}`);
    if (now.state !== 'planned' && now.state !== 'running') return now;
    const { total, passed, failed, skipped, setup_failed } = now.counts;
    const done = passed + failed + skipped + setup_failed;
    const tenth = total === 0 ? -1 : Math.floor((done / total) * 10);
    if (tenth > said) progress.say(`${done} of ${total} tests have ended, ${passed} of them passed`);
    said = Math.max(said, tenth);
    if (Date.now() > until) throw new Error(`certification ${id} has not ended within ${CERTIFY_MS_MAX / 3_600_000} h`);
  }
}

async function tell(api: LabApi, progress: Progress, { id, ...ended }: Certification): Promise<void> {
  const { total, passed, failed, skipped, setup_failed, not_run } = ended.counts;
  const others = { failed, skipped, 'failed to set up': setup_failed, 'not run': not_run };
  const said = Object.entries(others).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  const time = ended.seconds === null ? '' : ` in ${ended.seconds.toFixed(0)} s`;
  progress.say(`the certification is ${ended.state}${time}: ${[`${passed} of ${total} passed`, ...said].join(', ')}`);
  if (ended.reason !== '') progress.say(ended.reason);
  const outcomes = await api.list<Outcome>(`certifications/${id}/outcomes`);
  for (const { name, status, reason } of outcomes.filter((each) => each.status !== 'passed').slice(0, NAMED_MAX))
    progress.say(`  ${status.padEnd(12)} ${name}${reason === null ? '' : `: ${reason.split('\n')[0]}`}`);
  for (const { claim } of ended.verdicts) progress.say(`  ${claim}`);
  if (ended.state !== 'finished') throw new Error(`the certification did not finish: anneal certify show ${id}`);
}

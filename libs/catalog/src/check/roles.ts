/** What one role says of itself: its flags, whether it has something to run, whether it may be run again. */
import { ROLE_FLAGS, type RoleFileDocument } from '../document.js';
import type { BarclampDraft, RoleDraft } from '../draft.js';
import type { ProblemList } from '../problem.js';
import { didYouMean } from '../suggest.js';
import { either } from '../yaml/map-reader.js';
import { checkFlags } from './flags.js';

export function checkRoles(
  draft: BarclampDraft,
  files: ReadonlyMap<string, readonly RoleFileDocument[]>,
  folder: string,
  problems: ProblemList,
): void {
  for (const role of draft.roles) {
    const name = role.name?.text;
    if (name === undefined) continue;
    checkFlagNames(name, role, problems);
    checkFlags(name, role.flags, problems);
    checkScripts(name, role, [...role.files, ...(files.get(name) ?? [])], folder, problems);
    checkDestructive(name, role, problems);
  }
}

function checkFlagNames(name: string, role: RoleDraft, problems: ProblemList): void {
  const known: readonly string[] = ROLE_FLAGS;
  for (const flag of role.flags.filter((one) => !known.includes(one.text))) {
    const advice = didYouMean(flag.text, known) ?? `use ${either(known)}`;
    problems.error(flag.at, 'wrong-value', `role "${name}" has no flag "${flag.text}"`, advice);
  }
}

function checkScripts(
  name: string,
  role: RoleDraft,
  files: readonly RoleFileDocument[],
  folder: string,
  problems: ProblemList,
): void {
  const neverRuns = role.flags.some((flag) => flag.text === 'abstract');
  const hasScript = files.some((file) => /^[^/]+\.sh$/.test(file.path));
  if (role.jig?.text !== 'script' || neverRuns || hasScript) return;
  const advice = `add ${folder}${name}/10-${name}.sh, or write "jig: noop"`;
  problems.error(role.jig.at, 'no-script', `role "${name}" uses the script jig and has no script`, advice);
}

/** P7: what destroys data is done once, because somebody asked for it, and never by itself again. */
function checkDestructive(name: string, role: RoleDraft, problems: ProblemList): void {
  if (!role.flags.some((flag) => flag.text === 'destructive')) return;
  if (role.retry) {
    const message = `role "${name}" is destructive and would be retried by itself`;
    problems.error(role.retry.at, 'flags-contradict', message, 'remove "retry"');
  }
  if (role.events.some((event) => event.do === 'rerun')) {
    const message = `role "${name}" is destructive and would be run again by an event`;
    problems.error(role.at, 'flags-contradict', message, 'remove "do: rerun"');
  }
  const neverRuns = role.flags.some((flag) => flag.text === 'abstract');
  if (role.jig?.text === 'noop' && !neverRuns) {
    const message = `role "${name}" is destructive and its jig does nothing`;
    problems.warn(role.jig.at, 'does-nothing', message, 'remove the flag, or use another jig');
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Invocation } from '../command/invocation.js';
import { parseDuration } from '../command/duration.js';
import { EXIT, Stop, type ExitCode } from '../exit.js';
import { doneText, type Certification } from './look.js';

/** Pause between two looks, in milliseconds. One look costs the server a query. */
const LOOK_MS = 500;
/** After so many looks at a certification that waits, what it waits for is asked. */
const ASK_WHY_EVERY = 10;

/** A whole suite takes hours where guests are emulated. */
export const CERTIFY_TIMEOUT_DEFAULT = '12h';

export const WATCH_OPTIONS = [
  ['--wait', 'wait for its end, with live progress; exit code 1 when something that must pass did not'],
  ['--timeout <time>', 'with --wait: how long at the most, such as 90m or 12h', CERTIFY_TIMEOUT_DEFAULT],
] as const;

export interface WatchOptions {
  readonly wait?: boolean;
  readonly timeout: string;
}

/**
 * Follows a certification to its end. On a terminal a line tells how far it is and what runs now; what fails stays there.
 * Ends with 0 when every goal is met, 1 when not, 5 when the time is up: the certification goes on then.
 */
export const watch = async (invocation: Invocation, id: string, timeout: string): Promise<ExitCode> => {
  const { client, progress, signal } = invocation;
  const end = performance.now() + parseDuration(timeout, '--timeout');
  let told = '';
  const tell = (text: string): void => {
    if (text !== told) progress.line((told = text));
  };
  for (let looks = 0; ; looks += 1) {
    const certification = await client.get<Certification>('certifications.show', { params: { key: id } });
    if (certification.ended_at !== null) return ended(invocation, certification);
    if (certification.state === 'planned' && looks % ASK_WHY_EVERY === 0) {
      const { summary } = await client.get<{ summary: string }>('certifications.explain', { params: { key: id } });
      tell(summary);
    }
    if (certification.state === 'running') {
      tell(`certification ${id} is under way`);
      const now = certification.under_way.map(({ name }) => name.split('.').at(-1)).join(' ');
      progress.status(`${doneText(certification)}${now === '' ? '' : `  ${now}`}`);
    }
    if (performance.now() > end)
      throw new Stop(
        EXIT.timeout,
        `Certification ${id} has not ended after ${timeout}: ${doneText(certification)}.`,
        `It goes on; \`anneal certify watch ${id}\` waits again, \`anneal certify cancel ${id}\` ends it.`,
      );
    await pause(LOOK_MS, undefined, { signal });
  }
};

const ended = ({ progress }: Invocation, certification: Certification): ExitCode => {
  const { id, state, reason, verdicts } = certification;
  progress.line(`${state}${reason === '' ? '' : `: ${reason}`}, ${doneText(certification)}`);
  for (const { claim } of verdicts) progress.line(claim);
  const met = state === 'finished' && verdicts.length > 0 && verdicts.every((verdict) => verdict.met);
  if (!met) progress.line(`\`anneal certify report ${id}\` shows what did not pass and why.`);
  return met ? EXIT.ok : EXIT.failed;
};

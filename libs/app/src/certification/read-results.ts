import {
  asSuiteTest,
  gatherOutcomes,
  isRefusal,
  refuse,
  SubunitDecoder,
  type Refusal,
  type SubunitPacket,
  type TestOutcome,
} from '#core';
import { TEST_NAME_LENGTH_MAX, TESTS_MAX } from './limits.js';

/** In which form results of elsewhere come. */
export const RESULT_FORMATS = ['refstack', 'subunit', 'names'] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];

export interface ReadResults {
  readonly outcomes: readonly TestOutcome[];
  readonly seconds: number | null;
  /** What was odd, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads results that another tool has made: a RefStack document or a list of names, which tell of passes and nothing else,
 * or a subunit v2 stream. What is damaged in a stream is told and passed over; the other two are right or refused.
 */
export const readResults = (format: ResultFormat, bytes: Uint8Array): ReadResults | Refusal => {
  const read = readAs(format, bytes);
  if (isRefusal(read)) return read;
  const { outcomes } = read;
  if (outcomes.length === 0) return refuse('invalid', 'there is no result of any test in it.');
  if (outcomes.length > TESTS_MAX)
    return refuse('too-large', `results of ${outcomes.length} tests are more than ${TESTS_MAX}.`);
  const long = outcomes.find(({ name }) => name.length > TEST_NAME_LENGTH_MAX);
  return long
    ? refuse('invalid', `a test has a name of ${long.name.length} characters; ${TEST_NAME_LENGTH_MAX} is the most.`)
    : read;
};

const readAs = (format: ResultFormat, bytes: Uint8Array): ReadResults | Refusal => {
  switch (format) {
    case 'subunit':
      return readSubunit(bytes);
    case 'refstack':
      return withText(bytes, readRefstack);
    case 'names':
      return withText(bytes, readNames);
    default:
      return format satisfies never;
  }
};

const withText = (bytes: Uint8Array, read: (text: string) => ReadResults | Refusal): ReadResults | Refusal => {
  try {
    return read(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refuse('invalid', 'the file is not text in UTF-8.');
  }
};

const readSubunit = (bytes: Uint8Array): ReadResults => {
  const decoder = new SubunitDecoder();
  const items = [...decoder.push(bytes), ...decoder.finish()];
  const packets = items.flatMap((item): SubunitPacket[] => (item.kind === 'packet' ? [item.packet] : []));
  const faults = items.flatMap((item) => (item.kind === 'fault' ? [`at byte ${item.at}: ${item.says}`] : []));
  const { outcomes, notes } = gatherOutcomes(null, packets, 'the stream ends');
  return { outcomes, seconds: null, notes: [...faults.slice(0, NOTES_MAX), ...notes].slice(0, NOTES_MAX) };
};

/** Sentences that are kept of what was odd. */
const NOTES_MAX = 50;

const readRefstack = (text: string): ReadResults | Refusal => {
  const document = parse(text);
  if (!isMap(document) || !Array.isArray(document['results']))
    return refuse('invalid', 'this is no RefStack document: it has cpid, duration_seconds and a list of results.');
  const names: TestOutcome[] = [];
  for (const [at, result] of (document['results'] as unknown[]).entries()) {
    const name = isMap(result) ? result['name'] : null;
    const uuid = isMap(result) ? result['uuid'] : null;
    if (typeof name !== 'string' || name === '')
      return refuse('invalid', `result ${at} has no name.`, { errors: [{ in: 'body', at: `/results/${at}/name` }] });
    names.push(passed(name, typeof uuid === 'string' && uuid !== '' ? withPrefix(uuid) : null));
  }
  const seconds = document['duration_seconds'];
  return {
    outcomes: distinct(names),
    seconds: typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds : null,
    notes: ['a RefStack document tells of passes alone: what failed and what was never run cannot be told apart'],
  };
};

const readNames = (text: string): ReadResults => ({
  outcomes: distinct(
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => passed(line, null)),
  ),
  seconds: null,
  notes: ['a list of names tells of passes alone: what failed and what was never run cannot be told apart'],
});

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const passed = (line: string, id: string | null): TestOutcome => {
  const test = asSuiteTest(line);
  return {
    name: test.name,
    id: id ?? test.id,
    status: 'passed',
    seconds: null,
    worker: null,
    reason: null,
    traceback: null,
  };
};

const distinct = (outcomes: readonly TestOutcome[]): TestOutcome[] => [
  ...new Map(outcomes.map((outcome) => [outcome.name, outcome])).values(),
];

const withPrefix = (uuid: string): string => (uuid.startsWith('id-') ? uuid : `id-${uuid}`);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

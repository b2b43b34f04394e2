import type { SubunitPacket, SubunitTime } from '../subunit/packet.js';
import { TRACEBACK_CHARS_MAX, type TestOutcome, type TestStatus } from './outcome.js';
import { classOf, asSuiteTest } from './suite-test.js';
import type { SuiteTest } from './suite.js';

/**
 * Turns a stream's packets into outcomes of tests while they come. It follows the list that the suite was given: what is on
 * it and never ends is `not-run`, and what happens to a whole class is told of each of its tests, because the suite then
 * tells of no single one of them.
 *
 * A test that ends twice keeps the worse end: within one run nothing may repair a failure. Passing on a second try is what
 * a child run is for, and is shown as such.
 */
export class OutcomeGatherer {
  /** Oddities of the stream, a sentence each, for the record. */
  readonly notes: string[] = [];
  private readonly tests: Map<string, Gathered>;
  private readonly classes = new Map<string, Gathered[]>();
  /** What is told of by other names than those of the list: whole classes, workers that died. */
  private readonly others = new Map<string, Attempt>();
  private forgotten = 0;

  /** Without a list every test that the stream tells of is taken, and none is missed. */
  constructor(private readonly list: readonly SuiteTest[] | null) {
    this.tests = new Map((list ?? []).map((test) => [test.fullId, newTest(test)]));
    for (const test of this.tests.values()) this.enlist(test);
  }

  /** Outcomes that this packet brings, or changes. */
  add(packet: SubunitPacket): TestOutcome[] {
    if (packet.testId === null) return [];
    const test = this.find(packet);
    return test ? this.addToTest(test, packet) : this.addToOther(packet.testId, packet);
  }

  /** Tests that have begun and not ended. */
  underWay(): { readonly name: string; readonly worker: string | null }[] {
    const found: { name: string; worker: string | null }[] = [];
    for (const { test, attempt, outcome } of this.tests.values())
      if (attempt?.begun && !outcome) found.push({ name: test.name, worker: attempt.worker });
    return found;
  }

  /** What no packet has brought to an end, when none will come any more. `why` is told where a test had begun. */
  finish(why: string): TestOutcome[] {
    const rest: TestOutcome[] = [];
    for (const test of this.tests.values()) {
      if (test.outcome) continue;
      const reason = test.attempt?.begun ? `it had begun and did not end: ${why}` : null;
      rest.push(settle(test, { status: 'not-run', seconds: null, reason, traceback: null }));
    }
    if (this.forgotten > 0) this.note(`${this.forgotten} more names that are not on the list were passed over`);
    return rest;
  }

  private find(packet: SubunitPacket): Gathered | null {
    const known = this.tests.get(packet.testId!);
    if (known || this.list !== null || WHOLE.test(packet.testId!) || !packet.testId!.includes('.'))
      return known ?? null;
    const test = newTest(asSuiteTest(packet.testId!));
    this.tests.set(test.test.fullId, test);
    this.enlist(test);
    return test;
  }

  private enlist(test: Gathered): void {
    const name = classOf(test.test.name);
    const members = this.classes.get(name);
    if (members) members.push(test);
    else this.classes.set(name, [test]);
  }

  private addToTest(test: Gathered, packet: SubunitPacket): TestOutcome[] {
    test.attempt ??= new Attempt();
    test.attempt.add(packet);
    const status = ENDS[packet.status ?? 'exists'];
    if (status === null) return [];
    const end = test.attempt.end(
      status,
      packet.status === 'xfail' || packet.status === 'uxsuccess' ? packet.status : null,
    );
    test.attempt = null;
    if (!test.outcome) return [settle(test, end)];
    const before = test.outcome.status;
    this.note(`${test.test.name} ended twice, ${before} and ${status}; the worse counts`);
    return badness(status) > badness(before) ? [settle(test, end)] : [];
  }

  private addToOther(name: string, packet: SubunitPacket): TestOutcome[] {
    const other = this.others.get(name) ?? new Attempt();
    if (!this.others.has(name)) {
      if (this.others.size >= OTHERS_MAX) {
        this.forgotten += 1;
        return [];
      }
      this.others.set(name, other);
    }
    other.add(packet);
    const status = ENDS[packet.status ?? 'exists'];
    if (status === null) return [];
    this.others.delete(name);
    const end = other.end(status, null);
    const whole = WHOLE.exec(name);
    if (whole) return this.spread(whole[1] as 'setUp' | 'tearDown', whole[2]!, whole[3]!, end);
    if (status !== 'passed') {
      const reason = end.reason === null ? '' : `: ${end.reason}`;
      this.note(`${name}, which is not on the list, was told of as ${status}${reason}`);
    }
    return [];
  }

  /** A class, or a module of classes, that could not be prepared or was skipped as a whole. */
  private spread(when: 'setUp' | 'tearDown', what: string, name: string, end: End): TestOutcome[] {
    if (end.status === 'passed') return [];
    const members = what === 'Class' ? (this.classes.get(name) ?? []) : this.moduleMembers(name);
    const open = members.filter((test) => !test.outcome);
    const said = end.reason === null ? '' : `: ${end.reason}`;
    if (members.length === 0)
      this.note(`${when}${what} of ${name}, no test of which is on the list, ${end.status}${said}`);
    else if (open.length < members.length)
      this.note(
        `${when}${what} of ${name} ${end.status} after ${members.length - open.length} of its tests had ended${said}`,
      );
    const status = end.status === 'skipped' ? 'skipped' : 'setup-failed';
    return open.map((test) => {
      test.attempt = null;
      return settle(test, { ...end, status, seconds: null });
    });
  }

  private moduleMembers(module: string): Gathered[] {
    return [...this.classes].flatMap(([name, members]) => (classOf(name) === module ? members : []));
  }

  private note(says: string): void {
    if (this.notes.length < NOTES_MAX) this.notes.push(says);
    else if (this.notes.length === NOTES_MAX) this.notes.push('more of this kind is not written down');
  }
}

/** The rules at one go, for a stream that is there as a whole. */
export function gatherOutcomes(
  list: readonly SuiteTest[] | null,
  packets: Iterable<SubunitPacket>,
  why: string,
): { readonly outcomes: TestOutcome[]; readonly notes: readonly string[] } {
  const gatherer = new OutcomeGatherer(list);
  const outcomes = new Map<string, TestOutcome>();
  for (const packet of packets) for (const outcome of gatherer.add(packet)) outcomes.set(outcome.name, outcome);
  for (const outcome of gatherer.finish(why)) outcomes.set(outcome.name, outcome);
  return { outcomes: [...outcomes.values()], notes: gatherer.notes };
}

/** Names beside the list that are kept in mind at once; a stream has a handful, one made on purpose any number. */
const OTHERS_MAX = 1_000;
const NOTES_MAX = 200;

const WHOLE = /^(setUp|tearDown)(Class|Module) \((.+)\)$/;

const ENDS: Readonly<Record<NonNullable<SubunitPacket['status']>, TestStatus | null>> = {
  exists: null,
  inprogress: null,
  success: 'passed',
  skip: 'skipped',
  fail: 'failed',
  /** Passed where its author expects a failure: the suite counts it as a failure. */
  uxsuccess: 'failed',
  /** Failed as its author expects: no failure of the suite, and no pass either. */
  xfail: 'skipped',
};

const badness = (status: TestStatus): number =>
  ['passed', 'not-run', 'skipped', 'setup-failed', 'failed'].indexOf(status);

interface Gathered {
  readonly test: SuiteTest;
  attempt: Attempt | null;
  outcome: TestOutcome | null;
  worker: string | null;
}

const newTest = (test: SuiteTest): Gathered => ({ test, attempt: null, outcome: null, worker: null });

type End = Pick<TestOutcome, 'status' | 'seconds' | 'reason' | 'traceback'> & { readonly worker?: string | null };

function settle(gathered: Gathered, { worker = null, ...end }: End): TestOutcome {
  const { name, id } = gathered.test;
  return (gathered.outcome = { name, id, worker, ...end });
}

/** One name from its first packet to its end. */
class Attempt {
  begun = false;
  worker: string | null = null;
  private from: SubunitTime | null = null;
  private until: SubunitTime | null = null;
  private readonly texts = new Map<string, string>();
  private readonly decoders = new Map<string, InstanceType<typeof TextDecoder>>();

  add({ status, tags, timestamp, file }: SubunitPacket): void {
    this.worker = tags.find((tag) => tag.startsWith('worker-')) ?? this.worker;
    if (status === 'inprogress') {
      this.begun = true;
      this.from = timestamp;
    } else if (status !== null && status !== 'exists') this.until = timestamp;
    if (file) this.attach(file.name, file.content);
  }

  end(status: TestStatus, odd: 'xfail' | 'uxsuccess' | null): End {
    const traceback = status === 'passed' ? null : this.traceback();
    const said = this.texts.get('reason')?.trim() || lastLine(traceback);
    const reason = status === 'passed' ? null : said ? cutEnd(said, REASON_CHARS_MAX) : odd ? ODD[odd] : null;
    return { status, seconds: secondsBetween(this.from, this.until), worker: this.worker, reason, traceback };
  }

  /** Only what is shown later is kept, and of that no more than the end. */
  private attach(name: string, content: Uint8Array): void {
    if (name !== 'reason' && !name.startsWith('traceback')) return;
    if (!this.texts.has(name) && this.texts.size >= TEXTS_MAX) return;
    const decoder = this.decoders.get(name) ?? new TextDecoder();
    this.decoders.set(name, decoder);
    // NUL can be stored nowhere.
    const piece = decoder.decode(content, { stream: true }).replaceAll('\0', '\ufffd');
    const text = (this.texts.get(name) ?? '') + piece;
    this.texts.set(name, text.slice(-2 * TRACEBACK_CHARS_MAX));
  }

  private traceback(): string | null {
    const parts = [...this.texts].filter(([name]) => name.startsWith('traceback')).map(([, text]) => text.trim());
    const whole = parts.filter((part) => part !== '').join('\n\n');
    return whole === '' ? null : cutStart(whole, TRACEBACK_CHARS_MAX);
  }
}

/** Attachments of one test whose text is kept: a test that fails and cannot clean up has two or three tracebacks. */
const TEXTS_MAX = 8;
const REASON_CHARS_MAX = 1_000;

const ODD = {
  xfail: 'it failed, as its author expects',
  uxsuccess: 'it passed where its author expects a failure',
};

/** The last line that says something; a traceback ends with the error itself. */
function lastLine(text: string | null): string | null {
  const lines = (text ?? '').split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1)?.trim() ?? null;
}

function secondsBetween(from: SubunitTime | null, until: SubunitTime | null): number | null {
  if (!from || !until) return null;
  const seconds = until.seconds - from.seconds + (until.nanoseconds - from.nanoseconds) / 1e9;
  return seconds < 0 ? null : Math.round(seconds * 1_000) / 1_000;
}

// A cut must not fall between the two halves of a character outside the basic plane.
const isLowHalf = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

function cutStart(text: string, max: number): string {
  if (text.length <= max) return text;
  const at = text.length - max;
  return text.slice(isLowHalf(text, at) ? at + 1 : at);
}

function cutEnd(text: string, max: number): string {
  if (text.length <= max) return text;
  return text.slice(0, isLowHalf(text, max) ? max - 1 : max);
}

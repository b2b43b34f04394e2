import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { isRefusal } from '#core';
import { Jig, type ExecEnd, type JigOutcome, type JigRun, type NodeSession, type Reach } from '#app';
import { causeOf } from './abort.js';
import { logLine } from './log-line.js';
import { checkOutputs, readOutputLines, type CheckedOutputs } from './outputs.js';
import { packBundle, type NodeFolders } from './script/bundle.js';
import { RunReport } from './script/report.js';
import { RUNNER_ARGV } from './script/runner.js';

/** The runner itself sends KILL five seconds after TERM and then hands back the outputs; only after that it is killed too. */
const RUNNER_KILL_AFTER_MS = 10_000;
/** Longest line taken from a node: one output of the largest allowed size, and the runner's mark before it. */
const LINE_BYTES_MAX = 1_100_000;
/** When a role says "not yet" without saying when. */
const RETRY_AFTER_SECONDS = 30;
const RETRY_AFTER_SECONDS_MAX = 24 * 60 * 60;
/** Characters of a script's last line that are quoted in the reason of its failure. */
const LAST_WORDS_MAX = 300;

/** Apart from the folders of an installation, which may run on a node that it manages itself. */
export const NODE_FOLDERS: NodeFolders = { state: '/var/lib/anneal-node', run: '/run/anneal-node' };

export interface ScriptJigOptions {
  readonly session: NodeSession;
  /**
   * Whose fences these are: letters, digits and hyphens. A node that had another master before starts to count anew; it
   * would refuse everything otherwise, because a new installation begins with small numbers.
   */
  readonly installation?: string;
  /** Where the runner keeps things on a node; for tests in which several nodes are one machine. */
  readonly folders?: (node: Reach) => NodeFolders;
  /** For scripts that write something else than lines: takes their output and gives the lines that are in it. */
  readonly output?: (onLine: (line: string) => void) => OutputReader;
}

/** Reads standard output as it comes, and the lines of the runner in it. */
export interface OutputReader {
  push(bytes: Uint8Array): void;
  /** Nothing more will come. */
  finish(): void;
}

/**
 * Runs a role's shell scripts on the node as root: one command, with the scripts and the declared attributes on its
 * standard input, its log streamed while it runs, and typed outputs handed back however it ends. What happens on the
 * node is described in script/runner.sh; nothing is installed there and nothing stays.
 */
export class ScriptJig extends Jig {
  readonly name: string = 'script';

  constructor(private readonly options: ScriptJigOptions) {
    super();
  }

  async run(run: JigRun): Promise<JigOutcome> {
    const nonce = randomBytes(12).toString('hex');
    const folders = this.options.folders?.(run.node) ?? NODE_FOLDERS;
    const bundle = packBundle(run, nonce, this.options.installation ?? 'default', folders);
    if (isRefusal(bundle)) return { kind: 'failed', reason: bundle.detail };
    const report = new RunReport(nonce, {
      line: (stream, text) => run.log(logLine(text), stream),
      mask: (text) => run.mask(text),
      note: (text) => run.log(text, 'anneal'),
    });
    const output = this.options.output?.((line) => report.read('out', line));
    const end = await this.options.session.exec(run.node, RUNNER_ARGV, {
      stdin: bundle,
      signal: run.signal,
      killAfterMs: RUNNER_KILL_AFTER_MS,
      lineBytesMax: LINE_BYTES_MAX,
      onLine: (stream, line) => report.read(stream, line),
      ...(output ? { onBytes: (bytes) => output.push(bytes) } : {}),
    });
    output?.finish();
    return outcomeOf(run, report, end);
  }
}

/** The runner's own words count; how its process ended matters only when it had none. */
function outcomeOf(run: JigRun, report: RunReport, end: ExecEnd): JigOutcome {
  if (report.supersededBy !== null) {
    run.log(
      `the node has seen attempt number ${report.supersededBy}, newer than this one (${run.fence}), and refused it; ` +
        'if this installation was restored from an older backup, remove the fence file on the node',
      'anneal',
    );
    return { kind: 'aborted', cause: 'superseded' };
  }
  if (report.end === null) return outcomeWithoutWords(run, report, end);

  const { status, how } = report.end;
  const checked = checkedOutputs(run, report);
  const outputs = checked.outputs;
  for (const problem of checked.problems) run.log(problem, 'anneal');
  if (how === 'superseded') return { kind: 'aborted', cause: 'superseded', outputs };
  if (how === 'stopped') {
    if (run.signal.aborted) return { kind: 'aborted', cause: causeOf(run.signal), outputs };
    return { kind: 'lost-contact', reason: `${run.node.name} ended the work itself; it is probably shutting down` };
  }
  if (status === 75) return notYet(run, report, outputs);
  if (status !== 0) return { kind: 'failed', reason: failure(report, status), exitCode: status, outputs };
  if (checked.problems.length > 0) return { kind: 'failed', reason: checked.problems.join('; '), outputs };
  return { kind: 'succeeded', outputs, ...(report.end.rebootNeeded ? { rebootNeeded: true } : {}) };
}

function outcomeWithoutWords(run: JigRun, report: RunReport, end: ExecEnd): JigOutcome {
  switch (end.kind) {
    case 'unreachable':
      // Nobody home is the liveness loop's business; a wrong key or a refused login needs somebody to act.
      if (end.code === 'no-contact') return { kind: 'lost-contact', reason: `${end.reason}; nothing was started` };
      return { kind: 'failed', reason: end.reason };
    case 'lost-contact':
      return { kind: 'lost-contact', reason: end.reason };
    case 'stopped':
      return { kind: 'aborted', cause: causeOf(run.signal) };
    case 'signalled':
      return { kind: 'lost-contact', reason: `the runner on ${run.node.name} was killed by SIG${end.signal}` };
    case 'exited':
      return {
        kind: 'failed',
        reason: `the runner on ${run.node.name} exited ${end.exitCode} without a result${quoted(report.lastWords)}`,
        exitCode: end.exitCode,
      };
  }
}

function checkedOutputs(run: JigRun, report: RunReport): CheckedOutputs {
  const { written, problems } = readOutputLines(report.outputs);
  if (report.outputsTooLarge) problems.push('the outputs are larger than 1 MiB together; hand back less');
  const checked = checkOutputs(written, run.outputs);
  return { outputs: checked.outputs, problems: [...problems, ...checked.problems] };
}

function notYet(run: JigRun, report: RunReport, outputs: CheckedOutputs['outputs']): JigOutcome {
  const asked = report.end!.retryAfterSeconds;
  const seconds = asked > 0 ? Math.min(asked, RETRY_AFTER_SECONDS_MAX) : RETRY_AFTER_SECONDS;
  const reason = `${report.script ?? run.roleName} says that ${run.node.name} is not ready yet${quoted(report.lastWords)}`;
  return { kind: 'not-yet', reason, retryAfterMs: seconds * 1_000, outputs };
}

/** `10-install.sh exited 3: no such package` */
function failure(report: RunReport, status: number): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0];
  const how = status > 128 && signal ? `was killed by ${signal}` : `exited ${status}`;
  return `${report.script ?? 'the runner'} ${how}${quoted(report.lastWords)}`;
}

const quoted = (words: string | null): string => (words === null ? '' : `: ${words.slice(0, LAST_WORDS_MAX)}`);

import {
  accessOf,
  credentialsOf,
  describeCloud,
  isRefusal,
  printTempestConf,
  provenanceOf,
  renderTempestConf,
  servicesNeeded,
  ACCOUNTS_FILE,
  CA_FILE,
  type CloudAccess,
  type CloudSeen,
  type Json,
  type JsonObject,
  type Known,
  type PreflightFinding,
  type TempestConf,
} from '#core';
import {
  Jig,
  maskOf,
  type CertificationBook,
  type CertificationEnd,
  type CertificationOrder,
  type CertificationTicket,
  type JigOutcome,
  type JigRun,
  type Taken,
} from '#app';
import { causeOf } from './abort.js';
import { logLine } from './log-line.js';
import { NODE_FOLDERS, ScriptJig, type ScriptJigOptions } from './script.js';
import { collectEvidence } from './tempest/collect-evidence.js';
import { BookWriter } from './tempest/book-writer.js';
import { PREFLIGHT_FILES, SUITE_FILES } from './tempest/program.js';
import { SuiteStream } from './tempest/suite-stream.js';

/** Attributes that name the certification to run, and say whether its verdict decides. */
export const TEMPEST_ATTRIBS = {
  orders: ['certify-order', 'certify-endpoint-order'],
  gates: ['certify-gate', 'certify-endpoint-gate'],
} as const;

/** Runs whose folders stay on the tester node: the suite's own log of a run is asked for after it, and is large. */
const RUNS_KEPT = 5;

export interface TempestJigOptions extends Omit<ScriptJigOptions, 'output'> {
  /** Where orders are read and outcomes written; without it, nothing can be run. */
  readonly book?: CertificationBook;
  /** A folder on the node that stands before its PATH; for tests, whose suite is another one. */
  readonly path?: string;
}

/**
 * Carries a certification out: looks at the cloud from the tester node, writes tempest.conf there, runs Tempest with the list
 * that was ordered, and brings what its stream says into the book while it runs. On the node it goes by the script jig's
 * runner, so a run has its fence, and ending it ends all that the suite started. The configuration and every password are in
 * a folder in memory that is open to root alone and gone afterwards; the suite's log and repository stay with the last runs.
 *
 * It succeeds when the suite has run to its end, whatever the tests said, unless the gate asks for more. A run whose contact
 * is lost is over without a word in the book; its next attempt goes on with what had not ended.
 */
export class TempestJig extends Jig {
  readonly name = 'tempest';

  constructor(private readonly options: TempestJigOptions) {
    super();
  }

  async run(run: JigRun): Promise<JigOutcome> {
    const certification = orderOf(run);
    if (certification === null) {
      run.log('no certification was ordered; there is nothing to do', 'anneal');
      return { kind: 'succeeded' };
    }
    const { book } = this.options;
    if (!book) return { kind: 'failed', reason: 'this worker was given nowhere to write certifications' };
    if (run.signal.aborted) return { kind: 'aborted', cause: causeOf(run.signal) };
    const ticket = { certification, fence: run.fence };
    const order = await book.open(ticket);
    if (isRefusal(order)) {
      // It has ended, and what has ended is never changed; a noderole that runs again for another reason finds it so.
      if (order.code !== 'wrong-state') return { kind: 'failed', reason: order.detail };
      run.log(order.detail, 'anneal');
      return { kind: 'succeeded' };
    }
    return new Certifying(this.options, run, book, ticket, order).carryOut();
  }
}

/** One run of one certification. */
class Certifying {
  private readonly begunAt = performance.now();
  private readonly mask: (text: string) => string;

  constructor(
    private readonly options: TempestJigOptions,
    private readonly run: JigRun,
    private readonly book: CertificationBook,
    private readonly ticket: CertificationTicket,
    private readonly order: CertificationOrder,
  ) {
    // The access of a cloud elsewhere is no attribute, so the run does not know that it is secret.
    const { admin, accounts } = order.access ?? { admin: null, accounts: [] };
    const hide = maskOf([...(admin ? [admin] : []), ...accounts].map(({ password }) => password));
    this.mask = (text) => hide(run.mask(text));
  }

  async carryOut(): Promise<JigOutcome> {
    const { loadList, access: elsewhere } = this.order;
    if (loadList.length === 0) {
      this.run.log('nothing is left to be run', 'anneal');
      return this.finish('finished', []);
    }
    const access = elsewhere ? { value: elsewhere, from: 'plan of the certification' } : accessOf(this.run.attribs);
    if (typeof access === 'string') return this.fail(access, []);
    const looked = await this.look(access);
    if ('kind' in looked) return looked;
    const conf = await this.prepare(access, looked.seen, looked.findings);
    if (conf === 'superseded') return superseded;
    const stops = looked.findings.filter(({ severity }) => severity === 'stops');
    if (stops.length > 0)
      return this.fail(`nothing was run: ${stops.map(({ role, says }) => `${role}: ${says}`).join('; ')}`, []);
    return this.runSuite(conf);
  }

  /** What the cloud says of itself, and what is wrong with it, as seen from the node. */
  private async look(
    access: Known<CloudAccess>,
  ): Promise<JigOutcome | { readonly seen: CloudSeen; readonly findings: readonly PreflightFinding[] }> {
    const needs = [...servicesNeeded(this.order.loadList)];
    this.run.log(`looking at the cloud at ${access.value.identityUrl}`, 'anneal');
    const jig = new ScriptJig(this.options);
    const outcome = await jig.run({
      ...this.runWith(),
      files: PREFLIGHT_FILES,
      attribs: { access: access.value as unknown as JsonObject, needs, settings: this.settingsForLook() },
      outputs: [
        { name: 'seen', schema: { type: 'object' } },
        { name: 'findings', schema: { type: 'array' } },
      ],
    });
    if (outcome.kind === 'failed') return this.fail(`the cloud could not be looked at: ${outcome.reason}`, []);
    if (outcome.kind !== 'succeeded') return this.broken(outcome);
    const { seen = {}, findings = [] } = outcome.outputs ?? {};
    return {
      seen: this.maskedJson(seen) as JsonObject,
      findings: this.maskedJson(findings) as unknown as readonly PreflightFinding[],
    };
  }

  private settingsForLook(): JsonObject {
    const sections: Record<string, Record<string, Json>> = {};
    const cloud = describeCloud({
      access: NO_ACCESS,
      attribs: this.run.attribs,
      seen: {},
      planned: this.order.settings,
    });
    for (const [path, { value }] of cloud.settings) {
      const [section = '', key = ''] = path.split('.');
      (sections[section] ??= {})[key] = value;
    }
    return sections;
  }

  private async prepare(
    access: Known<CloudAccess>,
    seen: CloudSeen,
    findings: readonly PreflightFinding[],
  ): Promise<TempestConf | 'superseded'> {
    const cloud = describeCloud({ access, attribs: this.run.attribs, seen, planned: this.order.settings });
    const conf = renderTempestConf(cloud, { secret: this.secretFolder });
    const taken = await this.book.prepared(this.ticket, {
      conf: this.mask(printTempestConf(conf, { masked: true })),
      provenance: provenanceOf(conf),
      credentials: credentialsOf(access.value, conf),
      findings,
      cloud: seen as JsonObject,
    });
    return taken === 'superseded' ? taken : conf;
  }

  private async runSuite(conf: TempestConf): Promise<JigOutcome> {
    const useless = new AbortController();
    const writer = new BookWriter({
      book: this.book,
      ticket: this.ticket,
      nextPiece: this.order.nextPiece,
      onUseless: (why) => useless.abort(why),
    });
    let stream!: SuiteStream;
    const jig = new ScriptJig({
      ...this.options,
      output: (onLine) =>
        (stream = new SuiteStream({
          loadList: this.order.loadList,
          writer,
          mask: this.mask,
          onLine,
          onFailure: (line) => this.run.log(logLine(line)),
        })),
    });
    this.run.log(`running ${this.order.loadList.length} tests`, 'anneal');
    const outcome = await jig.run({
      ...this.runWith(),
      signal: AbortSignal.any([this.run.signal, useless.signal]),
      files: [...SUITE_FILES, ...this.confFiles(conf)],
      attribs: {
        work: this.workFolder,
        keep: RUNS_KEPT,
        concurrency: this.order.concurrency,
        path: this.options.path ?? '',
      },
      outputs: [{ name: 'status', schema: { type: 'integer' } }],
    });
    return this.conclude(outcome, stream, writer);
  }

  /** What became of the suite, in the book and for the noderole. */
  private async conclude(
    outcome: JigOutcome,
    stream: SuiteStream | undefined,
    writer: BookWriter,
  ): Promise<JigOutcome> {
    const ends = endOf(outcome, stream?.ended ?? 0);
    if (ends !== null && stream) stream.close(WHY[ends.kind]);
    if ((await writer.close()) === 'superseded') return superseded;
    if (ends === null) return this.broken(outcome);
    const notes = stream?.notes ?? [];
    for (const note of notes) this.run.log(logLine(note), 'anneal');
    if (ends.kind === 'failed') return this.fail(ends.reason, notes, outcome);
    if (ends.kind === 'finished' && (await this.keepEvidence()) === 'superseded') return superseded;
    return this.finish(ends.kind, notes);
  }

  /** What the cloud was when its tests had ended. */
  private async keepEvidence(): Promise<Taken> {
    const nodes = [this.run.node, ...this.order.nodes];
    const { signal } = this.run;
    const files = await collectEvidence(nodes, { session: this.options.session, signal, mask: this.mask });
    return this.book.evidence(this.ticket, files);
  }

  private async finish(kind: 'finished' | 'cancelled', notes: readonly string[]): Promise<JigOutcome> {
    const claims = await this.book.finished(this.ticket, { kind, seconds: this.seconds, notes });
    if (claims === 'superseded') return superseded;
    for (const { claim } of claims) this.run.log(claim, 'anneal');
    if (kind === 'cancelled') return { kind: 'aborted', cause: causeOf(this.run.signal) };
    const missed = claims.filter(({ met }) => !met);
    if (missed.length > 0 && TEMPEST_ATTRIBS.gates.some((gate) => this.run.attribs[gate] === 'must-pass'))
      return {
        kind: 'failed',
        reason: `not all that must pass has passed: ${missed.map(({ claim }) => claim).join('; ')}`,
      };
    return { kind: 'succeeded' };
  }

  private async fail(reason: string, notes: readonly string[], outcome?: JigOutcome): Promise<JigOutcome> {
    const said = this.mask(reason);
    const end: CertificationEnd = { kind: 'failed', seconds: this.seconds, notes, reason: said };
    if ((await this.book.finished(this.ticket, end)) === 'superseded') return superseded;
    return outcome?.kind === 'aborted' ? { kind: 'aborted', cause: outcome.cause } : { kind: 'failed', reason: said };
  }

  /** An end of which the book is told nothing, unless somebody wanted it: another attempt will go on. */
  private async broken(outcome: JigOutcome): Promise<JigOutcome> {
    if (outcome.kind !== 'aborted') return outcome;
    if (outcome.cause === 'cancelled') return this.finish('cancelled', []);
    if (outcome.cause === 'deadline') return this.fail(TOO_LATE, [], outcome);
    return { kind: 'aborted', cause: outcome.cause };
  }

  private get seconds(): number {
    return Math.round(performance.now() - this.begunAt) / 1_000;
  }

  private get folders() {
    return this.options.folders?.(this.run.node) ?? NODE_FOLDERS;
  }

  private get workFolder(): string {
    return `${this.folders.state}/tempest/${this.ticket.certification}`;
  }

  /** Where the runner puts a role's files. */
  private get secretFolder(): string {
    return `${this.folders.run}/work/role`;
  }

  private confFiles({ accounts, caCertificate, ...conf }: TempestConf) {
    return [
      { path: 'tempest.conf', content: printTempestConf({ ...conf, accounts, caCertificate }, { masked: false }) },
      { path: 'load-list', content: this.order.loadList.map((id) => `${id}\n`).join('') },
      ...(accounts === null ? [] : [{ path: ACCOUNTS_FILE, content: accounts }]),
      ...(caCertificate === null ? [] : [{ path: CA_FILE, content: caCertificate }]),
    ];
  }

  /** The run, with a log that knows all secrets. */
  private runWith(): JigRun {
    return { ...this.run, mask: this.mask, log: (line, stream) => this.run.log(this.mask(line), stream) };
  }

  private maskedJson(value: Json): Json {
    return JSON.parse(this.mask(JSON.stringify(value))) as Json;
  }
}

const superseded: JigOutcome = { kind: 'aborted', cause: 'superseded' };
const TOO_LATE = 'it did not end before the deadline of its role';
const WHY = { finished: 'the suite had ended', cancelled: 'the run was cancelled', failed: 'the suite broke off' };

/** Nobody is asked with it. */
const NO_ACCESS: Known<CloudAccess> = {
  from: '',
  value: { identityUrl: '', region: '', endpointType: 'public', caCertificate: null, admin: null, accounts: [] },
};

/** What the end of the suite's process means; null where nobody can know, or another attempt will go on. */
function endOf(
  outcome: JigOutcome,
  ended: number,
): { readonly kind: 'finished' | 'cancelled' } | { readonly kind: 'failed'; readonly reason: string } | null {
  switch (outcome.kind) {
    case 'succeeded':
      if (ended > 0) return { kind: 'finished' };
      return {
        kind: 'failed',
        reason: 'the suite ended without bringing a single test to its end; its log on the tester says more',
      };
    case 'failed':
      return { kind: 'failed', reason: outcome.reason };
    case 'aborted':
      if (outcome.cause === 'cancelled') return { kind: 'cancelled' };
      return outcome.cause === 'deadline' ? { kind: 'failed', reason: TOO_LATE } : null;
    case 'lost-contact':
    case 'not-yet':
    case 'waiting':
      return null;
    default:
      return outcome satisfies never;
  }
}

function orderOf({ attribs }: JigRun): string | null {
  for (const name of TEMPEST_ATTRIBS.orders) {
    const order = attribs[name];
    if (typeof order !== 'object' || order === null || Array.isArray(order)) continue;
    const { certification } = order as JsonObject;
    if (typeof certification === 'string' && certification !== '') return certification;
  }
  return null;
}

import {
  asSuiteTest,
  isRefusal,
  loadList,
  refuse,
  resolveProgram,
  type CloudFacts,
  type Json,
  type JsonObject,
  type Refusal,
  type Resolution,
  type TestOutcome,
} from '#core';
import { ReadAttribs } from '../attrib/read-attribs.js';
import type { ModelParts } from '../model-parts.js';
import { missing } from '../named.js';
import {
  CertificationBook,
  type CertificationEnd,
  type CertificationInputs,
  type CertificationOrder,
  type CertificationTicket,
  type GoalClaim,
  type Taken,
  type TestUnderWay,
} from '../ports/certification-book.js';
import type { CertificationProgress, CertificationRecord, EvidenceFile } from '../ports/certification-store.js';
import { ENGINE, type Transaction } from '../ports/unit-of-work.js';
import { WithinTransaction } from '../within-transaction.js';
import { openAccess } from './access.js';
import { conclude, countsOf, subjectOf } from './conclude.js';
import { guidelineOf } from './goals.js';
import { keepEvidence, nodesOfCloud } from './keep-evidence.js';
import { PROGRESS_MS } from './limits.js';
import { keepListedSuite, suiteOf } from './suite-of.js';

type Parts = Pick<ModelParts, 'unitOfWork' | 'ids' | 'clock' | 'secrets'>;

/** The book of certifications over the rows of this installation. Every call is one transaction. */
export class RecordedCertifications extends CertificationBook {
  constructor(private readonly parts: Parts) {
    super();
  }

  override async open(ticket: CertificationTicket): Promise<CertificationOrder | Refusal> {
    // What cannot be begun ends here, and that must be kept: a refusal alone would undo it.
    const opened = await this.parts.unitOfWork.write(ENGINE, async (tx) => ({ of: await this.begin(tx, ticket) }));
    return opened.of;
  }

  override prepared(ticket: CertificationTicket, inputs: CertificationInputs): Promise<Taken> {
    return this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const record = await tx.certifications.lock(ticket.certification);
      if (!record || !isCurrent(record, ticket)) return 'superseded';
      await tx.certifications.update(record.id, { inputs, facts: await this.factsOf(tx, record, inputs.cloud) });
      return 'written';
    });
  }

  override outcomes(
    ticket: CertificationTicket,
    ended: readonly TestOutcome[],
    underWay: readonly TestUnderWay[],
  ): Promise<Taken> {
    return this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const progress = await tx.certifications.lockProgress(ticket.certification);
      if (!progress || !isCurrent(progress, ticket)) return 'superseded';
      const counts = countsOf(await tx.certifications.addOutcomes(progress.id, ended), progress.total);
      const now = this.parts.clock.now();
      const due = progress.toldAt === null || now - progress.toldAt.getTime() >= PROGRESS_MS;
      await tx.certifications.update(progress.id, { counts, underWay, ...(due ? { toldAt: new Date(now) } : {}) });
      if (due) tellProgress(tx, progress, counts);
      return 'written';
    });
  }

  override piece(ticket: CertificationTicket, number: number, bytes: Uint8Array): Promise<Taken> {
    return this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const progress = await tx.certifications.lockProgress(ticket.certification);
      if (!progress || !isCurrent(progress, ticket)) return 'superseded';
      await tx.certifications.addPiece(progress.id, number, bytes);
      return 'written';
    });
  }

  override evidence(ticket: CertificationTicket, files: readonly EvidenceFile[]): Promise<Taken> {
    return this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const record = await tx.certifications.lock(ticket.certification);
      if (!record || !isCurrent(record, ticket)) return 'superseded';
      await keepEvidence(tx, record, files);
      return 'written';
    });
  }

  override finished(ticket: CertificationTicket, end: CertificationEnd): Promise<readonly GoalClaim[] | 'superseded'> {
    return this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const record = await tx.certifications.lock(ticket.certification);
      if (!record || ticket.fence < record.fence) return 'superseded';
      // The answer to an earlier try was lost, and this is the same end once more.
      if (record.endedAt) return record.verdicts.map(({ met, claim }) => ({ met, claim }));
      return conclude(tx, record, {
        state: end.kind,
        at: new Date(this.parts.clock.now()),
        seconds: end.seconds,
        notes: end.notes,
        reason: end.kind === 'failed' ? end.reason : '',
      });
    });
  }

  private async begin(tx: Transaction, ticket: CertificationTicket): Promise<CertificationOrder | Refusal> {
    const record = await tx.certifications.lock(ticket.certification);
    if (!record) return missing('certification', ticket.certification, 'it was ordered and is gone');
    if (record.endedAt)
      return refuse('wrong-state', `certification ${record.id} has ended already: it is ${record.state}.`, {
        state: record.state,
      });
    if (ticket.fence < record.fence)
      return refuse('wrong-state', `a newer attempt works on certification ${record.id}.`, { fence: record.fence });
    const access = record.accessSealed === null ? null : openAccess(this.parts, record.id, record.accessSealed);
    if (isRefusal(access)) return access;
    const list = await this.listOf(tx, record);
    if (isRefusal(list)) {
      await this.giveUp(tx, record, list.detail);
      return list;
    }
    const run = record.nodeRoleId && (await tx.runBook.latestOf(record.nodeRoleId));
    const isNew = record.state === 'planned';
    const now = new Date(this.parts.clock.now());
    await tx.certifications.update(record.id, {
      state: 'running',
      fence: ticket.fence,
      underWay: [],
      ...(run ? { runId: run.id } : {}),
      ...(isNew ? { startedAt: now, toldAt: now } : {}),
    });
    if (isNew)
      tx.tell({
        kind: 'certification.started',
        ...subjectOf({ ...record, runId: run ? run.id : null }),
        data: { certification: record.id, total: list.length },
      });
    const had = new Set(
      (await tx.certifications.outcomes(record.id))
        .filter(({ status }) => status !== 'not-run')
        .map(({ name }) => name),
    );
    return {
      goals: record.goals,
      loadList: list.filter((full) => !had.has(asSuiteTest(full).name)),
      concurrency: record.concurrency,
      access,
      settings: record.settings,
      nextPiece: record.nextPiece,
      nodes: await nodesOfCloud(tx, record),
    };
  }

  /** Worked out once, by the suite as it is then, and kept: another attempt runs the same. */
  private async listOf(tx: Transaction, record: CertificationRecord): Promise<readonly string[] | Refusal> {
    if (record.loadList) return record.loadList;
    const { ids } = this.parts;
    const suiteId = await keepListedSuite(tx, { ids, tester: record.tester ?? '' });
    const isKept = isIdOfSuite(suiteId);
    if (!isKept) return refuse('unavailable', `${suiteId}.`);
    const suite = (await suiteOf(tx, suiteId))!;
    const resolutions: Resolution[] = [];
    for (const goal of record.goals) {
      const resolution = resolveProgram(await guidelineOf(tx, goal), goal.program, suite);
      if (isRefusal(resolution)) return resolution;
      resolutions.push(resolution);
    }
    const { ids: list, missing: lacking } = loadList(resolutions, record.scope, suite);
    if (list.length === 0)
      return refuse(
        'unavailable',
        `${suite.name} ${suite.version} has none of the ${lacking.length} tests that were asked for: there is nothing to run.`,
      );
    await tx.certifications.update(record.id, {
      suiteId,
      loadList: list,
      counts: { total: list.length, passed: 0, failed: 0, skipped: 0, setupFailed: 0, notRun: 0 },
      notes:
        lacking.length > 0 ? [`${lacking.length} tests of the scope are not in ${suite.name} ${suite.version}`] : [],
    });
    return list;
  }

  private async giveUp(tx: Transaction, record: CertificationRecord, reason: string): Promise<void> {
    const at = new Date(this.parts.clock.now());
    await conclude(tx, record, { state: 'failed', at, seconds: null, notes: [], reason });
  }

  /** What was said when it was started stands; the rest is asked of the deployment, and of what the cloud said itself. */
  private async factsOf(tx: Transaction, record: CertificationRecord, cloud: JsonObject): Promise<CloudFacts> {
    const { facts } = record;
    return {
      release: facts.release ?? textOf(cloud['release']) ?? (await releaseOf(tx, record)),
      hypervisor: facts.hypervisor ?? hypervisorOf(cloud['hypervisor_types']),
      simulated: facts.simulated,
    };
  }
}

const isCurrent = (
  { state, fence }: Pick<CertificationProgress, 'state' | 'fence'>,
  ticket: CertificationTicket,
): boolean => state === 'running' && ticket.fence >= fence;

const isIdOfSuite = <Id extends string>(found: Id | string): found is Id => UUID.test(found);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const tellProgress = (
  tx: Transaction,
  progress: CertificationProgress,
  { total, passed, failed, skipped, setupFailed }: ReturnType<typeof countsOf>,
): void =>
  tx.tell({
    kind: 'certification.progress',
    ...subjectOf(progress),
    data: {
      certification: progress.id,
      total,
      done: passed + failed + skipped + setupFailed,
      passed,
      failed: failed + setupFailed,
      skipped,
    },
  });

/** The release that the deployment's roles were told, as far as the tester wants to know. */
const releaseOf = async (tx: Transaction, { nodeRoleId }: CertificationRecord): Promise<string | null> => {
  if (nodeRoleId === null) return null;
  const values = await new ReadAttribs({ unitOfWork: new WithinTransaction(tx) }).execute({ nodeRole: nodeRoleId });
  if (isRefusal(values)) return null;
  return textOf(values.find(({ name }) => name === RELEASE)?.value)?.toLowerCase() ?? null;
};

const RELEASE = 'openstack-release';

/** The kind that says least of a real machine counts. */
const hypervisorOf = (value: Json | undefined): string | null => {
  const kinds = Array.isArray(value) ? value.flatMap((kind) => textOf(kind as Json)?.toLowerCase() ?? []) : [];
  return kinds.find((kind) => kind === 'fake') ?? kinds.find((kind) => kind === 'qemu') ?? kinds[0] ?? null;
};

const textOf = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);

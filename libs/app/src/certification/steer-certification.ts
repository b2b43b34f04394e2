import { isRefusal, refuse, type CloudAccess, type Refusal, type TestStatus } from '#core';
import type { ModelParts } from '../model-parts.js';
import { CancelNodeRole } from '../node-role/cancel-node-role.js';
import type { CertificationDetail, CertificationView } from '../ports/certification-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { WithinTransaction } from '../within-transaction.js';
import { conclude } from './conclude.js';
import { orderedBy, orderNodeRole } from './order-noderole.js';
import { certificationNamed } from './read-certifications.js';
import { StartCertification } from './start-certification.js';

export interface CancelledCertification {
  readonly certification: CertificationDetail;
  /** `ended`: it is over. `requested`: whoever runs the suite has been told, and ends it soon. */
  readonly cancel: 'ended' | 'requested';
}

/** Cancels a certification, by its run where it has one. What had not been tested stays so and can be resumed. */
export class CancelCertification {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'clock' | 'schemas' | 'vetoes' | 'sealed'>) {}

  execute(actor: Actor, input: { readonly certification: string }): Promise<CancelledCertification | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      const before = await certificationNamed(tx, input.certification);
      if (isRefusal(before)) return before;
      if (before.endedAt) return hasEnded(before);
      const requested = await this.cancelRun(tx, actor, before);
      if (isRefusal(requested)) return requested;
      if (!requested) {
        const refusal = await this.takeBack(tx, actor, before);
        if (refusal) return refusal;
      }
      const certification = (await tx.certifications.find(before.id))!;
      return { certification, cancel: certification.endedAt ? 'ended' : 'requested' };
    });
  }

  /** Whether it has a run, which is then told to end. */
  private async cancelRun(
    tx: Transaction,
    actor: Actor,
    { id, nodeRoleId }: CertificationView,
  ): Promise<boolean | Refusal> {
    if (nodeRoleId === null) return false;
    const [run] = await tx.runs.lockOpenOf([nodeRoleId]);
    if (!run || orderedBy(run.input) !== id) return false;
    const parts = { unitOfWork: new WithinTransaction(tx), clock: this.parts.clock };
    const cancelled = await new CancelNodeRole(parts).execute(actor, { nodeRole: nodeRoleId, run: run.id });
    return isRefusal(cancelled) ? cancelled : true;
  }

  /** Nothing has begun: the order is taken away, so that the noderole does nothing when its turn comes. */
  private async takeBack(
    tx: Transaction,
    actor: Actor,
    { id, nodeRoleId }: CertificationView,
  ): Promise<Refusal | null> {
    const nodeRole = nodeRoleId === null ? null : await tx.nodeRoles.find(nodeRoleId);
    const refusal = nodeRole && (await orderNodeRole(tx, this.parts, actor, nodeRole, { certification: null }));
    if (refusal) return refusal;
    const record = (await tx.certifications.lock(id))!;
    if (record.endedAt) return null;
    await conclude(tx, record, {
      state: 'cancelled',
      at: new Date(this.parts.clock.now()),
      seconds: null,
      notes: [],
      reason: `cancelled by ${actor}`,
    });
    return null;
  }
}

export interface ContinueInput {
  readonly certification: string;
  /** Of the cloud elsewhere: it was forgotten when the certification ended. */
  readonly access?: CloudAccess;
  readonly concurrency?: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly note?: string;
}

/** Which outcomes another certification takes up. */
const TAKEN_UP = {
  resume: ['not-run'],
  retry: ['failed', 'setup-failed', 'skipped'],
} as const satisfies Record<string, readonly TestStatus[]>;

/**
 * Goes on where a certification stopped (`resume`), or tries again what did not pass (`retry`): a child with just these
 * tests, whose verdict counts the whole line.
 */
export class ContinueCertification {
  private readonly start: StartCertification;

  constructor(
    private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'schemas' | 'vetoes' | 'secrets' | 'sealed'>,
    private readonly how: keyof typeof TAKEN_UP,
  ) {
    this.start = new StartCertification(parts);
  }

  execute(actor: Actor, input: ContinueInput): Promise<CertificationDetail | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      const parent = await certificationNamed(tx, input.certification);
      if (isRefusal(parent)) return parent;
      const names = parent.endedAt ? await this.namesOf(tx, parent) : notEnded(parent);
      if (isRefusal(names)) return names;
      const where = whereOf(parent, input.access);
      if (isRefusal(where)) return where;
      return this.start.within(
        tx,
        actor,
        {
          ...where,
          ...(parent.tester === null ? {} : { tester: parent.tester }),
          goals: parent.goals.map(({ guidelineId, program }) => ({ guideline: guidelineId, program })),
          scope: { kind: 'tests', names },
          concurrency: input.concurrency ?? parent.concurrency,
          settings: { ...parent.settings, ...input.settings },
          facts: parent.facts,
          note: input.note ?? '',
        },
        { parent },
      );
    });
  }

  /** Tests whose newest word in the line is one of those that are taken up. */
  private async namesOf(tx: Transaction, { id }: CertificationView): Promise<string[] | Refusal> {
    const taken: readonly TestStatus[] = TAKEN_UP[this.how];
    const latest = new Map<string, TestStatus>();
    for (const each of await tx.certifications.line(id))
      for (const { name, status } of await tx.certifications.outcomes(each))
        if (status !== 'not-run' || !latest.has(name)) latest.set(name, status);
    const names = [...latest].flatMap(([name, status]) => (taken.includes(status) ? [name] : []));
    if (names.length > 0) return names;
    return refuse(
      'wrong-state',
      this.how === 'resume'
        ? 'every test that was ordered has been run: there is nothing to go on with.'
        : 'no test failed or was skipped: there is nothing to try again.',
    );
  }
}

const whereOf = (
  parent: CertificationView,
  access: CloudAccess | undefined,
): { readonly deployment: string } | { readonly access: CloudAccess } | Refusal => {
  if (parent.target === 'import')
    return refuse('wrong-state', 'these results were brought from elsewhere: nothing of ours can go on with them.');
  if (parent.target === 'endpoint')
    return access
      ? { access }
      : refuse('invalid', 'give the access to the cloud again: it was forgotten when the certification ended.', {
          field: 'endpoint',
        });
  return parent.deploymentId === null
    ? refuse('not-found', `the deployment ${parent.cloud} is gone.`, { key: parent.cloud })
    : { deployment: parent.deploymentId };
};

const hasEnded = ({ id, state }: CertificationView): Refusal =>
  refuse('wrong-state', `certification ${id} has ended already: it is ${state}.`, { state });

const notEnded = ({ id, state }: CertificationView): Refusal =>
  refuse('wrong-state', `certification ${id} is ${state}: wait for its end, or cancel it.`, { state });

import { isRefusal, refuse, type Explanation, type Refusal, type TestOutcome, type Verdict } from '#core';
import { ExplainNodeRole } from '../explain/explain.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, lookUp } from '../named.js';
import type {
  CertificationDetail,
  CertificationView,
  HistoryEntry,
  OutcomeView,
  VerdictLine,
} from '../ports/certification-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { Transaction, UnitOfWork } from '../ports/unit-of-work.js';
import { WithinTransaction } from '../within-transaction.js';

interface Parts {
  readonly unitOfWork: UnitOfWork;
}

export const certificationNamed = (tx: Transaction, key: string): Promise<CertificationDetail | Refusal> =>
  lookUp(key, (k) => tx.certifications.find(k), 'certification', 'use the id of one that `anneal certify list` shows');

export class ListCertifications {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<CertificationView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.certifications.list(query));
  }
}

export class ShowCertification {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly certification: string }): Promise<CertificationDetail | Refusal> {
    return this.parts.unitOfWork.read((tx) => certificationNamed(tx, input.certification));
  }
}

export class ListOutcomes {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery, input: { readonly certification: string }): Promise<Page<OutcomeView> | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const certification = await certificationNamed(tx, input.certification);
      return isRefusal(certification) ? certification : tx.certifications.outcomePage(certification.id, query);
    });
  }
}

export interface JudgedCertification {
  readonly certification: CertificationDetail;
  readonly verdicts: readonly { readonly line: VerdictLine; readonly verdict: Verdict }[];
  /** Its own, not those of the certifications that it goes on from. */
  readonly outcomes: readonly TestOutcome[];
}

/** A certification with its verdicts and outcomes, whole. */
export class ReadVerdicts {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly certification: string }): Promise<JudgedCertification | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const certification = await certificationNamed(tx, input.certification);
      if (isRefusal(certification)) return certification;
      return {
        certification,
        verdicts: await tx.certifications.verdicts(certification.id),
        outcomes: await tx.certifications.outcomes(certification.id),
      };
    });
  }
}

/** The raw stream of the suite; a refusal when it was forgotten, or there never was one. */
export class ReadStream {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly certification: string }): Promise<Uint8Array | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const certification = await certificationNamed(tx, input.certification);
      if (isRefusal(certification)) return certification;
      const { id, streamGoneAt, streamBytes } = certification;
      const stream = streamBytes === 0 ? null : await tx.certifications.stream(id);
      if (stream) return stream;
      const why = streamGoneAt
        ? `was forgotten on ${streamGoneAt.toISOString().slice(0, 10)}, as the setting certification_stream_days says; its outcomes stay`
        : 'is not there: nothing of a suite was run for it';
      return refuse('not-found', `the raw stream of certification ${id} ${why}.`, { key: id });
    });
  }
}

/** How many entries of a history are read at once, at the most. */
export const HISTORY_MAX = 1_000;

/** How a cloud did over time, the newest first. */
export class CertificationHistory {
  constructor(private readonly parts: Parts) {}

  execute(input: {
    readonly deployment?: string;
    readonly cloud?: string;
    readonly program?: string;
    readonly limit?: number;
  }): Promise<readonly HistoryEntry[] | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const deployment = input.deployment === undefined ? null : await deploymentNamed(tx, input.deployment);
      if (isRefusal(deployment)) return deployment;
      return tx.certifications.history(
        {
          ...(deployment ? { deploymentId: deployment.id } : {}),
          ...(input.cloud === undefined ? {} : { cloud: input.cloud }),
          ...(input.program === undefined ? {} : { program: input.program }),
        },
        Math.min(input.limit ?? HISTORY_MAX, HISTORY_MAX),
      );
    });
  }
}

/** Says why a certification is not done, down to what would move it: that of its noderole, as long as it waits for that. */
export class ExplainCertification {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'clock'>) {}

  execute(input: { readonly certification: string }): Promise<Explanation | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const found = await certificationNamed(tx, input.certification);
      if (isRefusal(found)) return found;
      const { id, state, reason, counts, nodeRoleId } = found;
      const plain = (summary: string, moves: readonly string[] = []): Explanation => ({
        summary,
        chain: [],
        also: [],
        moves,
      });
      if (found.endedAt) {
        const moves = [
          ...(counts.notRun > 0 ? [`anneal certify resume ${id}`] : []),
          ...(counts.failed + counts.setupFailed + counts.skipped > 0 ? [`anneal certify retry ${id}`] : []),
        ];
        return plain(`certification ${id} is ${state}${reason === '' ? '' : `: ${reason}`}`, moves);
      }
      if (nodeRoleId === null)
        return plain(`the noderole that certification ${id} waits for is gone`, [`anneal certify cancel ${id}`]);
      if (state === 'running')
        return plain(
          `certification ${id} is under way: ${counts.passed + counts.failed + counts.skipped + counts.setupFailed} of ${counts.total} tests have ended`,
        );
      const parts = { unitOfWork: new WithinTransaction(tx), clock: this.parts.clock };
      return new ExplainNodeRole(parts).execute({ nodeRole: nodeRoleId });
    });
  }
}

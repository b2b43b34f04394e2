import { isRefusal, type CloudFacts, type Goal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { CertificationDetail, CertificationId } from '../ports/certification-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { conclude } from './conclude.js';
import { plannedGoals } from './goals.js';
import { readResults, type ResultFormat } from './read-results.js';
import { NO_FACTS } from './start-certification.js';

export interface ImportResultsInput {
  readonly format: ResultFormat;
  readonly bytes: Uint8Array;
  /** What people call the cloud that they are of. */
  readonly cloud: string;
  readonly goals: readonly Goal[];
  readonly facts?: Partial<CloudFacts>;
  readonly note?: string;
}

/** Takes in results that were made elsewhere, judges them by the goals, and keeps them beside our own for comparison. */
export class ImportResults {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'clock'>) {}

  async execute(actor: Actor, input: ImportResultsInput): Promise<CertificationDetail | Refusal> {
    const read = readResults(input.format, input.bytes);
    if (isRefusal(read)) return read;
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const goals = await plannedGoals(tx, input.goals);
      if (isRefusal(goals)) return goals;
      const id = this.parts.ids.next<CertificationId>();
      await tx.certifications.insert({
        id,
        parentId: null,
        rootId: id,
        state: 'imported',
        target: 'import',
        cloud: input.cloud,
        deploymentId: null,
        endpoint: null,
        accessSealed: null,
        nodeRoleId: null,
        tester: null,
        goals,
        scope: { kind: 'everything' },
        concurrency: 0,
        settings: {},
        note: input.note ?? '',
        facts: { ...NO_FACTS, ...input.facts },
        createdBy: actor,
      });
      await tx.certifications.addOutcomes(id, read.outcomes);
      if (input.format === 'subunit') await tx.certifications.addPiece(id, 0, input.bytes);
      await conclude(tx, (await tx.certifications.find(id))!, {
        state: 'imported',
        at: new Date(this.parts.clock.now()),
        seconds: read.seconds,
        notes: read.notes,
        reason: '',
      });
      return (await tx.certifications.find(id))!;
    });
  }
}

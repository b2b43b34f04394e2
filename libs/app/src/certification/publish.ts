import { refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { Principal } from '../ports/access-store.js';
import type { CertificationDetail, CertificationView } from '../ports/certification-store.js';
import type { Actor, UnitOfWork } from '../ports/unit-of-work.js';
import { readSetting } from '../setting/settings.js';
import { refuseStale } from '../stale.js';
import { subjectOf } from './conclude.js';
import { missing } from '../named.js';

/** Results on the page of published results at the most: it is made whole for each reader. */
export const PUBLISHED_MAX = 500;

export interface EditCertificationInput {
  readonly certification: string;
  readonly version?: number;
  /** Whether everybody may see it at /results. */
  readonly public?: boolean;
  readonly note?: string;
}

/** Shows a certification to everybody, or to nobody any more, and changes its note. What it found cannot be changed. */
export class EditCertification {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: EditCertificationInput): Promise<CertificationDetail | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const record = await tx.certifications.lock(input.certification);
      if (!record) return noCertification(input.certification);
      const stale = refuseStale(`certification ${record.id}`, record, input.version);
      if (stale) return stale;
      if (input.public && !record.endedAt)
        return refuse(
          'wrong-state',
          `certification ${record.id} is ${record.state}: it can be shown when it has ended.`,
          {
            state: record.state,
          },
        );
      const published = input.public !== undefined && input.public !== record.public;
      await tx.certifications.update(record.id, {
        ...(input.public === undefined ? {} : { public: input.public }),
        ...(input.note === undefined ? {} : { note: input.note }),
      });
      if (published)
        tx.tell({
          kind: input.public ? 'certification.published' : 'certification.withdrawn',
          ...subjectOf(record),
          data: { certification: record.id },
        });
      return (await tx.certifications.find(record.id))!;
    });
  }
}

/**
 * Puts the official mark on a certification, or takes it off. One user may, whom the setting `official_marker` names: not
 * the one who ran it, not an administrator by being one, and no token without a user.
 */
export class MarkOfficial {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'clock'>) {}

  execute(
    marker: Principal,
    input: { readonly certification: string; readonly official: boolean; readonly version?: number },
  ): Promise<CertificationDetail | Refusal> {
    return this.parts.unitOfWork.write(marker.actor, async (tx) => {
      const designated = await readSetting(tx, 'official_marker');
      const user = marker.userId === null ? null : await tx.access.user(marker.userId);
      if (designated === '' || user?.name !== designated)
        return refuse(
          'forbidden',
          designated === ''
            ? 'nobody may set the official mark: an administrator names who may with `anneal settings update official_marker value=USER`.'
            : `${marker.actor} may not set the official mark: ${designated} may.`,
        );
      const record = await tx.certifications.lock(input.certification);
      if (!record) return noCertification(input.certification);
      const stale = refuseStale(`certification ${record.id}`, record, input.version);
      if (stale) return stale;
      if (!record.endedAt)
        return refuse(
          'wrong-state',
          `certification ${record.id} is ${record.state}: it can be marked when it has ended.`,
          {
            state: record.state,
          },
        );
      if ((record.officialBy !== null) === input.official) return (await tx.certifications.find(record.id))!;
      await tx.certifications.update(record.id, {
        official: input.official ? { by: user.name, at: new Date(this.parts.clock.now()) } : null,
      });
      tx.tell({
        kind: input.official ? 'certification.marked' : 'certification.unmarked',
        ...subjectOf(record),
        data: { certification: record.id },
      });
      return (await tx.certifications.find(record.id))!;
    });
  }
}

/** What everybody may see, the newest first. */
export class ListPublished {
  constructor(private readonly parts: { readonly unitOfWork: UnitOfWork }) {}

  execute(): Promise<readonly CertificationView[]> {
    return this.parts.unitOfWork.read((tx) => tx.certifications.published(PUBLISHED_MAX));
  }
}

const noCertification = (key: string): Refusal =>
  missing('certification', key, 'use the id of one that `anneal certify list` shows');

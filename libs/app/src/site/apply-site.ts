import { isRefusal, refuse, type Refusal } from '#core';
import type { Actor } from '../ports/unit-of-work.js';
import { makeSite, type SiteParts } from './make-site.js';
import type { Site, SiteChange } from './site.js';

export interface SiteMade {
  readonly changes: readonly SiteChange[];
}

/** Makes the site what the document says: whole or not at all. */
export class ApplySite {
  constructor(private readonly parts: SiteParts) {}

  execute(actor: Actor, site: Site): Promise<SiteMade | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const changes = await makeSite(tx, this.parts, actor, site);
      return isRefusal(changes) ? changes : { changes };
    });
  }
}

/** Says what applying would change, by doing it in a transaction that is always rolled back. */
export class PreviewSite {
  constructor(private readonly parts: SiteParts) {}

  async execute(actor: Actor, site: Site): Promise<SiteMade | Refusal> {
    let seen: SiteMade | null = null;
    const refusal = await this.parts.unitOfWork.write(actor, async (tx): Promise<Refusal> => {
      seen = null;
      const changes = await makeSite(tx, this.parts, actor, site);
      if (isRefusal(changes)) return changes;
      seen = { changes };
      return ONLY_A_PREVIEW;
    });
    return seen ?? refusal;
  }
}

/** Undoes the transaction; nobody gets to see it. */
const ONLY_A_PREVIEW = refuse('conflict', 'this was a preview.');

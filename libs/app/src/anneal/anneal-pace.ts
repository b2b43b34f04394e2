import type { PaceView } from '../ports/run-book.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Long enough for a rate that means something where an install takes minutes; milliseconds. */
const LOOK_BACK_MS = 300_000;
const MINUTE_S = 60;

export interface AnnealPaceView extends Pick<PaceView, 'seconds' | 'oldest'> {
  /** Noderoles that became so in a minute, by the time that was looked back over. */
  readonly perMinute: PaceView['became'];
}

/** How fast the annealer gets on, and what has been where it is for longest. */
export class AnnealPace {
  constructor(private readonly parts: { readonly unitOfWork: UnitOfWork }) {}

  execute(): Promise<AnnealPaceView> {
    return this.parts.unitOfWork.read(async (tx) => {
      const { seconds, became, oldest } = await tx.runBook.pace(LOOK_BACK_MS);
      const perMinute = (count: number): number => (seconds > 0 ? (count * MINUTE_S) / seconds : 0);
      return { seconds, oldest, perMinute: { active: perMinute(became.active), error: perMinute(became.error) } };
    });
  }
}
